"""A project's own tests: what runs them, and where their requests enter."""

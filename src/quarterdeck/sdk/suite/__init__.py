"""A run of a project's own tests: how long each takes, whether it passes, and which endpoints it asks."""

"""For users' tests: an in-process hub, a fake clock."""

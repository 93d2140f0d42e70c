"""Runs on their way: turns given to workers or to processes of their own, until each has ended."""

"""Runs users' scripts: loads them, calls their hooks, catches their output."""

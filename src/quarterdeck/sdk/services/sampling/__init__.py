"""Requests while they are under way: what the slow ones were doing, and where the time of all goes."""

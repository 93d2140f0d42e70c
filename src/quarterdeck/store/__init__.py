"""Keeps states, series, named events and records: one contract, in memory and in SQLite."""

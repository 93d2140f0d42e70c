"""What scripts and their runs say of themselves: their topics, and what is derived of ends."""

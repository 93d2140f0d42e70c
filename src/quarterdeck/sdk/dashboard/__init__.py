"""A hub beside the program, and the way to one that is there."""

"""Quarterdeck: the command deck for all the Python that a person or a team runs."""

__version__ = "0.1.0"

"""Quarterdeck: the command deck for all the Python that a person or a team runs."""

from __future__ import annotations

__version__ = "0.1.0"

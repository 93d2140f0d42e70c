"""Data sets on the deck."""

from __future__ import annotations

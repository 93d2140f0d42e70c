"""Tells a chat room or a program what failed, recovered and slipped: what is worth telling, how, and its delivery."""

from __future__ import annotations

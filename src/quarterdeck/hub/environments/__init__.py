"""Environments of scripts: what a script says it needs, the environment that uv makes of it, the interpreter inside."""

from __future__ import annotations

"""Scripts on the hub's side: found, kept with a warm worker each, run when due, told about as topics."""

from __future__ import annotations

from quarterdeck.hub.scripts.service import ScriptService

__all__ = ["ScriptService"]

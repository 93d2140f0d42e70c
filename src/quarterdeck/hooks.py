"""The decorators that mark the hooks of a script: ``hooks.setup``, ``hooks.schedule(...)`` and ``hooks.on("id")``."""

from __future__ import annotations

from quarterdeck.sdk.hooks import ATTRIBUTE_NAME, HookEvent, ScriptHook, on, schedule, setup
from quarterdeck.sdk.schedule import Schedule

__all__ = ["ATTRIBUTE_NAME", "HookEvent", "Schedule", "ScriptHook", "on", "schedule", "setup"]

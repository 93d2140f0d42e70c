"""The decorators that mark the hooks of a script: ``@hooks.setup`` and ``@hooks.schedule(run_every=...)``."""

from __future__ import annotations

from quarterdeck.sdk.hooks import ATTRIBUTE_NAME, HookEvent, ScriptHook, schedule, setup
from quarterdeck.sdk.schedule import Schedule

__all__ = ["ATTRIBUTE_NAME", "HookEvent", "Schedule", "ScriptHook", "schedule", "setup"]

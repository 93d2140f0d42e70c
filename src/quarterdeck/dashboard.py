"""A dashboard for the progress of programs, started or joined from a program.

``from quarterdeck.dashboard import start_dashboard, connect_to_dashboard, shutdown_dashboard``
"""

from __future__ import annotations

from quarterdeck.sdk.fronts import lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.integrations.dashboard import connect_to_dashboard, shutdown_dashboard, start_dashboard
    from quarterdeck.sdk.jobs.place import get_stacklevel, set_stacklevel

__all__ = ["connect_to_dashboard", "get_stacklevel", "set_stacklevel", "shutdown_dashboard", "start_dashboard"]

_HOMES = {
    "connect_to_dashboard": "quarterdeck.integrations.dashboard",
    "get_stacklevel": "quarterdeck.sdk.jobs.place",
    "set_stacklevel": "quarterdeck.sdk.jobs.place",
    "shutdown_dashboard": "quarterdeck.integrations.dashboard",
    "start_dashboard": "quarterdeck.integrations.dashboard",
}

__getattr__ = lazily(globals(), _HOMES)

"""Web services, measured: ``from quarterdeck import monitor; monitor.bind(app=app)``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.integrations.monitor import bind, capture
    from quarterdeck.sdk.services.config import config

__all__ = ["bind", "capture", "config"]

_HOMES = {
    "bind": "quarterdeck.integrations.monitor",
    "capture": "quarterdeck.integrations.monitor",
    "config": "quarterdeck.sdk.services.config",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value

"""Web services, measured: ``from quarterdeck import monitor; monitor.bind(app=app)``."""

from __future__ import annotations

from quarterdeck.sdk.fronts import lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.integrations.monitor import bind, capture
    from quarterdeck.sdk.services.configuration.config import config

__all__ = ["bind", "capture", "config"]

_HOMES = {
    "bind": "quarterdeck.integrations.monitor",
    "capture": "quarterdeck.integrations.monitor",
    "config": "quarterdeck.sdk.services.configuration.config",
}

__getattr__ = lazily(globals(), _HOMES)

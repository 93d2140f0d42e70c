"""A Dash application on Flask: all its callbacks are one route, and each of them is an endpoint by what it puts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.integrations import flask

if TYPE_CHECKING:
    from quarterdeck.integrations.forwarding import WsgiDashboard
    from quarterdeck.sdk.services.service import Service

_CALLBACKS = "_dash-update-component"


def monitor(app: Any, service: Service, dashboard: WsgiDashboard | None) -> None:
    """Measure every request of this application from now on."""

    def part(asked: Any) -> tuple[str, Any] | None:
        # Only what the application has read already: to read here could mean to wait for the client.
        body = getattr(asked, "_cached_json", (None,))[0]
        output = body.get("output") if isinstance(body, dict) else None
        # What a client names must be a callback, or clients could make endpoints.
        if not isinstance(output, str) or output not in app.callback_map:
            return None
        return _name(output), app.callback_map[output].get("callback")

    flask.monitor(app.server, service, dashboard, (_CALLBACKS, part))


def _name(output: str) -> str:
    """Several outputs are written ``..one.value...two.value..`` there."""
    return output[2:-2].replace("...", ", ") if output.startswith("..") and output.endswith("..") else output

"""The ASGI application: the gate, and behind it everything that is asked by HTTP or WebSocket."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from starlette.applications import Starlette
from starlette.routing import Route

from quarterdeck.hub.accounts.audit import Audit
from quarterdeck.store.contract import StoreError
from quarterdeck.web import api, blobs, builds, docs, events, ingest, kinds, live, openapi, poll, prometheus
from quarterdeck.web.errors import error_of, error_response
from quarterdeck.web.gate import Gate
from quarterdeck.web.hosts import Hosts
from quarterdeck.web.login import Login
from quarterdeck.web.pages import Pages
from quarterdeck.web.people import People

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from quarterdeck.hub.hub import Hub

PARTS = (live, events, poll, api, ingest, blobs, builds, prometheus, openapi, docs, kinds)


def create_app(hub: Hub) -> ASGIApp:
    """The application of a hub."""
    app = Starlette(routes=routes(hub), exception_handlers={500: _broken, 405: _missing, StoreError: _in_trouble})
    return Gate(app, hub.accounts, Hosts(hub.host, hub.deck.settings.hub.names), hub.blobs.largest)


def routes(hub: Hub) -> list[BaseRoute]:
    """Every route; the page's files take what no other one does."""
    audit = Audit(hub.board)
    return [
        *Login(hub.accounts, hub.deck.name, audit).routes(),
        *People(hub.accounts, hub.login_link, audit).routes(),
        *(route for part in PARTS for route in part.routes(hub)),
        Route("/{path:path}", _pages().answer, methods=["GET"]),
    ]


@cache
def _pages() -> Pages:
    """The page's files, which are read once a process."""
    return Pages()


async def _missing(request: Request, error: Exception) -> Response:
    return error_response(404, "not-found", "There is nothing here.", "docs/reference.md says what there is.")


async def _in_trouble(request: Request, error: Exception) -> Response:
    return error_of(cast("StoreError", error), 503)


async def _broken(request: Request, error: Exception) -> Response:
    # What went wrong is in the hub's log; an answer that shows it would show it to anybody.
    return error_response(500, "broken", "The hub failed at this.", "Its log says why; please report it.")

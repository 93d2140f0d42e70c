"""GET /api/openapi.json: every route of the hub, with the types that it takes and gives."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from starlette.routing import Route

from quarterdeck.hub.builds.formats import Submission
from quarterdeck.version import __version__
from quarterdeck.web import api, login, people, shapes
from quarterdeck.web.errors import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.web.served import Served


class Operation(NamedTuple):
    """One route. ``asked`` names the parameters of the address: "*" behind one that may be repeated, "!" behind one
    that must be there. ``body`` and ``answer`` are types, or the media type of what is no JSON object; None is 204."""

    method: str
    path: str
    summary: str
    answer: type | str | None
    asked: str = ""
    body: type | str | None = None


_LIST = "prefix kind where* order q after limit"
_SPAN = "series from to figures"
_WATCH = "topics prefix kind where* order q limit window"
_LINES = "application/x-ndjson"
_FILE = "application/octet-stream"
OPERATIONS = (
    Operation("get", "/api/health", "Whether the hub can store what it accepts; needs no login", shapes.Health),
    Operation("get", "/api/topics", "A list of topics", shapes.Topics, f"{_LIST} fields count"),
    Operation("get", "/api/topics/{topic}", "One topic; its name is percent-encoded once more", shapes.Snapshot),
    Operation("get", "/api/series", "Series by steps", shapes.Series, f"topic field {_LIST} {_SPAN} step tz"),
    Operation("get", "/api/totals", "What series come to", shapes.Totals, f"{_LIST} {_SPAN} before fields"),
    Operation("get", "/api/cells", "Cells as they are kept", "text/csv", f"{_LIST} series span from to format"),
    Operation("get", "/api/kinds", "Kinds of topics that are shown by what they declare", shapes.Kinds),
    Operation("get", "/api/logs/{topic}", "Lines of the log of a run or script", shapes.Log, "from limit q day"),
    Operation("post", "/api/logs/{topic}", "Send a piece of the log of a job", shapes.Appended, "at", _FILE),
    Operation("get", "/api/source/{topic}", "The files of a script, and the text of one", shapes.Source, "file"),
    Operation("get", "/api/fires", "What schedules will start", shapes.Fires, "to limit script"),
    Operation("get", "/api/events", "Who did what, and when", shapes.Events, "prefix name by after limit"),
    Operation("get", "/api/blobs/{sha256}", "A file that a state names", _FILE),
    Operation("put", "/api/blobs/{sha256}", "Put a file, before the event that names it", shapes.Blob, "", _FILE),
    Operation("post", "/api/calls", "Call the owner of a topic", shapes.Reply, "", api.CallBody),
    Operation("post", "/api/frames", "Send a batch of events", shapes.Acknowledgement, "stream! batch wait", _LINES),
    Operation("get", "/api/live/events", "Follow topics by events", "text/event-stream", f"{_WATCH} connection"),
    Operation("post", "/api/live/events", "Speak on an event stream", shapes.Done, "connection!", _LINES),
    Operation("get", "/api/live/poll", "Follow topics by polls", _LINES, f"{_WATCH} epoch after wait"),
    Operation("post", "/api/live/poll", "Poll for several watches at once", _LINES, "", _LINES),
    Operation("post", "/api/login", "Log in by a code or a password; needs no login", shapes.Done, "", login.Proof),
    Operation("post", "/api/logout", "End the session", shapes.Done),
    Operation("get", "/api/me", "Who asks", shapes.Me),
    Operation("post", "/api/account", "Choose name and password", shapes.Done, "", login.Naming),
    Operation("get", "/api/sessions", "Open sessions: all to an admin, one's own to a guest", dict),
    Operation("delete", "/api/sessions/{id}", "End a session", shapes.Done),
    Operation("get", "/api/tokens", "All tokens, without their secrets", dict),
    Operation("post", "/api/tokens", "Make a token", dict, "", people.NewToken),
    Operation("delete", "/api/tokens/{id}", "Remove a token, by id or name", dict),
    Operation("get", "/api/users", "All users", dict),
    Operation("post", "/api/users", "Add a user", dict, "", people.NewUser),
    Operation("post", "/api/users/given", "Make users as a configuration says", dict, "", people.GivenUsers),
    Operation("delete", "/api/users/{name}", "Remove a user", shapes.Done),
    Operation("put", "/api/users/{name}/password", "Give a user a new password", shapes.Done, "", people.NewPassword),
    Operation("put", "/api/users/{name}/role", "Give a user another role", shapes.Done, "", people.NewRole),
    Operation("post", "/api/login-codes", "Make a login link", dict),
    Operation("post", "/submit-test-results", "Send what tests said", None, "service", Submission),
    Operation("get", "/metrics", "The hub's figures for Prometheus", "text/plain"),
    Operation("get", "/api/openapi.json", "This document", dict),
    Operation("get", "/api/docs", "This document as a page to read", "text/html"),
)
_MADE = {"/api/tokens", "/api/users", "/api/login-codes"}
_NUMBERS = {"limit", "count", "from", "to", "before", "batch", "wait", "window", "at"}


def routes(_hub: Served) -> list[BaseRoute]:
    """The route of the document."""

    async def openapi(_request: Request) -> Response:
        return json_response(document())

    return [Route("/api/openapi.json", openapi, methods=["GET"])]


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as plain data."""
    wanted = [kind for found in OPERATIONS for kind in (found.answer, found.body) if isinstance(kind, type)]
    kinds = list(dict.fromkeys([*wanted, shapes.Failure]))
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, by_type)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Quarterdeck", "version": __version__},
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(operation: Operation, schemas: dict[type, Any]) -> dict[str, Any]:
    status = "201" if operation.method == "post" and operation.path in _MADE else "200"
    done: dict[str, Any] = {"description": "It was done"}
    if operation.answer is None:
        status = "204"
    else:
        done["content"] = _content(operation.answer, schemas)
    said: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [*_in_path(operation.path), *map(_in_query, operation.asked.split())],
        "responses": {
            status: done,
            "default": {"description": "It was not", "content": _content(shapes.Failure, schemas)},
        },
    }
    if operation.body is not None:
        said["requestBody"] = {"required": True, "content": _content(operation.body, schemas)}
    if operation.path in ("/api/health", "/api/login"):
        said["security"] = []
    return said


def _content(kind: type | str, schemas: dict[type, Any]) -> dict[str, Any]:
    if isinstance(kind, str):
        return {kind: {"schema": {"type": "string"}}}
    return {"application/json": {"schema": schemas[kind]}}


def _in_path(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(asked: str) -> dict[str, Any]:
    name = asked.rstrip("*!")
    schema: dict[str, Any] = {"type": "integer" if name in _NUMBERS else "string"}
    if asked.endswith("*"):
        schema = {"type": "array", "items": schema}
    return {"name": name, "in": "query", "required": asked.endswith("!"), "schema": schema}

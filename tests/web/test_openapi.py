"""The document names every route and nothing else, and the answers have the shapes that it says."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from starlette.routing import Route

from quarterdeck.core.series import cell_of
from quarterdeck.web import openapi, shapes
from quarterdeck.web.app import PARTS
from quarterdeck.web.login import Login
from quarterdeck.web.people import People

if TYPE_CHECKING:
    import httpx


def test_every_route_is_in_the_document_and_nothing_else() -> None:
    hub = SimpleNamespace(exchange=SimpleNamespace(peers=None))
    routes: list[Any] = [route for part in PARTS for route in part.routes(hub)]
    routes += [*Login(SimpleNamespace(), "deck", SimpleNamespace()).routes()]
    routes += [*People(SimpleNamespace(), lambda code: code, SimpleNamespace()).routes()]
    served = {
        (method.lower(), re.sub(r":path", "", route.path))
        for route in routes
        if isinstance(route, Route)
        for method in route.methods - {"HEAD"}
    }
    assert served == {(operation.method, operation.path) for operation in openapi.OPERATIONS}


def test_the_document_is_whole() -> None:
    document = json.loads(msgspec.json.encode(openapi.document()))
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert names <= set(document["components"]["schemas"])
    for path, operations in document["paths"].items():
        for operation in operations.values():
            named = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert operation["responses"]["default"]


@pytest.mark.asyncio
async def test_answers_have_the_shapes_of_the_document(hub: Any, client: httpx.AsyncClient, tmp_path: Any) -> None:
    board, now = hub.exchange.board, hub.exchange.clock.now()
    (tmp_path / "day.log").write_text("2026-11-21T09:09:39.123456Z O hello\nplain\n")
    board.publish("run/1", [["set", "log", {"file": "day.log", "from": 0}]], name="run.started", by="ada")
    board.publish("s", [["record", "t", {str(now // 60_000_000): cell_of(5, now)}]])
    asked = {
        "/api/health": shapes.Health,
        "/api/topics": shapes.Topics,
        "/api/topics/run%2F1": shapes.Snapshot,
        "/api/series?topic=s&field=t": shapes.Series,
        "/api/series?prefix=s&series=t,u&step=day&figures=count,p99,buckets": shapes.Series,
        "/api/totals?prefix=s&series=t,u": shapes.Totals,
        "/api/totals?prefix=s&series=t&from=1&before=1&fields=x&figures=p50": shapes.Totals,
        "/api/logs/run%2F1": shapes.Log,
        "/api/events": shapes.Events,
        "/api/topics/nothing": shapes.Failure,
    }
    for path, shape in asked.items():
        fits(json.loads((await client.get(path)).content), shape)
    board.publish("job/1", [["set", "log", {"file": "job/2026-11-21.1.log", "from": 0}]])
    fits((await client.post("/api/logs/job%2F1", content=b"x\n")).json(), shapes.Appended)
    posted = await client.post("/api/frames?stream=s&batch=1", content=b"nonsense")
    fits(posted.json(), shapes.Acknowledgement)
    fits((await client.post("/api/frames?stream=s&batch=9")).json(), shapes.Failure)


def fits(answer: Any, shape: Any) -> None:
    """It has what the shape says, and nothing that the shape does not know."""
    read = msgspec.convert(answer, shape)
    assert msgspec.to_builtins(read) == answer

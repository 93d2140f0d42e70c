"""Days of requests of a service "shop", told as a producer would tell them, without waiting for those days."""

from __future__ import annotations

import json
import math
import random
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import add_cell, cell_of
from quarterdeck.core.topics import join

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = 60_000_000
DAYS = 4
CHANGE = 2
"""How many days ago version 2.0.0 came."""
ENDPOINTS = {"GET /cart/<int:number>": 0.05, "GET /search": 0.1, "POST /checkout": 0.2}
"""With the median of how long they take, in seconds."""
SLOWER = "GET /search"
"""It takes twice as long in version 2.0.0."""
REQUESTS = 10
"""Of each endpoint in each hour."""


def tell(url: str, token: str) -> None:
    """All of it, in one batch."""
    lines = [{"t": "hello", "version": 1, "features": [], "name": "history", "stream": "history", "claims": []}]
    lines += [{"t": "patch", "topic": topic, "ops": ops, "batch": 1} for topic, ops in _topics(int(time.time()))]
    request = urllib.request.Request(
        f"{url}/api/frames?stream=history&batch=1",
        "\n".join(json.dumps(line) for line in lines).encode(),
        {"Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["refused"] == []


def _topics(now: int) -> Iterator[tuple[str, list[Any]]]:
    chance = random.Random(7)
    whole: dict[str, Any] = {}
    for name, median in ENDPOINTS.items():
        of_endpoint: dict[str, Any] = {}
        for version in ("1.0.0", "2.0.0"):
            cells = _cells(now, version, median * (2 if (name, version) == (SLOWER, "2.0.0") else 1), chance)
            if version == "2.0.0":
                _lately(cells, now, name, median, chance)
            for minute, cell in cells.items():
                _into(of_endpoint, minute, cell)
                _into(whole, minute, cell)
            about = {"service": "shop", "endpoint": name, "version": version, "last": now * 10**6}
            yield join("service", "shop", "endpoint", name, "version", version), _ops(about, cells)
        method, route = name.split(" ")
        about = {"service": "shop", "name": name, "method": method, "route": route, "last": now * 10**6}
        yield join("service", "shop", "endpoint", name), _ops(about, of_endpoint)
    asked = {"users": {"ann": 30, "bob": 10}, "users_us": {"ann": 3_000_000, "bob": 5_000_000}, "ips": {}, "ips_us": {}}
    scalars = [["set", "service", "shop"], ["set", "version", "2.0.0"], ["set", "last", now * 10**6]]
    yield "service/shop/callers/2.0.0", [*scalars, *(["add", field, counts] for field, counts in asked.items())]
    yield "service/shop", _ops({"name": "shop", "framework": "Flask", "version": "2.0.0", "last": now * 10**6}, whole)


def _cells(now: int, version: str, median: float, chance: random.Random) -> dict[str, Any]:
    change = now - CHANGE * 86_400
    hours = range(now - DAYS * 86_400, change, 3600) if version == "1.0.0" else range(change, now, 3600)
    cells: dict[str, Any] = {}
    for at in hours:
        for _ in range(REQUESTS):
            value = round(chance.lognormvariate(math.log(median * 1e6), 0.5))
            _into(cells, str(at // 60), cell_of(value, at * 10**6))
    return cells


def _lately(cells: dict[str, Any], now: int, name: str, median: float, chance: random.Random) -> None:
    """Two requests a minute in the last two hours; what is slower takes three times as long since an hour."""
    for at in range(now - 7200, now - 60, 30):
        factor = (6 if at > now - 3600 else 2) if name == SLOWER else 1
        _into(
            cells,
            str(at // 60),
            cell_of(round(chance.lognormvariate(math.log(factor * median * 1e6), 0.5)), at * 10**6),
        )


def _into(cells: dict[str, Any], minute: str, cell: Any) -> None:
    if minute in cells:
        add_cell(cells[minute], cell)
    else:
        cells[minute] = json.loads(json.dumps(cell))


def _ops(about: dict[str, Any], cells: dict[str, Any]) -> list[Any]:
    count = sum(int(cell[0]) for cell in cells.values())
    fields = [["set", field, value] for field, value in about.items()]
    series = [["record", field, told, 1e-6] for field, told in (("duration", cells), ("errors", {}))]
    return [*fields, ["add", "status", {"200": count}], *series]

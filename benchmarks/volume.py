"""Services with a month behind them: 25 million requests of 50 endpoints, and how fast the pages' figures come.

The month is told as services tell it: each minute is measured by the SDK's own ``Measured``, and its events go to the
topics of endpoint, version and service in ordinary commits; minutes come to hours and days, and go when they are too
old, as in a hub.  Only the clock is quick.
"""

from __future__ import annotations

import json
import math
import random
import time
from array import array
from bisect import bisect_right
from itertools import accumulate
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.figures import Figure, number
from benchmarks.server import Hub, running_hub
from quarterdeck.core.topics import join
from quarterdeck.kinds import all_kinds
from quarterdeck.sdk.services.measured import Measured, Told
from quarterdeck.store.contract import Commit, TopicChange
from quarterdeck.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    from quarterdeck.store.contract import Store

DAYS, ENDPOINTS = 30, 50
REQUESTS = 25_000_000
VERSIONS = ("1.8", "1.9", "2.0")
POOL = 20_000
"""Durations of an endpoint, of which its requests take a run each minute: so the exact figures are known."""
SERVICE = "service/shop"
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "America/Los_Angeles", "Europe/Helsinki")
BEFORE = (("Flask-MonitoringDashboard", "11.9 s at 1 million, 80.7 s at 5 million"),)


class Endpoint:
    """One endpoint: its durations, and how often each was taken in each hour (as differences)."""

    def __init__(self, number: int, share: float) -> None:
        chance = random.Random(number)
        self.name = f"GET /shop/{number}"
        self.topic = join("service", "shop", "endpoint", self.name)
        middle, spread = chance.uniform(8, 12), chance.uniform(0.3, 1.2)
        self.pool = array("q", (round(chance.lognormvariate(middle, spread)) for _ in range(POOL)))
        self.share = share
        self.taken: dict[int, list[tuple[int, int]]] = {}
        self._next = chance.randrange(POOL)

    def minute(self, minute: int, count: int, measured: Measured) -> None:
        """So many requests in this minute; one in a hundred fails."""
        at, pool = minute * MINUTE, self.pool
        places = [place % POOL for place in range(self._next, self._next + count)]
        statuses = [500 if place % 100 == 7 else 200 for place in places]
        measured.add_many([at * 1000] * count, [pool[place] for place in places], statuses, 0)
        self.taken.setdefault(minute // 60, []).append((self._next, count))
        self._next = (self._next + count) % POOL

    def exact(self, start: int, stop: int) -> tuple[int, dict[str, float]]:
        """How many requests the hours [start, stop) had, and their exact percentiles in seconds."""
        times = [0] * (POOL + 1)
        for hour in range(start, stop):
            for first, count in self.taken.get(hour, ()):
                whole, end = divmod(first + count, POOL)
                times[first] += 1
                times[end] -= 1
                times[0] += whole
        often = list(accumulate(times[:POOL]))
        ordered = sorted(range(POOL), key=self.pool.__getitem__)
        upto = list(accumulate(often[place] for place in ordered))
        ranks = {name: math.floor(share * (upto[-1] - 1)) for name, share in SHARES.items()}
        return upto[-1], {name: self.pool[ordered[bisect_right(upto, rank)]] / 1e6 for name, rank in ranks.items()}


class Month:
    """What was told, up to the hour that begins at ``now`` (microseconds UTC), and how long that took."""

    def __init__(self, store: Store, now: int) -> None:
        weights = [1 / (1 + number / 5) for number in range(ENDPOINTS)]
        self.endpoints = [Endpoint(number, weight / sum(weights)) for number, weight in enumerate(weights)]
        self.now = now
        self.requests = 0
        self._chance = random.Random(0)
        self._store = store
        began = time.perf_counter()
        for hour in range(now // HOUR - DAYS * 24, now // HOUR):
            self._tell(hour)
        self.seconds = time.perf_counter() - began

    def _tell(self, hour: int) -> None:
        age = (hour * HOUR - self.now) // DAY + DAYS
        version = VERSIONS[age * len(VERSIONS) // DAYS]
        rhythm = 1 + 0.8 * math.sin((hour % 24 - 9) / 24 * 2 * math.pi)
        changes: list[TopicChange] = []
        whole = Told({}, {}, {}, {}, 0)
        for endpoint in self.endpoints:
            told = self._measure(endpoint, hour, rhythm)
            whole.add(told)
            facts = [["set", "service", "shop"], ["set", "name", endpoint.name], ["set", "method", "GET"]]
            of_version = [["set", "service", "shop"], ["set", "endpoint", endpoint.name], ["set", "version", version]]
            changes += [
                TopicChange(endpoint.topic, "endpoint", [*facts, *told.event()]),
                TopicChange(f"{endpoint.topic}/version/{version}", "version", [*of_version, *told.event()]),
            ]
        changes.append(TopicChange(SERVICE, "service", [["set", "name", "shop"], *whole.event()]))
        self.requests += sum(whole.status.values())
        at = (hour + 1) * HOUR
        self._store.commit(Commit(id=str(hour), at=at, changes=changes))
        while self._store.expire(at, 10_000):
            pass

    def _measure(self, endpoint: Endpoint, hour: int, rhythm: float) -> Told:
        measured, mean = Measured(), REQUESTS / DAYS / 1440 * endpoint.share * rhythm
        for minute in range(hour * 60, hour * 60 + 60):
            count = int(mean + self._chance.random())
            if count:
                endpoint.minute(minute, count, measured)
        return measured.taken()


def fill(deck: Path) -> Month:
    """Tell the month to the deck's store, before its hub starts."""
    folder = deck / ".quarterdeck"
    folder.mkdir(mode=0o700, parents=True)
    store = SqliteStore(folder / "quarterdeck.db", all_kinds())
    now = time.time_ns() // 1000
    month = Month(store, now - now % HOUR)
    store.close()
    return month


def pages(now: int, zone: str = "Europe/Berlin") -> dict[str, str]:
    """What the pages ask for, each picture one request, in days of a zone."""
    month, week = str(now - DAYS * DAY), str(now - 7 * DAY)
    of_all = {"where": "service = shop", "limit": "1000"}
    endpoints, versions = {**of_all, "kind": "endpoint"}, {**of_all, "kind": "version"}
    both, few, before = "duration,errors", "count,p50,p95,p99", str(now - 14 * DAY)
    trends = {**endpoints, "series": "duration", "figures": "count,p95"}
    daily = {"step": "day", "tz": zone, "from": month}
    asked = {
        "overview": ("totals", {**endpoints, "series": both, "fields": "name,status,last", "from": month}),
        "overview of 7 days and those before": ("totals", {**endpoints, "series": both, "from": week, "before": "1"}),
        "versions by endpoints": ("totals", {**versions, "series": both, "fields": "endpoint,version", "from": month}),
        "hours by days": (
            "series",
            {"topic": SERVICE, "field": "duration", "step": "3600", "from": month, "figures": "count"},
        ),
        "requests a day of all endpoints": ("series", {**endpoints, **daily, "series": both, "figures": "count"}),
        "latency of one endpoint, 30 days": (
            "series",
            {"topic": join("service", "shop", "endpoint", "GET /shop/0"), "field": "duration", "from": month},
        ),
        "latency of all endpoints a day": ("series", {**endpoints, **daily, "series": "duration", "figures": few}),
        "trends of 7 days and those before": ("series", {**trends, "step": str(4 * 3600), "from": before}),
        "trends of two days": ("series", {**trends, "step": "3600", "from": str(now - 2 * DAY)}),
    }
    return {name: f"/api/{route}?{urlencode(parameters)}" for name, (route, parameters) in asked.items()}


def took(hub: Hub, path: str, times: int) -> float:
    """Milliseconds of a request, the median of several."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        hub.get(path)
        found.append((time.perf_counter() - began) * 1000)
    return median(found)


def slowest(hub: Hub, now: int) -> tuple[float, str]:
    """Milliseconds of the request of a page that takes longest, and which it is; days are of a new zone each time.

    Of what does not depend on the zone only the first time counts: the hub remembers what is over.
    """
    taken: dict[str, list[float]] = {}
    for zone in ZONES:
        for name, path in pages(now, zone).items():
            taken.setdefault(name, []).append(took(hub, path, 1))
    return max((max(each[0], median(each)), name) for name, each in taken.items())


def furthest(hub: Hub, month: Month) -> float:
    """How far percentiles are off at most (percent); raises RuntimeError if a count is not exact."""
    stop, worst = month.now // HOUR, 0.0
    for hours in (1, 24, 7 * 24, DAYS * 24):
        span = {"from": str((stop - hours) * HOUR), "to": str(stop * HOUR)}
        asked = urlencode({"kind": "endpoint", "series": "duration", "limit": "1000", **span})
        answer: dict[str, Any] = json.loads(hub.get(f"/api/totals?{asked}"))
        found = {member["topic"]: member["series"]["duration"] for member in answer["totals"]}
        for endpoint in month.endpoints[:: max(1, hours // 20)]:
            count, exact = endpoint.exact(stop - hours, stop)
            total = found[endpoint.topic]
            if total["count"] != count:
                raise RuntimeError(f"{endpoint.name}: {total['count']} requests in {hours} hours, not {count}")
            worst = max([worst, *(abs(total[name] / value - 1) for name, value in exact.items())])
    return worst * 100


def size(deck: Path) -> float:
    """Megabytes of the deck's store."""
    return sum(file.stat().st_size for file in (deck / ".quarterdeck").glob("quarterdeck.db*")) / 1e6


def measure() -> list[Figure]:
    """The figures of this file."""
    months: list[Month] = []
    with running_hub(prepare=lambda deck: months.append(fill(deck))) as hub:
        (month,) = months
        overview = pages(month.now)["overview"]
        cold, warm = took(hub, overview, 1), took(hub, overview, 20)
        longest, name = slowest(hub, month.now)
        prometheus, megabytes, off = took(hub, "/metrics", 5), size(hub.deck), furthest(hub, month)
    told = f"{number(month.requests / 1e6)} million requests, {ENDPOINTS} endpoints, {DAYS} days"
    return [
        Figure(f"overview of {told}: cold", cold, "ms", 150, before=BEFORE, note="first request of a new hub"),
        Figure("the same: warm", warm, "ms", 20),
        Figure("the same: the slowest request of any page", longest, "ms", 250, note=name),
        Figure("the same: `/metrics`", prometheus, "ms"),
        Figure("the same: the database", megabytes, "MB", 200, before=((BEFORE[0][0], "3.7 GB"),)),
        Figure("the same: percentiles against the exact ones, at most off", off, "%", 2, note="p50 p90 p95 p99"),
    ]

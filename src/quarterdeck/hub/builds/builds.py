"""Takes test results: tells them as topics, each exactly once, and lets the oldest builds go."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import join, segment
from quarterdeck.hub.builds.formats import began, read
from quarterdeck.hub.builds.results import (
    Arrival,
    event_of_build,
    event_of_results,
    event_of_test,
    sorted_out,
    topic_of_test,
)
from quarterdeck.hub.retention.ending import end_beyond
from quarterdeck.kinds.build import BUILDS
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.allowance import Allowance
    from quarterdeck.hub.builds.formats import Submission
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.peers import Rights
    from quarterdeck.hub.retention.ending import Past

_LONGEST_SERVICE = 200
AT_ONCE = 50
"""Tests that are told in one turn of the event loop."""


class Builds:
    """Belongs to the event loop."""

    def __init__(self, board: Board, past: Past, clock: Clock, allowance: Allowance | None = None) -> None:
        self._board = board
        self._allowance = allowance
        self._past = past
        self._clock = clock
        self._taking = asyncio.Lock()

    async def take(self, body: bytes, service: str | None, rights: Rights, by: str) -> str:
        """Tell what a submission says, of ``service`` if it names none itself; returns the name of the service.

        The same submission again changes nothing.  What is told is durable then.  Raises Refused.
        """
        submission = await asyncio.to_thread(read, body)
        async with self._taking:
            arrival = await self._arrival(submission, body, service)
            if not rights.may_patch(arrival.topic, self._board):
                raise Refused("forbidden", f"you may not send results of {arrival.service}", "ask an admin of the deck")
            if self._board.state(arrival.topic) is None:
                await self._tell(arrival, submission, rights, by)
        await self._board.committed(patient=False)
        return arrival.service

    async def trim(self, service: str) -> int:
        """End the builds that are too many, and tests that none of the others ran; returns how many topics ended."""
        of = f"service = {json.dumps(service)}"
        ended = 0
        for kind in ("build", "results"):
            surplus = parse_query(kind, where=[of], order="-at", limit=1)
            ended += await end_beyond(self._board, self._past, surplus, BUILDS)
        if not ended:
            return 0
        oldest = await self._board.list(parse_query("build", where=[of], order="at", limit=1))
        first = min((int(item.state.values["at"]) for item in oldest.items), default=0)
        return ended + await end_beyond(self._board, self._past, parse_query("test", where=[of, f"last < {first}"]), 0)

    async def _arrival(self, submission: Submission, body: bytes, service: str | None) -> Arrival:
        name = submission.service or service or await self._only_service()
        if len(segment(name)) > _LONGEST_SERVICE:
            raise Refused(
                "service-unnamed", f"{name[:40]}... is too long a name for a service", "give it a shorter one"
            )
        known = self._board.state(join("service", name))
        version = submission.app_version or (known.values.get("version") if known is not None else None)
        build = hashlib.sha256(name.encode("utf-8", "replace") + b"\0" + body).hexdigest()[:12]
        return Arrival(name, build, began(submission, self._clock.now()), str(version).strip() if version else None)

    async def _only_service(self) -> str:
        page = await self._board.list(parse_query("service", order="name", limit=10))
        names = [str(item.state.values.get("name")) for item in page.items]
        if len(names) > 1:
            raise Refused(
                "service-unnamed",
                f"it is not said which service these results are of: {', '.join(names)}",
                "add ?service=NAME to the address, or --service NAME to the command",
            )
        return names[0] if names else "tests"

    async def _tell(self, arrival: Arrival, submission: Submission, rights: Rights, by: str) -> None:
        # Of thousands of tests this takes long, and the event loop goes on.
        tests = await asyncio.to_thread(sorted_out, submission)
        results = await asyncio.to_thread(event_of_results, arrival, tests)
        service = join("service", arrival.service)
        if self._board.state(service) is None:
            self._board.publish(service, [["set", "name", arrival.service]])
        for place, (name, test) in enumerate(tests.items(), 1):
            topic = topic_of_test(arrival.service, name)
            state = self._board.state(topic)
            known = state.values if state is not None else {}
            if state is None and self._allowance is not None and rights.runs_by is not None:
                self._allowance.take(by, topic)
            if all(result[0] != arrival.build for result in known.get("results", ())):
                self._board.publish(topic, event_of_test(arrival, name, test, known.get("last", 0)))
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
        self._board.publish(f"{arrival.topic}/results", results)
        # The last of all: a hub that ends before it takes the rest when the same comes again.
        whole = event_of_build(arrival, submission, tests)
        self._board.publish(arrival.topic, whole, name="build.submitted", by=by, at=self._clock.now())

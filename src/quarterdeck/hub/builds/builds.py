"""Takes test results: tells them as topics, each exactly once."""

from __future__ import annotations

import asyncio
import hashlib
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
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.allowance import Allowance
    from quarterdeck.hub.builds.formats import Submission
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.peers import Rights

_LONGEST_SERVICE = 200
AT_ONCE = 50
"""Tests that are told in one turn of the event loop."""


class Builds:
    """Belongs to the event loop."""

    def __init__(self, board: Board, clock: Clock, allowance: Allowance | None = None) -> None:
        self._board = board
        self._allowance = allowance
        self._clock = clock
        self._taking = asyncio.Lock()

    async def take(self, body: bytes, service: str | None, rights: Rights, by: str) -> None:
        """Tell what a submission says, of ``service`` if it names none itself.

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

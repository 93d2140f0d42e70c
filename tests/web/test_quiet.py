"""A hub that nobody needs any longer, in played time."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.hub.scripts.played_loop import PlayedLoop

from quarterdeck.testing.clock import FakeClock
from quarterdeck.web.quiet import Quiet


def test_it_is_over_when_nothing_is_open_and_nothing_was_asked_for_a_while() -> None:
    clock = FakeClock()
    loop = PlayedLoop(clock)

    async def request(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(1800)

    async def life() -> float:
        quiet = Quiet(request, 600)
        begun = clock.monotonic()
        over = asyncio.ensure_future(quiet.over())
        await asyncio.sleep(500)
        await quiet({}, None, None)  # type: ignore[arg-type]
        await over
        return clock.monotonic() - begun

    took = loop.run_until_complete(life())
    loop.close()
    assert 500 + 1800 + 600 <= took <= 500 + 1800 + 600 + 600

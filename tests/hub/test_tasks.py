"""Tasks in the background: what goes wrong is told, and they end together."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from quarterdeck.hub.tasks import Tasks, regularly

if TYPE_CHECKING:
    import pytest


async def fail() -> None:
    raise OSError("no room")


async def test_what_goes_wrong_is_told_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []
    telling, logging_ = Tasks("a part", told.append), Tasks("the other part")
    with caplog.at_level(logging.ERROR):
        await asyncio.wait([telling.start(fail()), logging_.start(fail())])
        await asyncio.sleep(0)
    assert [str(error) for error in told] == ["no room"]
    assert [record.getMessage() for record in caplog.records] == ["the other part: no room"]
    assert len(telling) == len(logging_) == 0


async def test_they_end_together_and_silently(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks("a part")
    waiting = [tasks.start(forever()) for _ in range(3)]
    tasks.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert all(task.cancelled() for task in waiting)
    assert not list(tasks)
    assert not caplog.records


async def forever() -> None:
    await asyncio.Event().wait()


async def test_looks_again_and_again_until_it_is_ended() -> None:
    seen = asyncio.Event()
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            seen.set()

    end = regularly(0.0, look, "looks")
    await asyncio.wait_for(seen.wait(), 30)
    end()
    before = looks
    for _ in range(3):
        await asyncio.sleep(0)
    assert looks == before

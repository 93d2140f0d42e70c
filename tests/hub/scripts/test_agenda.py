"""What the schedules of a whole deck will start: the same times at which they then do."""

from __future__ import annotations

import asyncio
from typing import Any

from quarterdeck.core.schedule import SECOND
from quarterdeck.hub.schedules.preview import preview


def test_the_deck_tells_what_then_happens_and_not_what_is_paused(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(one=(60.0, 2.0), two=(45.0, 0.1)).more = {"one": {"jitter": 20 * SECOND}}
        deck.write("other", rest=(60.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(200)
        await deck.service.answer("script/other", "pause", {}, "ada")
        begin = deck.clock.now()
        found = preview(deck.service.agenda(), begin + 600 * SECOND, 100)
        assert {(fires.ahead.script, fires.ahead.hook) for fires in found} == {("s", "one"), ("s", "two")}
        await asyncio.sleep(600)
        for fires in found:
            ran = [run["due"] for run in deck.runs(hook=fires.ahead.hook) if run["due"] > begin]
            assert ran == [at for at, _ in fires.times]
        assert {fires.ahead.hook: round(fires.ahead.usual / SECOND, 1) for fires in found} == {"one": 2.0, "two": 0.1}

    play(history)

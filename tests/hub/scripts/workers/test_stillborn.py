"""Workers that die before their script has loaded, and workers that start many at a time."""

from __future__ import annotations

import asyncio
from typing import Any

from quarterdeck.hub.scripts.workers.start_queue import AT_ONCE, PATIENCE


def test_a_worker_that_cannot_start_makes_the_script_broken_until_one_can(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.1))
        deck.mute = True
        await deck.start_hub()
        for _ in range(4):
            await asyncio.sleep(0.5)
            deck.worker().die("ended with exit code 1")
            await asyncio.sleep(0.5)
            values = deck.values()
            assert (values["state"], values["attention"]) == ("broken", True)
            assert values["reason"] == "its worker ended with exit code 1, so the script is not loaded"
            assert "is tried again" in values["error"]["hint"]
            await asyncio.sleep(8)
        assert deck.values()["state"] == "broken", "also while the next one starts"
        assert [name for _, name, _ in deck.board.named].count("script.broken") == 1, "told once, not at each attempt"
        deck.mute = False
        deck.worker().die("ended with exit code 1")
        await deck.until(last_state="done")
        assert deck.values()["state"] in ("idle", "running")
        assert deck.values()["error"] is None

    play(history)


def test_an_edit_ends_the_wait_for_the_next_attempt(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.write(update=(1.0, 0.1))
        deck.mute = True
        await deck.start_hub()
        for _ in range(6):
            await asyncio.sleep(20)
            deck.worker().die("ended with exit code 1")
        await asyncio.sleep(0.1)
        deck.mute = False
        deck.write(update=(2.0, 0.1))
        await asyncio.sleep(1)
        assert deck.values()["last_state"] == "done"

    play(history)


def test_not_all_workers_start_at_once(play: Any) -> None:
    async def history(deck: Any) -> None:
        for number in range(10 * AT_ONCE):
            deck.write(f"s{number}", update=(1.0, 0.1))
        most = 0
        await deck.start_hub()
        while sum(worker.loaded is not None for worker in deck.workers.values()) < 10 * AT_ONCE:
            most = max(most, sum(worker.loaded is None for worker in deck.workers.values()))
            await asyncio.sleep(0.01)
        assert most == AT_ONCE

    play(history)


def test_scripts_that_hang_while_they_start_hold_up_the_others_for_a_moment_only(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.mute = True
        for number in range(AT_ONCE):
            deck.write(f"a{number}", update=(1.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(0.5)
        deck.mute = False
        deck.write("z", update=(1.0, 0.1))
        await asyncio.sleep(PATIENCE)
        assert deck.values("z")["last_state"] == "done"

    play(history)


def test_one_that_waits_for_its_turn_and_is_deleted_never_starts(play: Any) -> None:
    async def history(deck: Any) -> None:
        deck.mute = True
        for number in range(AT_ONCE):
            deck.write(f"a{number}", update=(1.0, 0.1))
        deck.write("z", update=(1.0, 0.1))
        await deck.start_hub()
        await asyncio.sleep(0.5)
        deck.delete("z")
        await asyncio.sleep(20)
        assert all(worker.script != "z" for worker in deck.workers.values())
        assert deck.values("z") == {}

    play(history)

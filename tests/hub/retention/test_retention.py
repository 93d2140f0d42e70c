"""What is kept: the limits and where they come from, what would go, what goes, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.core.ops import Refused
from quarterdeck.core.schedule import DAY
from quarterdeck.hub.committed import CommittedRecords
from quarterdeck.hub.retention import ending
from quarterdeck.hub.retention.limits import ChosenLimits, Limits
from quarterdeck.hub.retention.pruning import Pruning
from quarterdeck.hub.retention.service import Places, RetentionService
from quarterdeck.hub.settings import RetentionSettings

if TYPE_CHECKING:
    from conftest import StillClock
    from quarterdeck.hub.exchange import Exchange

pytestmark = pytest.mark.asyncio


class Deck:
    def __init__(self, exchange: Exchange, clock: StillClock, folder: Path, **said: int) -> None:
        self.exchange, self.board, self.clock, self.folder = exchange, exchange.board, clock, folder
        self.records = CommittedRecords(exchange.store, exchange.commits)
        self.limits = ChosenLimits(RetentionSettings(**said), self.records)
        self.pruning = Pruning(self.board, self.records, folder, self.limits, clock)
        where = Places(folder, folder / "blobs")
        self.service = RetentionService(self.board, exchange.store, self.limits, self.pruning, where, clock)

    def run(self, script: str | None, state: str, days_ago: float) -> None:
        fields = {"script": script, "state": state, "started": round(self.clock.now() - days_ago * DAY)}
        name = f"run/{script}-{state}-{days_ago}"
        self.board.publish(name, [["set", field, value] for field, value in fields.items()])

    def log(self, name: str) -> None:
        path = self.folder / "script" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * 10)

    async def call(self, name: str, **args: Any) -> Any:
        return await self.service.answer("retention", name, args, "ada")

    async def left(self) -> set[str]:
        await self.board.committed()
        return {name.removeprefix("run/") for name in self.board.states.under("run")}

    async def events(self) -> list[Any]:
        await self.board.committed()
        return self.exchange.store.events("retention")

    def told(self, field: str) -> Any:
        state = self.board.state("retention")
        assert state is not None
        return state.values[field]


@pytest_asyncio.fixture
async def deck(exchange: Exchange, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deck:
    monkeypatch.setattr(ending, "BETWEEN", 0)
    deck = Deck(exchange, clock, tmp_path, days=30)
    for days in range(1, 5):
        deck.run("a", "done", days)
        deck.run("a", "failed", days + 0.5)
    deck.run("a", "running", 50)
    deck.run("gone", "lost", 40)
    deck.run(None, "done", 31)
    for day in ("2026-12-01", "2027-01-13"):
        deck.log(f"a/{day}.log")
    deck.log("gone/2026-12-01.log")
    return deck


async def test_limits_come_from_the_file_the_page_or_the_defaults(deck: Deck) -> None:
    await deck.call("change", runs=2)
    assert deck.limits.limits == Limits(2, 30, 7)
    assert deck.limits.origins == {"runs": "page", "days": "file", "log_days": "default"}
    assert ChosenLimits(RetentionSettings(), deck.records).limits == Limits(2, 0, 7)
    for wrong in ({"days": 5}, {"runs": -1}, {"runs": "2"}, {"run": 2}):
        with pytest.raises(Refused):
            await deck.call("change", **wrong)
    (event,) = await deck.events()
    assert (event.name, event.by, event.data) == ("retention.changed", "ada", {"runs": [1000, 2]})


async def test_a_preview_says_what_a_cleaning_does(deck: Deck) -> None:
    before = await deck.left()
    preview = await deck.call("preview", runs=2)
    assert preview == {"runs": 4, "failures": 2, "log_files": 1, "log_bytes": 10}
    assert await deck.left() == before, "a preview touches nothing"
    await deck.call("change", runs=2)
    await deck.call("clean")
    assert deck.told("cleaning") == {"of": None, "gone": 0, "by": "ada"}
    with pytest.raises(Refused, match="cleans already"):
        await deck.call("clean")
    assert deck.service._cleaning is not None
    await deck.service._cleaning
    failed = {"a-failed-1.5", "a-failed-2.5"}
    assert await deck.left() == {"a-done-1", "a-done-2", "a-running-50", *failed}
    assert [path.name for path in sorted(deck.folder.rglob("*.log"))] == ["2026-12-01.log", "2027-01-13.log"]
    assert deck.told("cleaned") == {"at": deck.clock.now(), "by": "ada", "runs": 6, "log_files": 1, "log_bytes": 10}
    assert deck.told("cleaning") is None
    assert deck.told("amounts")["runs"] == 5
    assert {event.name for event in await deck.events()} == {"retention.cleaned", "retention.changed"}
    assert await deck.call("preview") == {"runs": 0, "failures": 0, "log_files": 0, "log_bytes": 0}


async def test_logs_of_programs_stay_as_long_as_these(deck: Deck) -> None:
    deck.log("../job/2026-11-30.1.log")
    deck.log("../job/2026-12-06.2.log")
    started = deck.clock.now() - 40 * DAY
    for job, role in (("job/2", "program"), ("job/3", "bar")):
        fields = {"role": role, "state": "done", "started": started if role == "program" else 1}
        deck.board.publish(job, [["set", field, value] for field, value in fields.items()])
    assert (await deck.call("preview"))["log_files"] == 2
    assert (await deck.pruning.sweep()).log_files == 2
    assert [path.name for path in (deck.folder / "job").iterdir()] == ["2026-12-06.2.log"]


async def test_nothing_goes_by_number_where_all_are_kept(deck: Deck) -> None:
    assert (await deck.call("preview", runs=0))["runs"] == 2
    unlimited = Deck(deck.exchange, deck.clock, deck.folder, runs=0)
    assert await unlimited.call("preview") == {"runs": 0, "failures": 0, "log_files": 1, "log_bytes": 10}
    with pytest.raises(Refused):
        await unlimited.call("sweep")

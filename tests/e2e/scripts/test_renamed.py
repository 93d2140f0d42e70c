"""A script's folder gets another name while the hub runs: with real files, a real worker and the real store."""

from __future__ import annotations

from typing import Any

from quarterdeck.store.contract import Span


async def test_runs_logs_store_and_series_go_over(deck: Any) -> None:
    async with deck.hub() as hub:
        await hub.until(lambda: hub.count() >= 3)
        (deck.folder / "scripts" / "sample").rename(deck.folder / "scripts" / "counter")
        await hub.until(lambda: (hub.values("script/counter").get("runs") or {}).get("done", 0) >= 6)
        assert not hub.values("script/sample")
        assert int(hub.values("script/counter/store")["values"]["count"]) >= 5, "it counts on"
        assert hub.values("script/counter/panel/text")["text"].startswith("value ")
        assert not await hub.runs("script = sample")
        assert len(await hub.runs("hook = setup")) == 1
        first = (await hub.runs("script = counter"))[0]
        logs = deck.folder / ".quarterdeck" / "logs"
        assert first["log"]["file"].startswith("script/counter/")
        assert (logs / first["log"]["file"]).exists()
        assert not (logs / "script" / "sample").exists()
        await hub.hub.board.committed()
        spans: tuple[Span, ...] = ("minute", "hour", "day")
        for span in spans:
            counted = sum(cell[0] for cell in hub.store.cells("script/counter", "duration", span, 0, 2**40).values())
            assert counted >= 6
            assert hub.store.cells("script/sample", "duration", span, 0, 2**40) == {}

"""What is derived of a script's ends, skips and slips: the last of each hook, counts, series."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from quarterdeck.core.series import cells_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quarterdeck.core.ops import Event
    from quarterdeck.hub.scripts.topics.news import End, News

QUANTUM = 1e-6
BAD = ("failed", "lost")


def changed_hooks(
    hooks: Mapping[str, Any], lately: Mapping[str, Any], ends: Iterable[End], news: News
) -> dict[str, dict[str, Any]]:
    """The hooks to which something has happened, as they are then."""
    changed: dict[str, dict[str, Any]] = {}

    def change(name: str, **fields: Any) -> None:
        if name in hooks:
            changed[name] = {**(changed.get(name) or lately.get(name, {})), **fields}

    def count(name: str, field: str) -> int:
        return int((changed.get(name) or lately.get(name, {})).get(field, 0))

    for hook, (id, state) in {run.get("hook"): (id, run["state"]) for id, run in ends}.items():
        change(str(hook), last_run=id, last_state=state)
    for skip in news.skips:
        change(skip.hook, skipped=count(skip.hook, "skipped") + skip.times, last_skip=skip.plain())
    for slip in news.slips:
        change(slip.hook, slipped=count(slip.hook, "slipped") + 1, last_slip=slip.plain())
    return changed


def counts_of(ends: Iterable[End], news: News) -> Event:
    """How many runs ended how, and how many planned times passed without one or came late."""
    runs = Counter(run["state"] for _, run in ends)
    runs["skipped"] += sum(skip.times for skip in news.skips)
    ops: Event = [["add", "runs", counts]] if (counts := dict(+runs)) else []
    return [*ops, ["add", "noted", {"slipped": len(news.slips)}]] if news.slips else ops


def series_of(runs: Iterable[Mapping[str, Any]]) -> Event:
    """How long they took, how late they began, and which of them ended badly."""
    timed = [run for run in runs if isinstance(run.get("started"), int)]
    bad = [run for run in timed if run["state"] in BAD]
    series = {
        "duration": _timed(timed, "duration"),
        "late": _timed(timed, "late"),
        "failed": _timed(bad, "duration"),
        "lost": _timed([run for run in bad if run["state"] == "lost"], "duration"),
    }
    return [["record", field, cells_of(values), QUANTUM] for field, values in series.items() if values]


def _timed(runs: list[Mapping[str, Any]], field: str) -> list[tuple[int, int]]:
    return [(run["started"], run.get(field) or 0) for run in runs]

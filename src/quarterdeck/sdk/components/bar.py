"""BarChart: bars with names."""

from __future__ import annotations

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.charts import Chart
from quarterdeck.sdk.components.component import cap_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from quarterdeck.sdk.components.component import Op


class BarChart(Chart):
    """Bars in the order in which they were added; beyond ``max_points`` the oldest goes.

    Their values are data set 0, the only one that shows.
    """

    _bars: dict[str, list[Any]]
    _next: int

    def add_bar(self, label: str, value: float) -> None:
        """Add a bar at the right end; the same label may stand twice."""
        bar = [plain(label), plain(value)]
        with self._lock:
            key = str(self._next)
            self._next += 1
            self._bars[key] = bar
            gone = self._trim(cap_of(self.max_points, "max_points"))
            self._send([["put", "bars", {key: bar}], *gone])

    def update_bar(self, label: str, value: float) -> None:
        """Change the first bar of this label; ValueError if there is none."""
        name, height = plain(label), plain(value)
        with self._lock:
            key = self._key_of(name)
            self._bars[key] = [name, height]
            self._send([["put", "bars", {key: [name, height]}]])

    def remove_bar(self, label: str) -> None:
        """Take the first bar of this label away; ValueError if there is none."""
        with self._lock:
            key = self._key_of(plain(label))
            del self._bars[key]
            self._send([["drop", "bars", key]])

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self._bars = dict(sorted(state.get("bars", {}).items(), key=lambda entry: int(entry[0])))
        self._next = 1 + max(map(int, self._bars), default=-1)

    def _key_of(self, label: Any) -> str:
        for key, bar in self._bars.items():
            if bar[0] == label:
                return key
        import difflib  # only a mistake pays for it

        near = difflib.get_close_matches(str(label), [str(bar[0]) for bar in self._bars.values()], 1)
        hint = f"did you mean {near[0]!r}?" if near else f"add it first with add_bar({label!r}, value)"
        raise ValueError(f"{self!r} has no bar {label!r}; {hint}")

    def _trim(self, cap: int) -> list[Op]:
        gone = list(self._bars)[: max(0, len(self._bars) - cap)]
        for key in gone:
            del self._bars[key]
        return [["drop", "bars", key] for key in gone]

    def _points(self) -> Iterable[list[Any]]:
        return self._bars.values()

    def _put_points(self, points: list[list[Any]]) -> None:
        self._bars = {str(self._next + i): bar for i, bar in enumerate(points)}
        self._next += len(points)

    def _reset(self) -> None:
        self._bars = {}
        self._next = 0

    def _recap(self, cap: int) -> list[Op]:
        return self._trim(cap)

    def _collections(self) -> dict[str, Any]:
        return {"bars": {key: list(bar) for key, bar in self._bars.items()}}

    def _refill(self) -> list[Op]:
        return [["drop", "bars"], ["put", "bars", dict(self._bars)]]

"""LineChart: points that come one by one."""

from __future__ import annotations

from collections import deque

from quarterdeck.sdk.components.charts import Chart
from quarterdeck.sdk.components.component import cap_of
from quarterdeck.sdk.components.row import plain_row
from quarterdeck.sdk.components.style import ChartScale

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable
    from typing import Any

    from quarterdeck.sdk.components.component import Op, Sink


class LineChart(Chart):
    """Lines through the newest ``max_points`` points."""

    _kept: deque[list[Any]]
    _push: Callable[[Any], None] | None

    def add_data(self, label: Any, *values: Any) -> None:
        """Add one point: ``label`` on the x axis, then a number for each data set (None, or left out: none)."""
        point = plain_row((label, *values))
        if len(point) != self._width:
            self._pad(point)
        self._kept.append(point)
        if self._push is not None:
            self._push(point)

    def add_data_time(self, time: datetime.datetime, *values: Any) -> None:
        """Add one point at ``time``; a time without a zone is this machine's."""
        self._scale_by_time()
        self.add_data(time.astimezone(time.tzinfo).isoformat(), *values)

    def add_data_now(self, *values: Any) -> None:
        """Add one point at this moment."""
        import datetime  # only charts over time pay for it

        self._scale_by_time()
        self.add_data(datetime.datetime.now().astimezone().isoformat(), *values)

    def _scale_by_time(self) -> None:
        """A chart that begins with a time has times on its x axis."""
        if not self._kept and self._scale is not ChartScale.Time:
            self.x_scale = ChartScale.Time

    def bind(self, sink: Sink | None) -> None:
        super().bind(sink)
        self._push = self._pusher("points", cap_of(self.max_points, "max_points"))

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self._kept = deque(state.get("points", ()), cap_of(self.max_points, "max_points"))
        self._width = 1 + len(self._datasets)

    def _pad(self, point: list[Any]) -> None:
        if len(point) > self._width:
            raise ValueError(
                f"{self!r} has {self._width - 1} data sets and got {len(point) - 1} values; "
                f"set num_datasets = {len(point) - 1} in the setup hook"
            )
        point.extend([None] * (self._width - len(point)))

    def _points(self) -> Iterable[list[Any]]:
        return list(self._kept)

    def _put_points(self, points: list[list[Any]]) -> None:
        self._kept = deque(points, self._kept.maxlen)

    def _reset(self) -> None:
        cap = cap_of(self.max_points, "max_points")
        self._kept = deque(maxlen=cap)
        self._push = self._pusher("points", cap)
        self._width = 1 + len(self._datasets)

    def _recap(self, cap: int) -> list[Op]:
        self._kept = deque(self._kept, cap)
        self._push = self._pusher("points", cap)
        return [["push", "points", [], cap]]

    def _collections(self) -> dict[str, Any]:
        return {"points": [list(point) for point in self._kept]}

    def _refill(self) -> list[Op]:
        return [["drop", "points"], ["push", "points", list(self._kept), self._kept.maxlen]]

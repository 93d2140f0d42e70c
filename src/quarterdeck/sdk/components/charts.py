"""What line and bar charts share: axes and data sets."""

from __future__ import annotations

from quarterdeck.sdk.components.component import Component, cap_of, field, shown, title_of
from quarterdeck.sdk.components.row import plain_row
from quarterdeck.sdk.components.style import COLORS, ChartScale, Dataset, dataset_from, scale_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from quarterdeck.sdk.components.component import Op

MOST_DATASETS = 100


class Chart(Component):
    """The base of LineChart and BarChart.

    ``min_y``, ``max_y`` (None: by the data), ``max_points`` (how many are kept, exactly; 0 means 10,000),
    ``description``, ``x_scale`` (ChartScale) and the attributes of ``datasets[i]`` show at once when assigned.
    ``line_tension``, ``point_radius`` and ``fill`` are what the next data sets start with.
    Assigning ``num_datasets`` makes that many new, empty data sets.
    """

    min_y: float | None = field()
    max_y: float | None = field()
    line_tension: float | None = None
    point_radius: float | None = None
    fill: bool = False
    description: str | None = field(title_of)

    def __init__(
        self,
        id: str,
        min_y: float | None = None,
        max_y: float | None = None,
        max_points: int = 0,
        description: str | None = None,
        num_datasets: int = 1,
        line_tension: float | None = None,
        point_radius: float | None = None,
        fill: bool = False,
        x_scale: ChartScale = ChartScale.Category,
    ) -> None:
        super().__init__(id)
        cap_of(max_points, "max_points")
        self._fields["max_points"] = max_points or 0
        self.min_y = min_y
        self.max_y = max_y
        self.description = description
        self.line_tension = line_tension
        self.point_radius = point_radius
        self.fill = fill
        self._datasets: list[Dataset] = []
        self._reset()
        self.x_scale = x_scale
        self.num_datasets = num_datasets

    @property
    def x_scale(self) -> ChartScale:
        """What the x axis is; assign a ChartScale or its value as text."""
        return self._scale

    @x_scale.setter
    def x_scale(self, scale: ChartScale) -> None:
        self._scale = scale_of(scale)
        self._set("x_scale", self._scale.value)

    @property
    def max_points(self) -> int:
        """How many points (of a BarChart: bars) are kept, exactly; 0 means 10,000."""
        kept: int = self._fields["max_points"]
        return kept

    @max_points.setter
    def max_points(self, most: int) -> None:
        cap = cap_of(most, "max_points")
        with self._lock:
            self._fields["max_points"] = most or 0
            self._send([["set", "max_points", most or 0], *self._recap(cap)])

    @property
    def num_datasets(self) -> int:
        """How many data sets there are; assigning empties the chart."""
        return len(self._datasets)

    @num_datasets.setter
    def num_datasets(self, count: int) -> None:
        if type(count) is not int or not 0 < count <= MOST_DATASETS:
            raise ValueError(f"num_datasets is {count!r}; give a whole number from 1 to {MOST_DATASETS}")
        self.datasets = [
            Dataset(f"Dataset {i}", COLORS[i % len(COLORS)], self.line_tension, self.point_radius, self.fill)
            for i in range(count)
        ]

    @property
    def datasets(self) -> list[Dataset]:
        """The data sets; assign a list of Dataset to replace them, which empties the chart."""
        return shown(self._datasets)

    @datasets.setter
    def datasets(self, datasets: Iterable[Dataset]) -> None:
        with self._lock:
            self._datasets = [dataset.join(self) for dataset in datasets]
            self._fields["datasets"] = [dataset.state for dataset in self._datasets]
            self._reset()
            self._send([["set", "datasets", self._fields["datasets"]], *self._refill()])

    def show_datasets(self) -> None:
        """Send the looks of all data sets; they call this when an attribute of theirs changed."""
        self._set("datasets", [dataset.state for dataset in self._datasets])

    @property
    def labels(self) -> list[Any]:
        """A copy of the x values (of a BarChart: the names of the bars), oldest first."""
        with self._lock:
            return shown([point[0] for point in self._points()])

    @labels.setter
    def labels(self, labels: Iterable[Any]) -> None:
        self._replace(0, plain_row(labels))

    def data_of(self, dataset: Dataset) -> list[Any]:
        """A copy of one data set's values, oldest first."""
        with self._lock:
            at = self._datasets.index(dataset) + 1
            return shown([point[at] if at < len(point) else None for point in self._points()])

    def replace_data(self, dataset: Dataset, values: Iterable[Any]) -> None:
        """Set one data set's values, oldest first; as many as there are labels."""
        self._replace(self._datasets.index(dataset) + 1, plain_row(values))

    def _replace(self, at: int, column: list[Any]) -> None:
        with self._lock:
            points = [list(point) for point in self._points()] if column else []
            if len(points) != len(column):
                raise ValueError(f"{self!r} has {len(points)} points and got {len(column)} values to replace them by")
            for point, value in zip(points, column, strict=True):
                point[at : at + 1] = [value]
            self._put_points(points)
            self._send(self._refill())

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self._scale = scale_of(self._fields["x_scale"])
        self._datasets = [dataset_from(looks).join(self) for looks in self._fields["datasets"]]

    def _points(self) -> Iterable[list[Any]]:
        raise NotImplementedError

    def _put_points(self, points: list[list[Any]]) -> None:
        raise NotImplementedError

    def _reset(self) -> None:
        raise NotImplementedError

    def _recap(self, cap: int) -> list[Op]:
        raise NotImplementedError

"""How charts look: scales, colours, and the data sets that carry them."""

from __future__ import annotations

from enum import Enum

from quarterdeck.sdk.components.component import Strict, field, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Owner(Protocol):
        """What a data set needs of its chart."""

        def data_of(self, dataset: Dataset) -> list[Any]:
            """Its values."""

        def replace_data(self, dataset: Dataset, values: list[Any]) -> None:
            """Set its values."""

        def show_datasets(self) -> None:
            """Send its looks."""


class ChartScale(Enum):
    """What the x axis is."""

    Category = "category"
    Linear = "linear"
    Logarithmic = "logarithmic"
    Time = "time"
    RadialLinear = "radialLinear"


class ChartColor(Enum):
    """A colour by name; the page draws it in the shade that suits its theme.  The value is (red, green, blue)."""

    Blue = (54, 162, 235)
    Red = (255, 99, 132)
    Yellow = (255, 206, 86)
    Green = (75, 192, 192)
    Purple = (153, 102, 255)
    Pink = (255, 153, 204)
    Orange = (255, 159, 64)
    Grey = (128, 128, 128)


COLORS = tuple(ChartColor)


def color_of(color: ChartColor | str) -> ChartColor:
    """A ``ChartColor``, also from its name in any case."""
    found = color if isinstance(color, ChartColor) else ChartColor.__members__.get(str(color).capitalize())
    if found is None:
        raise ValueError(f"no colour {color!r}; choose one of {', '.join(ChartColor.__members__)}")
    return found


def scale_of(scale: ChartScale | str) -> ChartScale:
    """A ``ChartScale``, also from its value or name in any case."""
    if isinstance(scale, ChartScale):
        return scale
    for known in ChartScale:
        if str(scale).lower() in (known.value.lower(), known.name.lower()):
            return known
    raise ValueError(f"no scale {scale!r}; choose one of {', '.join(known.value for known in ChartScale)}")


class Dataset(Strict):
    """One line or one set of bars of a chart.

    ``label`` (text), ``color`` (ChartColor), ``line_tension`` (0 straight to 1 curved) and
    ``point_radius`` (pixels), None being as the page likes, and ``fill`` show at once when
    assigned; ``data`` reads the values back, oldest first.
    """

    label: str = field(text_of)
    color: ChartColor = field(color_of)
    line_tension: float | None = field()
    point_radius: float | None = field()
    fill: bool = field(bool)

    def __init__(
        self,
        label: str,
        color: ChartColor = ChartColor.Blue,
        line_tension: float | None = None,
        point_radius: float | None = None,
        fill: bool = False,
    ) -> None:
        self._chart: Owner | None = None
        self._fields: dict[str, Any] = {}
        self.label = label
        self.color = color
        self.line_tension = line_tension
        self.point_radius = point_radius
        self.fill = fill

    @property
    def data(self) -> list[Any]:
        """A copy of the values, oldest first, None where a point has none for this data set."""
        return [] if self._chart is None else self._chart.data_of(self)

    @data.setter
    def data(self, values: list[Any]) -> None:
        if self._chart is None:
            raise ValueError("this Dataset is in no chart yet; assign it to chart.datasets first")
        self._chart.replace_data(self, values)

    @property
    def state(self) -> dict[str, Any]:
        """What the page knows of this data set; the colour as its name in lower case."""
        return {**self._fields, "color": self.color.name.lower()}

    def join(self, chart: Owner) -> Dataset:
        """Belong to ``chart``, which shows every change from now on."""
        self._chart = chart
        return self

    def _set(self, name: str, value: Any) -> None:
        self._fields[name] = value
        if self._chart is not None:
            self._chart.show_datasets()


def dataset_from(state: dict[str, Any]) -> Dataset:
    """The data set that a hub's state describes."""
    return Dataset(**{name: state[name] for name in DATASET_FIELDS if name in state})


DATASET_FIELDS = ("label", "color", "line_tension", "point_radius", "fill")

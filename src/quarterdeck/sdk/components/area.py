"""AreaChart: lines that are filled down to zero."""

from __future__ import annotations

from quarterdeck.sdk.components.line import LineChart
from quarterdeck.sdk.components.style import ChartScale


class AreaChart(LineChart):
    """A LineChart whose data sets are filled, unless they say otherwise; its y axis begins at zero."""

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
        fill: bool = True,
        x_scale: ChartScale = ChartScale.Category,
    ) -> None:
        super().__init__(
            id, min_y, max_y, max_points, description, num_datasets, line_tension, point_radius, fill, x_scale
        )

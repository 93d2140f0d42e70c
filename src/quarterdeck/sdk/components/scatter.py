"""ScatterChart: points without lines."""

from __future__ import annotations

from quarterdeck.sdk.components.line import LineChart
from quarterdeck.sdk.components.style import ChartScale


class ScatterChart(LineChart):
    """A LineChart that draws its points and no lines; its x axis is Linear at first."""

    def __init__(
        self,
        id: str,
        min_y: float | None = None,
        max_y: float | None = None,
        max_points: int = 0,
        description: str | None = None,
        num_datasets: int = 1,
        point_radius: float | None = None,
        x_scale: ChartScale = ChartScale.Linear,
    ) -> None:
        super().__init__(id, min_y, max_y, max_points, description, num_datasets, None, point_radius, x_scale=x_scale)

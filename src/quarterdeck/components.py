"""The components of a panel, as scripts import them: ``from quarterdeck.components import Table``."""

from __future__ import annotations

from quarterdeck.sdk.components import (
    BarChart,
    Chart,
    ChartColor,
    ChartScale,
    Component,
    Dataset,
    LineChart,
    ProgressBar,
    Statistic,
    Table,
    Text,
)

__all__ = [
    "BarChart",
    "Chart",
    "ChartColor",
    "ChartScale",
    "Component",
    "Dataset",
    "LineChart",
    "ProgressBar",
    "Statistic",
    "Table",
    "Text",
]

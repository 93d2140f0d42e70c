"""The components of a panel, as scripts import them: ``from quarterdeck.components import Table``."""

from __future__ import annotations

from quarterdeck.sdk.components import (
    BarChart,
    Button,
    Chart,
    ChartColor,
    ChartScale,
    Component,
    Dataset,
    Gauge,
    Input,
    Json,
    LineChart,
    Log,
    Markdown,
    ProgressBar,
    Select,
    Slider,
    Statistic,
    Table,
    Text,
    TextInput,
)

__all__ = [
    "BarChart",
    "Button",
    "Chart",
    "ChartColor",
    "ChartScale",
    "Component",
    "Dataset",
    "Gauge",
    "Input",
    "Json",
    "LineChart",
    "Log",
    "Markdown",
    "ProgressBar",
    "Select",
    "Slider",
    "Statistic",
    "Table",
    "Text",
    "TextInput",
]

"""The components of a panel, and what charts are made of."""

from __future__ import annotations

from quarterdeck.sdk.components.area import AreaChart
from quarterdeck.sdk.components.bar import BarChart
from quarterdeck.sdk.components.basic import ProgressBar, Statistic, Text
from quarterdeck.sdk.components.charts import Chart
from quarterdeck.sdk.components.component import Component
from quarterdeck.sdk.components.files import Download, Figure, Image
from quarterdeck.sdk.components.gauge import Gauge
from quarterdeck.sdk.components.heatmap import Heatmap
from quarterdeck.sdk.components.inputs import Button, Input, Select, Slider, TextInput
from quarterdeck.sdk.components.line import LineChart
from quarterdeck.sdk.components.pie import PieChart
from quarterdeck.sdk.components.reading import Json, Log, Markdown
from quarterdeck.sdk.components.scatter import ScatterChart
from quarterdeck.sdk.components.style import ChartColor, ChartScale, Dataset
from quarterdeck.sdk.components.table import Table

# The tags of a layout are these class names.
KINDS: tuple[type[Component], ...] = (
    *(Text, Table, Statistic, ProgressBar, LineChart, BarChart),
    *(Button, Select, Slider, TextInput),
    *(Json, Log, Markdown),
    *(Gauge,),
    *(AreaChart, ScatterChart, PieChart, Heatmap),
    *(Image, Figure, Download),
)

__all__ = [
    "AreaChart",
    "BarChart",
    "Button",
    "Chart",
    "ChartColor",
    "ChartScale",
    "Component",
    "Dataset",
    "Download",
    "Figure",
    "Gauge",
    "Heatmap",
    "Image",
    "Input",
    "Json",
    "LineChart",
    "Log",
    "Markdown",
    "PieChart",
    "ProgressBar",
    "ScatterChart",
    "Select",
    "Slider",
    "Statistic",
    "Table",
    "Text",
    "TextInput",
]

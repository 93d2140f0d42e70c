"""One component of a script's panel, ``script/<name>/panel/<id>``.

Scalars of all: component (the class name: Text, Table, Statistic, ProgressBar, LineChart, BarChart, Button, Select,
Slider, TextInput, Markdown, Json, Log, Gauge, AreaChart, ScatterChart, PieChart, Heatmap, Image, Figure, Download) and
id.
Text: text (Markdown).  Table: headers (list of texts or null), max_rows; list rows, oldest first, each a list of cells.
Statistic: value, unit, description, icon.  ProgressBar: value (percent), style, label, striped, animated.
LineChart, AreaChart, ScatterChart, BarChart: min_y, max_y, max_points (0 means 10,000), description, x_scale (category,
linear, logarithmic, time), datasets (list of {"label", "color", "line_tension", "point_radius", "fill"}); list points,
oldest first, each [x, value of dataset 0, value of dataset 1, ...].  BarChart: map bars, key -> [label, value], keys
being numbers as text in the order of the bars.
Button, Select, Slider, TextInput: label (empty: made from the id), disabled.  Button: style (plain, primary, danger).
Select: options (list of texts or numbers), value.  Slider: min, max, step, unit, value.  TextInput: value,
placeholder, multiline, max_length.
Markdown, Json, Log: title (null: made from the id).  Markdown: text.  Json: value, open (levels).  Log: max_lines; list
lines, oldest first, each [time, level, text].
Gauge: value (null: not known), min, max, unit, description, warn_at, danger_at (null: never).
PieChart: slices (list of [name, value]), unit, description, hole.  Heatmap: columns (list of names or null), max_rows,
unit, description; list rows, from the top down, each [label, value, value, ...].
Image: blob image, title, alt.  Figure: blob figure (Plotly's JSON), title, height (pixels).  Download: blob file,
label, name and content_type (empty: the file's own).
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Kind

PANEL = Kind(
    "panel",
    "script/*/panel/*",
    fields={"rows": ("list", 10_000), "points": ("list", 10_000), "bars": ("map",), "lines": ("list", 10_000)},
)

"""What the gallery shows of the measurements as a picture, as a figure and as a file; no library is needed for it."""

from __future__ import annotations

import csv
import io
from itertools import groupby

COLORS = ("#3b82a6", "#c2803a")
WIDTH, HEIGHT = 720, 200


def skyline(measured):
    """An SVG with a bar for each file."""
    width = WIDTH / max(1, len(measured))
    most = max((file.lines for file in measured), default=1)
    bars = [
        f'<rect x="{index * width:.2f}" y="{HEIGHT - high:.1f}" width="{max(0.5, width - 0.4):.2f}" '
        f'height="{high:.1f}" fill="{COLORS[color % 2]}"/>'
        for index, color, high in places(measured, most)
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return f"{head}{''.join(bars)}</svg>".encode()


def places(measured, most):
    """(index, number of its package, height) of each bar."""
    index = 0
    for number, (_, group) in enumerate(groupby(measured, key=lambda file: file.package)):
        for file in group:
            yield index, number, max(1.0, HEIGHT * file.lines / most)
            index += 1


def spread(measured):
    """A figure of Plotly as a dict; a plotly.graph_objects.Figure does as well."""
    boxes = [
        {"type": "box", "name": package, "y": [file.lines for file in group], "boxpoints": "outliers"}
        for package, group in groupby(measured, key=lambda file: file.package)
    ]
    return {"data": boxes, "layout": {"yaxis": {"type": "log", "title": {"text": "lines"}}, "showlegend": False}}


def report(measured):
    """All measurements as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("package", "file", "lines", "nodes"))
    writer.writerows(file[:4] for file in measured)
    return text.getvalue()

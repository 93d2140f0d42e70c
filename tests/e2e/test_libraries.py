"""What the libraries themselves make becomes images and figures."""

from __future__ import annotations

import json

import matplotlib as mpl
import numpy
import pytest
from matplotlib.figure import Figure as Plot
from PIL import Image as Picture
from plotly import graph_objects

from quarterdeck.components import Figure, Image

mpl.use("agg")


def size_of(image: Image) -> tuple[int, int]:
    """Width and height, as PIL reads what the hub would be given."""
    from io import BytesIO

    found = Picture.open(BytesIO(image.image.source))
    found.load()
    assert found.format == "PNG"
    return found.size


def test_a_figure_of_matplotlib() -> None:
    plot = Plot(figsize=(4, 3), dpi=100)
    axes = plot.subplots()
    axes.plot([1, 2, 3], [3, 1, 2])
    image = Image("a")
    for drawn in (plot, axes):
        image.image = drawn
        width, height = size_of(image)
        assert 300 < width < 450
        assert 200 < height < 350


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "F", "HSV"])
def test_an_image_of_pil(mode: str) -> None:
    image = Image("a", image=Picture.new(mode, (30, 20)))
    assert size_of(image) == (30, 20)


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1), (4, 6, 3), (4, 6, 4)])
def test_an_array_of_numpy(shape: tuple[int, ...]) -> None:
    for kind in ("uint8", "float32", "int64", "bool"):
        assert size_of(Image("a", image=numpy.ones(shape, kind))) == (6, 4)


def test_a_figure_of_plotly() -> None:
    made = graph_objects.Figure(graph_objects.Scatter(x=numpy.arange(3), y=numpy.array([1.0, float("nan"), 3.0])))
    figure = Figure("f", figure=made)
    written = json.loads(figure.figure.source)
    assert written["data"][0]["type"] == "scatter"
    assert set(written) >= {"data", "layout"}

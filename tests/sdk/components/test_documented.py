"""Every component, with every attribute and method, stands in docs/panels.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.components import ChartColor, ChartScale, Dataset
from quarterdeck.sdk.components import KINDS
from quarterdeck.sdk.layout.attributes import parameters_of

PAGE = (Path(__file__).parents[3] / "docs" / "panels.md").read_text()
# What a component has for the worker alone.
INSIDE = {"bind", "birth", "restore", "data_of", "replace_data", "show_datasets", "join", "take"}


def public(kind):
    return {name for name in dir(kind) if not name.startswith("_")} - INSIDE


@pytest.mark.parametrize("kind", [*KINDS, Dataset], ids=lambda kind: kind.__name__)
def test_every_attribute_is_documented(kind):
    assert f"`{kind.__name__}(" in PAGE or kind is Dataset
    missing = {
        name for name in public(kind) | set(parameters_of(kind)) if f"`{name}`" not in PAGE and f"`{name}(" not in PAGE
    }
    assert not missing


@pytest.mark.parametrize("name", [*ChartColor.__members__, *ChartScale.__members__])
def test_every_colour_and_scale_is_documented(name):
    assert name in PAGE

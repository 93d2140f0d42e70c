"""Text, Statistic, ProgressBar, and what all components share."""

from __future__ import annotations

import math

import pytest

from quarterdeck.components import BarChart, LineChart, ProgressBar, Statistic, Table, Text

ALL = [Text("a"), Table("a"), Statistic("a"), ProgressBar("a"), LineChart("a"), BarChart("a")]


def test_a_text_shows_what_is_assigned_and_reads_it_back(page_of):
    text = Text("title", text="### CPU")
    page = page_of(text)
    assert page.state == {"component": "Text", "id": "title", "text": "### CPU"}
    text.text = "#### 12.00%"
    assert text.text == page.state["text"] == "#### 12.00%"


@pytest.mark.parametrize(("given", "shown"), [(None, ""), (5, "5"), (1.5, "1.5"), ("ä", "ä")])
def test_a_text_is_always_a_text(given, shown):
    text = Text("t")
    text.text = given
    assert text.text == shown


def test_a_statistic_begins_at_zero_and_counts(page_of):
    statistic = Statistic("secs", unit="secs")
    page = page_of(statistic)
    assert page.state == {
        "component": "Statistic", "id": "secs", "value": 0, "unit": "secs", "description": None, "icon": None,
    }  # fmt: skip
    statistic.value = (statistic.value + 1) % 60
    statistic.value += 1
    statistic.unit, statistic.description, statistic.icon = "s", "since the start", "clock"
    assert page.state["value"] == 2
    assert (page.state["unit"], page.state["description"], page.state["icon"]) == ("s", "since the start", "clock")


def test_a_progress_bar_has_its_five_attributes(page_of):
    bar = ProgressBar("bar", style="danger", striped=True, animated=True)
    page = page_of(bar)
    assert page.state == {
        "component": "ProgressBar", "id": "bar", "value": 0, "style": "danger", "label": False, "striped": True,
        "animated": True,
    }  # fmt: skip
    bar.value, bar.label, bar.style, bar.striped, bar.animated = 40.5, True, "success", False, False
    assert (bar.value, bar.label, bar.style, bar.striped, bar.animated) == (40.5, True, "success", False, False)
    assert (page.state["value"], page.state["label"], page.state["style"]) == (40.5, True, "success")


def test_values_are_made_plain():
    statistic = Statistic("s")
    statistic.value = math.nan
    assert statistic.value is None


@pytest.mark.parametrize("component", ALL, ids=lambda component: component.type)
def test_a_misspelt_attribute_is_an_error(component):
    with pytest.raises(AttributeError, match="colour"):
        component.colour = "red"


@pytest.mark.parametrize("component", ALL, ids=lambda component: component.type)
def test_birth_shows_the_whole_state(component, page_of):
    assert page_of(component).state == component.state


@pytest.mark.parametrize("component", ALL, ids=lambda component: component.type)
def test_emit_state_sends_everything_again(component, page_of):
    page = page_of(component)
    before = dict(page.state)
    component.emit_state()
    assert page.state == before
    assert len(page.events) == 2


@pytest.mark.parametrize("id", ["", None, 5])
def test_an_id_is_a_text(id):
    with pytest.raises(ValueError, match="needs an id"):
        Text(id)


def test_what_a_grid_says_of_a_component():
    assert Text("title").grid_state == {"type": "Text", "id": "title"}
    assert repr(Text("title")) == "<Text 'title'>"

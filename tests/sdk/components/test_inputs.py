"""Button, Select, Slider and TextInput."""

from __future__ import annotations

import pytest

from quarterdeck.components import Button, Select, Slider, TextInput
from quarterdeck.sdk.layout import LayoutError, parse_layout


def test_a_button_has_a_label_a_style_and_no_value(page_of):
    button = Button("go", label="Start")
    page = page_of(button)
    assert page.state == {"component": "Button", "id": "go", "label": "Start", "disabled": False, "style": "plain"}
    button.style, button.disabled, button.label = "danger", True, "Stop"
    assert (page.state["style"], page.state["disabled"], button.label) == ("danger", True, "Stop")
    with pytest.raises(ValueError, match="style is 'red'; choose one of plain, primary, danger"):
        button.style = "red"
    with pytest.raises(AttributeError, match="no attribute value"):
        button.value = 1
    button.take(None)
    assert page.state["style"] == "danger"


def test_a_select_has_one_of_its_options(page_of):
    select = Select("zone", options=["north", "south"])
    page = page_of(select)
    assert (select.value, page.state["value"]) == ("north", "north")
    select.take("south")
    assert page.state["value"] == "south"
    select.options = ["west", "south"]
    assert page.state == {
        "component": "Select", "id": "zone", "label": "", "disabled": False, "value": "south",
        "options": ["west", "south"],
    }  # fmt: skip
    select.options = [1, 2.5]
    assert select.value == page.state["value"] == 1
    with pytest.raises(ValueError, match=r"has no option .east.; it has 1, 2\.5"):
        select.value = "east"
    with pytest.raises(ValueError, match="give a list of texts or numbers"):
        select.options = "north"
    select.options = []
    assert select.value is None


def test_a_slider_stays_between_its_ends(page_of):
    slider = Slider("speed", min=1, max=5, step=0.5, unit="m/s")
    page = page_of(slider)
    assert (slider.value, page.state["value"], page.state["step"], page.state["unit"]) == (1, 1, 0.5, "m/s")
    slider.take(4.5)
    assert page.state["value"] == 4.5
    for wrong in (6, "x", None, float("nan")):
        with pytest.raises(ValueError, match=r"goes from 1 to 5|no finite number"):
            slider.value = wrong
    for bad in ({"step": 0}, {"min": 5, "max": 5}, {"value": 500}):
        with pytest.raises(ValueError, match=r"give a|goes from"):
            Slider("s", **bad)


def test_a_text_input_keeps_text(page_of):
    text = TextInput("name", placeholder="your name", max_length=20)
    page = page_of(text)
    text.take("Ada")
    assert (text.value, page.state["value"], page.state["max_length"]) == ("Ada", "Ada", 20)
    text.value = None
    assert page.state["value"] == ""
    with pytest.raises(ValueError, match="whole number from 1 to 10,000"):
        text.max_length = 0


@pytest.mark.parametrize("made", [Select("a", options=[1, 2]), Slider("a"), TextInput("a")])
def test_a_new_worker_goes_on_with_the_value(made):
    again = type(made)("a")
    made.take({"Select": 2, "Slider": 40, "TextInput": "x"}[made.type])
    again.restore(made.state)
    assert again.state == made.state
    assert again.value == made.value


def test_a_layout_gives_texts():
    _, (button, select, slider, text) = parse_layout(
        "<Grid><Button id=go label='Go on' style=primary /><Select id=zone options=[1,2] value=2 />"
        "<Slider id=speed min=-1 max=1 step=0.1 /><TextInput id=name multiline /></Grid>"
    )
    assert (button.label, select.value, slider.min, slider.step, text.multiline) == ("Go on", 2, -1, 0.1, True)
    with pytest.raises(LayoutError, match="has no option '3'"):
        parse_layout("<Grid><Select id=zone options=[1,2] value=3 /></Grid>")

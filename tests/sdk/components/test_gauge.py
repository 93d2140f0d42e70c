"""Gauge."""

from __future__ import annotations

import pytest

from quarterdeck.components import Gauge
from quarterdeck.sdk.layout import parse_layout


def test_a_gauge_shows_a_value_between_two_ends(page_of):
    gauge = Gauge("load", max=8, unit="cores", warn_at=6)
    page = page_of(gauge)
    assert page.state == {
        "component": "Gauge", "id": "load", "min": 0, "max": 8, "value": None, "unit": "cores", "description": None,
        "warn_at": 6, "danger_at": None,
    }  # fmt: skip
    gauge.value = 2.5
    gauge.danger_at, gauge.description = 7.5, "Load of the machine"
    assert (gauge.value, page.state["value"], page.state["danger_at"]) == (2.5, 2.5, 7.5)
    gauge.value = float("nan")
    assert gauge.value is None
    gauge.value = 20
    assert page.state["value"] == 20


@pytest.mark.parametrize("wrong", ["5", [1], True])
def test_a_gauge_takes_numbers_alone(wrong):
    with pytest.raises(ValueError, match="no finite number"):
        Gauge("g").value = wrong


def test_the_ends_of_a_gauge_are_two():
    with pytest.raises(ValueError, match="give a max above min"):
        Gauge("g", min=5, max=5)


def test_a_layout_has_a_gauge_and_a_new_worker_its_value():
    _, (gauge,) = parse_layout("<Grid><Gauge id=g min=-10 max=40 unit=°C danger_at=35 /></Grid>")
    gauge.value = 21.5
    again = Gauge("g")
    again.restore(gauge.state)
    assert again.state == gauge.state
    assert (again.min, again.danger_at, again.unit) == (-10, 35, "°C")

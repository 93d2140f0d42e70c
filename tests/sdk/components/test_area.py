"""AreaChart: a LineChart that is filled."""

from __future__ import annotations

from quarterdeck.components import AreaChart, LineChart
from quarterdeck.sdk.layout import parse_layout


def test_an_area_chart_is_a_line_chart_that_is_filled(page_of):
    area, line = AreaChart("a", num_datasets=2), LineChart("a", num_datasets=2)
    page = page_of(area)
    assert [dataset["fill"] for dataset in page.state["datasets"]] == [True, True]
    assert [dataset.fill for dataset in line.datasets] == [False, False]
    area.add_data("one", 1, 2)
    area.datasets[1].fill = False
    assert page.state["points"] == [["one", 1, 2]]
    assert [dataset["fill"] for dataset in page.state["datasets"]] == [True, False]
    assert page.state["component"] == "AreaChart"


def test_its_attributes_are_those_of_a_line_chart():
    _, (area,) = parse_layout("<Grid><AreaChart id=a max_points=2 x_scale=time description=Load fill=no /></Grid>")
    assert (area.max_points, area.x_scale.value, area.description, area.fill) == (2, "time", "Load", False)
    for i in range(3):
        area.add_data(i, i)
    assert list(area.labels) == [1, 2]


def test_it_goes_on_in_a_new_worker():
    area, again = AreaChart("a"), AreaChart("a")
    area.add_data("x", 5)
    again.restore(area.state)
    assert again.state == area.state

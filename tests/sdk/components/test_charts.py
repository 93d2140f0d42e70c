from __future__ import annotations

import datetime
import math
import random

import pytest

from quarterdeck.components import BarChart, ChartColor, ChartScale, Dataset, LineChart


def test_points_are_oldest_first_and_read_back_as_labels_and_data(page_of):
    chart = LineChart("chart")
    page = page_of(chart)
    for count in range(3):
        chart.add_data(count, count * 2)
    assert page.state["points"] == [[0, 0], [1, 2], [2, 4]]
    assert chart.labels == [0, 1, 2]
    assert chart.datasets[0].data == [0, 2, 4]


def test_max_points_is_exact(page_of):
    chart = LineChart("chart", max_points=10)
    page = page_of(chart)
    for count in range(25):
        chart.add_data(count, 1)
    assert chart.labels == list(range(15, 25))
    assert page.state["points"] == [[count, 1] for count in range(15, 25)]
    chart.max_points = 3
    assert chart.labels == [point[0] for point in page.state["points"]] == [22, 23, 24]
    chart.max_points = 0
    assert page.topic.types["points"] == ["list", 10_000]
    with pytest.raises(ValueError, match="max_points"):
        chart.max_points = -1


def test_num_datasets_makes_that_many_and_empties_the_chart(page_of):
    chart = LineChart("chart", line_tension=0.5, fill=True)
    page = page_of(chart)
    chart.add_data(1, 2)
    chart.num_datasets = 5
    assert chart.num_datasets == len(chart.datasets) == 5
    assert chart.labels == page.state["points"] == []
    assert [dataset.label for dataset in chart.datasets] == [f"Dataset {i}" for i in range(5)]
    assert [looks["color"] for looks in page.state["datasets"]] == ["blue", "red", "yellow", "green", "purple"]
    assert page.state["datasets"][4] == {
        "label": "Dataset 4", "color": "purple", "line_tension": 0.5, "point_radius": None, "fill": True,
    }  # fmt: skip
    chart.add_data("x", 1, 2, 3, 4, 5)
    assert [dataset.data for dataset in chart.datasets] == [[1], [2], [3], [4], [5]]


@pytest.mark.parametrize("count", [0, -1, 1.5, 101])
def test_num_datasets_is_a_count(count):
    with pytest.raises(ValueError, match="num_datasets"):
        LineChart("chart").num_datasets = count


def test_a_data_set_shows_what_is_assigned(page_of):
    chart = LineChart("mem_chart")
    page = page_of(chart)
    dataset = chart.datasets[0]
    dataset.label, dataset.color, dataset.fill = "Memory (GB)", ChartColor.Red, True
    dataset.line_tension, dataset.point_radius = 0, 2.5
    assert page.state["datasets"] == [
        {"label": "Memory (GB)", "color": "red", "line_tension": 0, "point_radius": 2.5, "fill": True}
    ]
    assert dataset.color is ChartColor.Red
    with pytest.raises(ValueError, match="choose one of Blue"):
        dataset.color = "mauve"


def test_data_sets_can_be_given(page_of):
    chart = LineChart("chart")
    page = page_of(chart)
    chart.datasets = [Dataset("a"), Dataset("b", ChartColor.Grey)]
    chart.add_data(1, 2, 3)
    assert [looks["label"] for looks in page.state["datasets"]] == ["a", "b"]
    assert chart.datasets[1].data == [3]
    assert Dataset("c").data == []


def test_axes_show_what_is_assigned(page_of):
    chart = LineChart("chart", min_y=0, max_y=20, description="Usage")
    page = page_of(chart)
    chart.x_scale = ChartScale.Time
    chart.max_y = 31.5
    assert page.state["x_scale"] == "time"
    assert chart.x_scale is ChartScale.Time
    assert (page.state["min_y"], page.state["max_y"], page.state["description"]) == (0, 31.5, "Usage")
    chart.x_scale = "Logarithmic"
    assert chart.x_scale is ChartScale.Logarithmic
    with pytest.raises(ValueError, match="choose one of category"):
        chart.x_scale = "cubic"


def test_missing_values_are_none_and_too_many_are_an_error(page_of):
    chart = LineChart("chart", num_datasets=2)
    page = page_of(chart)
    chart.add_data(1, 5)
    chart.add_data(2, math.inf, math.nan)
    assert page.state["points"] == [[1, 5, None], [2, None, None]]
    with pytest.raises(ValueError, match="num_datasets = 3"):
        chart.add_data(3, 1, 2, 3)
    assert chart.labels == [1, 2]


def test_times_carry_their_zone(page_of):
    chart = LineChart("chart")
    page = page_of(chart)
    chart.add_data_time(datetime.datetime(2026, 3, 4, 5, 6, tzinfo=datetime.UTC), 1)
    chart.add_data_time(datetime.datetime(2026, 3, 4, 5, 6), 1)  # noqa: DTZ001 - what users write
    chart.add_data_now(2)
    assert chart.labels[0] == "2026-03-04T05:06:00+00:00"
    assert page.state["x_scale"] == "time"
    for label in page.state["points"]:
        assert datetime.datetime.fromisoformat(label[0]).tzinfo is not None


def test_labels_and_data_can_be_replaced(page_of):
    chart = LineChart("chart")
    page = page_of(chart)
    chart.add_data(1, 10)
    chart.add_data(2, 20)
    chart.datasets[0].data = [11, 21]
    chart.labels = ["a", "b"]
    assert page.state["points"] == [["a", 11], ["b", 21]]
    with pytest.raises(ValueError, match="2 points and got 3"):
        chart.labels = [1, 2, 3]
    chart.labels = []
    assert page.state["points"] == []


def test_bars_are_added_changed_and_removed(page_of):
    chart = BarChart("bars", min_y=0, max_y=100)
    page = page_of(chart)
    names = ["Red", "Blue", "Yellow", "Green", "Purple", "Orange"]
    for value, name in enumerate(names):
        chart.add_bar(name, value)
    assert chart.labels == names
    chart.update_bar("Blue", 50)
    chart.remove_bar("Red")
    chart.update_bar(random.choice(chart.labels), 50)
    assert chart.labels == names[1:]
    assert chart.datasets[0].data[0] == 50
    assert page.state["bars"] == chart.state["bars"]
    assert list(chart.state["bars"]) == ["1", "2", "3", "4", "5"]


def test_an_unknown_bar_is_an_error_with_the_nearest_name():
    chart = BarChart("bars")
    chart.add_bar("Yellow", 1)
    with pytest.raises(ValueError, match="did you mean 'Yellow'"):
        chart.update_bar("Yelow", 2)
    with pytest.raises(ValueError, match="add it first"):
        chart.remove_bar("x")


def test_bars_keep_to_max_points_and_forget_on_num_datasets(page_of):
    chart = BarChart("bars", max_points=2)
    page = page_of(chart)
    for name in "abc":
        chart.add_bar(name, 1)
    assert chart.labels == ["b", "c"]
    chart.max_points = 1
    assert page.state["bars"] == {"2": ["c", 1]}
    chart.datasets[0].data = [7]
    assert chart.datasets[0].data == [7]
    assert page.state["bars"] == chart.state["bars"]
    chart.num_datasets = 1
    assert page.state["bars"] == {}


@pytest.mark.parametrize("kind", [LineChart, BarChart])
def test_a_restored_chart_goes_on(kind, page_of):
    first = kind("chart", max_points=3)
    page = page_of(first)
    first.x_scale = ChartScale.Linear
    first.datasets[0].label = "speed"
    add = "add_data" if kind is LineChart else "add_bar"
    for count in range(12):
        getattr(first, add)(count, count)
    second = kind("chart")
    second.restore(page.state)
    second.bind(page)
    assert second.state == page.state
    getattr(second, add)(12, 12)
    second.datasets[0].fill = True
    assert second.labels == [10, 11, 12]
    assert second.x_scale is ChartScale.Linear
    assert page.state["datasets"][0]["fill"] is True
    assert second.state == page.state

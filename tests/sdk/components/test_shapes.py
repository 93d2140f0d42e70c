"""ScatterChart, PieChart and Heatmap."""

from __future__ import annotations

import pytest

from quarterdeck.components import ChartScale, Heatmap, PieChart, ScatterChart
from quarterdeck.sdk.layout import LayoutError, parse_layout


def test_a_scatter_chart_is_a_line_chart_over_numbers(page_of):
    chart = ScatterChart("s", max_points=2, num_datasets=2, point_radius=4)
    page = page_of(chart)
    for i in range(3):
        chart.add_data(i / 2, i)
    assert page.state["points"] == [[0.5, 1, None], [1.0, 2, None]]
    assert (page.state["component"], page.state["x_scale"], chart.x_scale) == (
        "ScatterChart",
        "linear",
        ChartScale.Linear,
    )
    assert [dataset.point_radius for dataset in chart.datasets] == [4, 4]


def test_a_pie_has_slices_in_their_order(page_of):
    pie = PieChart("p", unit="MB", hole=True)
    page = page_of(pie)
    assert page.state == {
        "component": "PieChart", "id": "p", "slices": [], "unit": "MB", "description": None, "hole": True,
    }  # fmt: skip
    pie.set_slice("used", 5)
    pie.set_slice("free", 3.5)
    pie.set_slice("used", float("nan"))
    assert page.state["slices"] == [["used", None], ["free", 3.5]]
    assert pie.slices == {"used": None, "free": 3.5}
    pie.slices = {"a": 1, 2: 2}
    assert page.state["slices"] == [["a", 1], ["2", 2]]
    pie.slices = [("b", 1)]
    pie.remove_slice("b")
    assert (page.state["slices"], pie.slices) == ([], {})
    for wrong in (-1, "5", True):
        with pytest.raises(ValueError, match="cannot be a share"):
            pie.set_slice("x", wrong)
    with pytest.raises(ValueError, match="no slice 'x'; it has none"):
        pie.remove_slice("x")
    with pytest.raises(ValueError, match="1,001 slices; the most is 1,000"):
        pie.slices = dict.fromkeys(range(1001), 1)


def test_a_heatmap_keeps_its_newest_rows(page_of):
    heat = Heatmap("h", columns=["a", "b"], max_rows=2, unit="ms")
    page = page_of(heat)
    heat.add_row("one", [1, 2])
    heat.add_row("two", (3,))
    heat.add_row("three", [float("nan"), 5])
    assert page.state["rows"] == heat.rows == [["two", 3, None], ["three", None, 5]]
    assert page.topic.types["rows"] == ["list", 2]
    with pytest.raises(ValueError, match="has 2 columns and got 3 values; assign columns first"):
        heat.add_row("x", [1, 2, 3])
    with pytest.raises(TypeError, match="a row is a list"):
        heat.add_row("x", 5)
    heat.columns = None
    heat.rows = [["x", 1, 2, 3], ["y", 4]]
    assert page.state["rows"] == [["x", 1, 2, 3], ["y", 4]]
    heat.max_rows = 1
    assert page.state["rows"] == heat.rows == [["y", 4]]
    with pytest.raises(TypeError, match="a copy"):
        heat.rows.append(["z"])
    with pytest.raises(ValueError, match="the most is 1,000"):
        heat.columns = range(1001)
    with pytest.raises(TypeError, match="give a list of names"):
        heat.columns = "ab"


@pytest.mark.parametrize("kind", [ScatterChart, PieChart, Heatmap])
def test_they_go_on_in_a_new_worker(kind):
    made, again = kind("x"), kind("x")
    made.description = "It"
    if kind is PieChart:
        made.set_slice("a", 1)
    elif kind is Heatmap:
        made.add_row("a", [1])
    else:
        made.add_data(1, 2)
    again.restore(made.state)
    assert again.state == made.state


def test_a_layout_has_them():
    _, (scatter, pie, heat) = parse_layout(
        "<Grid><ScatterChart id=a point_radius=2 x_scale=time /><PieChart id=b hole unit=%% />"
        "<Heatmap id=c columns='Mo, Tu' max_rows=7 /></Grid>"
    )
    assert (scatter.x_scale, pie.hole, heat.columns, heat.max_rows) == (ChartScale.Time, True, ["Mo", "Tu"], 7)
    with pytest.raises(LayoutError, match=r"line 1.*ScatterChart.*no attribute fill"):
        parse_layout("<Grid><ScatterChart id=a fill /></Grid>")

from __future__ import annotations

import pytest

from quarterdeck.components import Table


def test_rows_are_oldest_first_in_the_state_and_read_back_newest_first(page_of):
    table = Table("table", headers=["Count", "Value"])
    page = page_of(table)
    for count in range(3):
        table.add_row([count, count * 10])
    assert page.state["rows"] == [[0, 0], [1, 10], [2, 20]]
    assert table.rows == [[2, 20], [1, 10], [0, 0]]
    assert page.state["headers"] == table.headers == ["Count", "Value"]


def test_max_rows_is_exact(page_of):
    table = Table("table", max_rows=10)
    page = page_of(table)
    for count in range(25):
        table.add_row([count])
    assert [row[0] for row in table.rows] == list(range(24, 14, -1))
    assert page.state["rows"] == [[count] for count in range(15, 25)]


def test_lowering_max_rows_trims_at_once_and_zero_means_ten_thousand(page_of):
    table = Table("table")
    page = page_of(table)
    assert page.topic.types["rows"] == ["list", 10_000]
    for count in range(8):
        table.add_row([count])
    table.max_rows = 3
    assert table.rows == [[7], [6], [5]]
    assert page.state["rows"] == [[5], [6], [7]]
    assert page.state["max_rows"] == table.max_rows == 3
    table.max_rows = 0
    table.add_row([8])
    assert page.state["rows"] == [[5], [6], [7], [8]]
    assert page.topic.types["rows"] == ["list", 10_000]


@pytest.mark.parametrize("most", [-1, 1.5, "10", 1_000_001, True])
def test_max_rows_is_a_count(most):
    with pytest.raises(ValueError, match="max_rows"):
        Table("table").max_rows = most
    with pytest.raises(ValueError, match="max_rows"):
        Table("table", max_rows=most)


def test_rows_can_be_replaced(page_of):
    table = Table("table", rows=[["new"], ["old"]])
    page = page_of(table)
    assert page.state["rows"] == [["old"], ["new"]]
    table.rows = []
    assert page.state["rows"] == table.rows == []
    table.rows = [[2], [1]]
    assert page.state["rows"] == [[1], [2]]


def test_a_row_is_copied(page_of):
    table, row = Table("table"), [1, 2]
    page = page_of(table)
    table.add_row(row)
    row.append(3)
    assert table.rows == page.state["rows"] == [[1, 2]]


def test_changing_the_copy_says_what_to_do_instead():
    table = Table("table", rows=[[1]])
    with pytest.raises(TypeError, match="is a copy of what is shown"):
        table.rows.append([2])
    with pytest.raises(TypeError, match="is a copy of what is shown"):
        table.rows[0] = [2]


@pytest.mark.parametrize("row", ["abc", 5, None, {"a": 1}])
def test_a_row_is_a_list_of_cells(row):
    with pytest.raises(TypeError, match="list of cells"):
        Table("table").add_row(row)


def test_headers_are_a_list():
    with pytest.raises(TypeError, match="one a column"):
        Table("table").headers = "Time"


def test_a_restored_table_goes_on(page_of):
    first = Table("table", max_rows=3)
    page = page_of(first)
    first.headers = ["N"]
    for count in range(5):
        first.add_row([count])
    second = Table("table")
    second.restore(page.state)
    second.bind(page)
    second.add_row([5])
    assert second.rows == [[5], [4], [3]]
    assert second.headers == ["N"]
    assert second.state == page.state

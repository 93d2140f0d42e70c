"""Markdown, Json and Log."""

from __future__ import annotations

import datetime

import pytest

from quarterdeck.components import Json, Log, Markdown
from quarterdeck.sdk.layout import parse_layout


def test_markdown_has_a_heading_and_a_text(page_of):
    text = Markdown("report", text="# Done")
    page = page_of(text)
    assert page.state == {"component": "Markdown", "id": "report", "text": "# Done", "title": None}
    text.text, text.title = None, "The report"
    assert (page.state["text"], page.state["title"]) == ("", "The report")
    with pytest.raises(ValueError, match="it takes 60,003 bytes as JSON, the most is 60,000"):
        text.text = "x" * 60_001
    assert text.text == ""


def test_json_shows_any_value(page_of):
    tree = Json("answer", open=2)
    page = page_of(tree)
    assert (page.state["value"], page.state["open"]) == (None, 2)
    tree.value = {"when": datetime.date(2026, 3, 1), 5: {1, 2}, "bad": float("nan")}
    assert tree.value == page.state["value"] == {"when": "2026-03-01", "5": [1, 2], "bad": None}
    tree.open = 0
    assert page.state["open"] == 0
    with pytest.raises(ValueError, match="the most is 60,000"):
        tree.value = ["ä" * 1000] * 40


def test_a_log_keeps_its_newest_lines(page_of):
    log = Log("events", max_lines=3)
    page = page_of(log)
    log.add("one")
    log.add("two\nthree", level="warning")
    log.add("")
    assert log.lines == ["two", "three", ""]
    assert [line[1:] for line in page.state["lines"]] == [["WARNING", "two"], ["WARNING", "three"], ["", ""]]
    assert page.state["lines"][0][0] > 1_600_000_000_000_000
    log.max_lines = 1
    assert [line[2] for line in page.state["lines"]] == log.lines == [""]
    log.clear()
    assert page.state["lines"] == log.lines == []
    log.add("x" * 5000)
    assert [len(line) for line in log.lines] == [2000]
    with pytest.raises(ValueError, match="choose one of DEBUG, INFO"):
        log.add("a", level="loud")
    with pytest.raises(TypeError, match="a copy"):
        log.lines.append("a")


def test_a_log_goes_on_in_a_new_worker(page_of):
    log, again = Log("events", max_lines=5), Log("events", max_lines=5)
    log.add("one")
    again.restore(log.state)
    page_of(again)
    again.add("two")
    assert again.lines == ["one", "two"]


def test_a_layout_has_them():
    _, (text, tree, log) = parse_layout(
        "<Grid><Markdown id=a title='A b' /><Json id=b open=3 /><Log id=c max_lines=0 /></Grid>"
    )
    assert (text.title, tree.open, log.max_lines) == ("A b", 3, 0)

"""What CI sends: the two historical formats and ours, what is refused of them, and what is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic
from quarterdeck.hub.builds.formats import began, read
from quarterdeck.hub.builds.results import (
    Arrival,
    event_of_build,
    event_of_results,
    event_of_test,
    sorted_out,
    topic_of_test,
)

NAME = "test_x (tests.test_a.TestA)"
ARRIVAL = Arrival("shop", "b1", 5, "1.0")


def ran(**more: Any) -> dict[str, Any]:
    return {
        "name": NAME,
        "exec_time": 12.5,
        "time": "2017-10-20 00:49:49.123456",
        "successful": True,
        "iter": 1,
        **more,
    }


def told(event: list[list[Any]]) -> dict[str, Any]:
    return {op[1]: op[2] for op in event}


def test_the_first_format_says_which_tests_ask_an_endpoint() -> None:
    grouped = [{"endpoint": "main.index", "test_name": NAME}, {"endpoint": "gone", "test_name": "unknown"}]
    runs = [ran(iter=2, exec_time=20.0, successful=False), ran()]
    found = read(json.dumps({"test_runs": runs, "grouped_tests": grouped}).encode())
    tests = sorted_out(found)
    build = told([*event_of_build(ARRIVAL, found, tests), *event_of_results(ARRIVAL, tests)])
    assert build["tests"] == {NAME: {"took": [0.0125, 0.02], "failed": 1}}
    assert build["endpoints"] == {"main.index": {"took": [], "hits": 0}}
    assert [build[field] for field in ("count", "failed", "flaky", "times", "seconds", "provider")] == [
        1,
        0,
        1,
        2,
        0.01625,
        None,
    ]
    test = told(event_of_test(ARRIVAL, NAME, tests[NAME]))
    assert test["endpoints"] == {"main.index": {"hits": None, "seconds": None}}
    assert test["results"] == [["b1", 5, "1.0", 0.01625, 0.0125, 0.02, 1, 2]]
    assert (test["state"], test["strip"]) == ("flaky", [["flaky", 0.01625]])


def test_the_second_format_says_how_long_requests_took() -> None:
    asked = [{"endpoint": "main.index", "exec_time": took, "test_name": NAME} for took in (10, 13, 16)]
    sent = {"test_runs": [ran()], "endpoint_exec_times": asked, "app_version": "a1b2c3", "travis_job": "123.1"}
    found = read(json.dumps(sent).encode())
    tests = sorted_out(found)
    build = told([*event_of_build(ARRIVAL, found, tests), *event_of_results(ARRIVAL, tests)])
    assert build["endpoints"] == {"main.index": {"took": [0.01, 0.013, 0.016], "hits": 3}}
    assert (build["provider"], build["number"], build["url"]) == ("Travis CI", "123.1", None)
    without = read(json.dumps({**sent, "travis_job": None}).encode())
    assert told(event_of_build(ARRIVAL, without, sorted_out(without)))["provider"] is None


def test_our_format_says_in_which_repetition() -> None:
    times = "2026-11-21T18:00:00.5+00:00"
    runs = [ran(iter=i, time=times, error="" if i == 1 else "AssertionError: 3", successful=i == 1) for i in (1, 2)]
    asked = [
        {"endpoint": "GET /", "exec_time": took, "test_name": NAME, "iter": i, "hits": hits}
        for i, took, hits in ((1, 10, 3), (1, 20, 1), (2, 40, 1))
    ]
    job = {"provider": "GitLab CI", "number": "7", "url": "https://gitlab.example.org/7", "branch": "main"}
    sent = {"test_runs": runs, "endpoint_exec_times": asked, "service": "shop", "ci": job, "runner": "pytest"}
    found = read(json.dumps(sent).encode())
    tests = sorted_out(found)
    build = told([*event_of_build(ARRIVAL, found, tests), *event_of_results(ARRIVAL, tests)])
    assert build["endpoints"] == {"GET /": {"took": [0.0125, 0.04], "hits": 5}}
    assert build["tests"][NAME]["error"] == "AssertionError: 3"
    assert [build[field] for field in ("url", "branch", "commit", "runner")] == [job["url"], "main", None, "pytest"]
    assert told(event_of_test(ARRIVAL, NAME, tests[NAME]))["endpoints"] == {"GET /": {"hits": 2.5, "seconds": 0.02625}}
    assert began(found, 2_000_000_000_000_000) == 1_795_284_000_500_000
    assert began(found, 17) == 17


def test_results_that_come_late_change_no_newer_ones() -> None:
    tests = sorted_out(read(json.dumps({"test_runs": [ran()]}).encode()))
    assert [op[:2] for op in event_of_test(ARRIVAL, NAME, tests[NAME], last=6)] == [
        ["push", "results"],
        ["push", "strip"],
    ]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("nonsense", "results-malformed"),
        ({"test_runs": []}, "results-empty"),
        ({"test_runs": [ran()], "extra": 1}, "results-malformed"),
        ({"test_runs": [ran(exec_time="fast")]}, "results-malformed"),
        ({"test_runs": [ran(exec_time=-1)]}, "results-malformed"),
        ({"test_runs": [ran(name="")]}, "results-malformed"),
        ({"test_runs": [ran()] * 1001}, "results-too-many"),
        ({"test_runs": [ran()], "travis_job": 10**400}, "results-malformed"),
        ({"test_runs": [ran(name="\ud800")]}, "results-malformed"),
        ({"test_runs": [ran()], "ci": {"url": "javascript:alert(1)"}}, "results-malformed"),
    ],
)
def test_what_is_no_result_is_refused_with_the_mend(sent: Any, code: str) -> None:
    with pytest.raises(Refused) as raised:
        read(json.dumps(sent).encode())
    assert raised.value.code == code
    assert raised.value.hint


def test_names_of_any_length_have_a_topic_of_their_own() -> None:
    names = ["a", "tests/test_a.py::test_x[ü]", "x" * 1999 + "1", "x" * 1999 + "2", "ü" * 300]
    topics = [check_topic(topic_of_test("s" * 200, name)) for name in names]
    assert len(set(topics)) == len(names)


def test_a_name_that_is_too_long_is_told_as_its_topic_has_it() -> None:
    name = "x" * 300
    tests = sorted_out(read(json.dumps({"test_runs": [ran(name=name)]}).encode()))
    called = told(event_of_results(ARRIVAL, tests))["tests"][name]["called"]
    assert topic_of_test("shop", name).endswith(f"/{called}")

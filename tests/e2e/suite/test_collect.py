"""The tests of real projects, collected by the real command, sent to a real hub."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from tests.e2e.suite.conftest import Project, Receiver

Make = Callable[[str], Project]
COLLECT = ("-m", "quarterdeck", "collect")


def test_unittest_and_flask_as_travis_ran_it(project: Make, receiver: Receiver, tmp_path: Path) -> None:
    shop = project("shop")
    url = f"{receiver.url}/submit-test-results"
    (shop.folder / "config.cfg").write_text(
        f"[dashboard]\nAPP_VERSION=2.0\nTEST_DIR={shop.folder}/tests/\nN=3\nSUBMIT_RESULTS_URL={url}\n"
    )
    code = shop.run(
        *("-m", "quarterdeck.collect_performance"),
        DASHBOARD_CONFIG=str(shop.folder / "config.cfg"),
        DASHBOARD_LOG_DIR=f"{shop.folder}/",
        QUARTERDECK_TOKEN=receiver.tokens["producer"],
        TRAVIS="true",
        TRAVIS_JOB_NUMBER="123.1",
        TRAVIS_JOB_WEB_URL="https://travis.example.org/123",
        TRAVIS_BRANCH="main",
    )
    assert code == 0, shop.output
    assert shop.asked() == {
        ("test_index", "GET /"),
        ("test_carts", "GET /cart/<int:number>"),
        ("test_elsewhere", "main.cart"),
    }
    (build,) = receiver.list("build", "shop")
    assert [build[field] for field in ("count", "failed", "times", "version", "provider", "number", "branch")] == [
        *(3, 0, 3, "2.0"),
        *("Travis CI", "123.1", "main"),
    ]
    (found,) = receiver.list("results", "shop")
    assert all(len(test["took"]) == 3 and min(test["took"]) > 0 for test in found["tests"].values())
    assert found["endpoints"]["GET /cart/<int:number>"]["hits"] == 9
    carts = receiver.state("service/shop/test/tests.test_shop.TestShop.test_carts")
    assert (carts["endpoints"]["GET /cart/<int:number>"]["hits"], carts["state"]) == (3, "passed")
    assert (shop.folder / "test_runs.log").read_text().count("test_carts") == 3


def test_pytest_and_fastapi_with_what_fails(project: Make, receiver: Receiver) -> None:
    items = project("items")
    token = {"QUARTERDECK_TOKEN": receiver.tokens["producer"]}
    assert items.run(*COLLECT, "--times", "2", "--url", receiver.url, **token) == 1, items.output
    assert re.search(r"^\d+ tests of \S+, 2 times each, asked \d+ endpoints?; 2 failed$", items.output, re.MULTILINE)
    assert "failed (2 of 2 times): test_items.py::test_wanted[2]" in items.output
    assert "failed (1 of 2 times): test_items.py::test_now_and_then" in items.output
    assert items.asked() == {
        ("test_item", "GET /items/{number}"),
        ("test_deep", "GET /part/deep/{number}"),
        ("test_wanted[1]", "GET /items/{number}"),
        ("test_wanted[2]", "GET /items/{number}"),
    }
    # The service is that which the tests have bound, and what tests ask is nobody's traffic.
    (build,) = receiver.list("build", "items")
    assert (build["failed"], build["flaky"], build["runner"]) == (1, 1, "pytest")
    (found,) = receiver.list("results", "items")
    assert found["tests"]["test_items.py::test_wanted[2]"]["failed"] == 2
    assert receiver.list("endpoint", "items") == []
    states = {test["name"].rpartition("::")[2]: test["state"] for test in receiver.list("test", "items")}
    assert (states["test_wanted[2]"], states["test_now_and_then"], states["test_deep"]) == ("failed", "flaky", "passed")


def test_django_and_results_that_stay_here_until_they_are_sent(project: Make, receiver: Receiver) -> None:
    polls = project("polls")
    assert polls.run(*COLLECT) == 0, polls.output
    assert "quarterdeck-tests.json" in polls.output
    assert "sent nowhere" in polls.output
    route = "GET /polls/<int:number>/"
    assert polls.asked() == {("test_poll", route), ("test_asynchronous", route), ("test_missing", "GET no route")}
    assert receiver.list("build", "polls") == []
    send = (*COLLECT, "--send", "quarterdeck-tests.json", "--url", receiver.url)
    assert polls.run(*send, QUARTERDECK_TOKEN="nonsense") == 1
    assert "quarterdeck token new ci --scope producer" in polls.output
    for _ in range(2):
        assert polls.run(*send, QUARTERDECK_TOKEN=receiver.tokens["producer"]) == 0, polls.output
    (build,) = receiver.list("build", "polls")
    assert (build["runner"], build["count"]) == ("django", 3)


def test_an_ordinary_run_of_pytest_is_recorded_when_that_is_asked(project: Make, receiver: Receiver) -> None:
    items = project("items")
    # Where Quarterdeck is installed pytest finds the plugin by itself.
    named = (
        () if entry_points(group="pytest11", name="quarterdeck") else ("-p", "quarterdeck.integrations.suite.pytest")
    )
    plugin = ("-m", "pytest", "-q", *named)
    assert items.run(*plugin) == 1, items.output
    assert not (items.folder / "quarterdeck-tests.json").exists()
    sent = ("--quarterdeck", "--quarterdeck-times=2", f"--quarterdeck-url={receiver.url}")
    items.run(*plugin, *sent, QUARTERDECK_TOKEN=receiver.tokens["producer"])
    assert f"Sent to {receiver.url}" in items.output, items.output
    assert len(receiver.list("test", "items")) == 5
    (items.folder / "quarterdeck-tests.json").unlink()
    (items.folder / "test_items.py").write_text("import nothing_of_this_name")
    for command in ((*plugin, *sent), (*COLLECT, "--runner", "pytest", "--url", receiver.url)):
        assert items.run(*command) > 0
        assert "did not run to their end" in items.output
    assert not (items.folder / "quarterdeck-tests.json").exists()


def test_both_historical_formats_are_taken_as_they_were_posted(receiver: Receiver) -> None:
    name = "test_index (tests.test_views.TestViews)"
    ran: dict[str, Any] = {"name": name, "exec_time": 12.34, "time": "2017-10-20 00:49:49.123456", "successful": True}
    first = {"test_runs": [{**ran, "iter": 1}], "grouped_tests": [{"endpoint": "main.index", "test_name": name}]}
    asked = {"endpoint": "main.index", "exec_time": 13, "test_name": name}
    second = {
        "test_runs": [{**ran, "time": "2018-06-11 10:00:00.000000", "iter": 1}],
        "endpoint_exec_times": [asked],
        "app_version": "a1b2c3",
        "travis_job": None,
    }
    for sent in (first, first, second, {**second, "travis_job": "123.1"}):
        assert receiver.ask("POST", "/submit-test-results?service=old", sent, "producer") == (204, None)
    builds = receiver.list("build", "old")
    assert {(build["version"], build["number"]) for build in builds} == {
        (None, None),
        ("a1b2c3", None),
        ("a1b2c3", "123.1"),
    }
    (test,) = receiver.list("test", "old")
    assert (test["endpoints"], len(test["results"])) == ({"main.index": {"hits": 1.0, "seconds": 0.013}}, 3)
    assert receiver.ask("POST", "/submit-test-results", first, None)[0] == 401
    assert receiver.ask("POST", "/submit-test-results", first, "guest")[0] == 403

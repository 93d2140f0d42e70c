"""From what was recorded to what is written and sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.sdk.services.configuration.config import Config
from quarterdeck.sdk.suite import sending, suite
from quarterdeck.sdk.suite.recorder import Recorder
from quarterdeck.sdk.suite.results import failures, results_of
from quarterdeck.sdk.suite.sending import SendError, address_of, send
from quarterdeck.sdk.suite.suite import Suite, Wanted


def recorded() -> Recorder:
    found = Recorder()
    found.asked(found.running, "GET /", 1.0)
    for repetition in (1, 2):
        found.begin("t1\ud800", repetition)
        found.asked(found.running, "GET /", 0.1)
        found.asked(found.running, "GET /", 0.3)
        if repetition == 2:
            found.failed("AssertionError: no\nmore")
        found.end(seconds=0.5)
    found.begin("skipped", 1)
    found.end(counts=False)
    return found


def test_results_are_what_was_recorded_also_in_another_process() -> None:
    first = recorded()
    joined = Recorder()
    joined.add(json.loads(json.dumps({**first.told(), "service": "shop"})))
    assert joined.service == "shop"
    results = results_of(joined, {"service": "shop", "ci": None})
    assert results == results_of(first, {"service": "shop"})
    assert [(row["name"], row["exec_time"], row["iter"]) for row in results["test_runs"]] == [
        ("t1\ud800", 500, 1),
        ("t1\ud800", 500, 2),
    ]
    asked = {"endpoint": "GET /", "exec_time": 200.0, "test_name": "t1\ud800", "hits": 2}
    assert results["endpoint_exec_times"] == [{**asked, "iter": 1}, {**asked, "iter": 2}]
    assert failures(results) == [("t1\ud800", 1, 2, "AssertionError: no\nmore")]


def test_addresses_are_those_of_a_hub_a_dashboard_or_whole() -> None:
    whole = "http://h:5000/dashboard/submit-test-results"
    assert address_of(whole) == address_of("http://h:5000/dashboard/") == whole
    assert address_of("https://h?service=x") == "https://h/submit-test-results?service=x"
    with pytest.raises(SendError, match="no address"):
        address_of("h:5000")


def test_what_is_away_is_asked_again_and_what_refuses_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [(503, b""), OSError("away"), (204, b"")]
    pauses: list[float] = []

    def post(*_: Any) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(sending, "_post", post)
    send("http://h/submit-test-results", "t", b"{}", pauses.append)
    assert pauses == list(sending.PAUSES)
    answers[:] = [(403, b'{"error": {"message": "no", "hint": "x"}}')]
    with pytest.raises(SendError) as refused:
        send("http://h/submit-test-results", "t", b"{}", pauses.append)
    assert (refused.value.code, "quarterdeck token new" in refused.value.hint) == ("results-refused", True)
    answers[:] = [OSError("away")] * 3
    with pytest.raises(SendError, match="does not answer"):
        send("http://h/submit-test-results", "t", b"{}", pauses.append)


def test_results_stay_here_unless_it_is_said_where_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sent: list[tuple[str, str | None]] = []
    monkeypatch.setattr(suite, "send", lambda address, token, body: sent.append((address, token)))
    environment = {"APP_VERSION": "4.2", "N": "3"}
    monkeypatch.setattr(suite, "config", Config(environment))
    monkeypatch.setattr(suite, "recognise", lambda _: {"provider": "CI", "commit": "a1b2c3d4"})
    lines: list[str] = []
    one = Suite(recorded(), Wanted(), "pytest")
    assert one.finish(lines.append)
    assert (one.times, sent, lines[-1].startswith("They are sent nowhere")) == (3, [], True)
    written = json.loads((tmp_path / "quarterdeck-tests.json").read_text())
    assert (written["app_version"], written["ci"]["commit"], written["runner"]) == ("4.2", "a1b2c3d4", "pytest")
    environment.update(SUBMIT_RESULTS_URL="http://h:5000/dashboard/submit-test-results", APP_VERSION="")
    other = Suite(recorded(), Wanted(times=1, token="t", output="o.json", service="shop"), "pytest")
    assert other.finish(lines.append)
    assert sent == [("http://h:5000/dashboard/submit-test-results", "t")]
    written = json.loads((tmp_path / "o.json").read_text())
    assert (written["app_version"], written["service"]) == ("a1b2c3", "shop")
    assert {row["name"] for row in written["test_runs"]} == {"t1?"}
    assert not Suite(Recorder(), Wanted(), "pytest").finish(lines.append)

"""A program that lets itself be stopped from the hub."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import quarterdeck.testing
from quarterdeck.sdk.interrupt import interrupt
from quarterdeck.sdk.jobs.process import PARENT
from quarterdeck.sdk.jobs.reporter import Reporter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.testing.local import LocalHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    monkeypatch.setattr(Reporter, "_wake", lambda self: None)
    monkeypatch.setenv(PARENT, "")
    with quarterdeck.testing.hub() as hub:
        yield hub


def opened(reporter: Reporter) -> str:
    """The topic of a bar."""
    return reporter.open(lambda: {"name": "bar"}).job.topic


def processes(hub: LocalHub) -> list[tuple[str, dict[str, Any]]]:
    hub.state("job/none")
    started = [(topic, hub.state(topic) or {}) for topic, name in hub.events if name == "job.started"]
    return [(topic, state) for topic, state in started if state["role"] != "bar"]


def do_and_wait(hub: LocalHub, call: Any) -> None:
    """The answer may be there before the interrupt is."""
    hub.do(call)
    threading.Event().wait(30)


def test_a_stop_interrupts_the_main_thread_and_that_is_how_the_program_ends(hub: LocalHub) -> None:
    reporter = Reporter()
    reporter.allow_stop()
    bar = opened(reporter)
    [(topic, state)] = processes(hub)
    assert state["stops"] is True
    call = hub.exchange.calls.call(topic, "stop", {}, by="ann")
    with pytest.raises(KeyboardInterrupt):
        do_and_wait(hub, call)
    reporter.finish()
    assert (hub.state(topic) or {})["state"] == "interrupted"
    assert (hub.state(bar) or {})["stops"] is True


def test_what_it_starts_says_so_and_leaves_the_answer_to_it(hub: LocalHub) -> None:
    program = Reporter()
    program.allow_stop()
    told = os.environ[PARENT]
    child = Reporter()
    child.allow_stop()
    assert (hub.state(opened(child)) or {}) == {}  # not looked at yet
    child.finish()
    (topic, _), (_, state) = processes(hub)
    assert told == f"{topic[4:]}/{topic[4:]}/stops"
    assert state["stops"] is True
    assert state["program"] == topic[4:]
    claims = {claim for peer in hub.exchange.peers for claim in peer.claims}
    assert claims == {topic}


def test_a_program_that_does_not_ask_for_it_is_not_stopped(hub: LocalHub) -> None:
    Reporter().begin()
    [(_, state)] = processes(hub)
    assert "stops" not in state
    assert os.environ[PARENT].count("/") == 1


def test_an_interrupt_ends_what_the_main_thread_waits_for() -> None:
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert time.monotonic() - began < 10

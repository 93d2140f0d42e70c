"""Histories of a producer, replayed on a fake clock."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.sdk.calls import Call


def count(hub: Any, topic: str = "a") -> Any:
    return hub.states[topic].values["n"]


def test_the_first_change_goes_at_once_and_the_next_50_ms_later(desk: Any, hub: Any) -> None:
    desk.emit("a", ["add", "n", {"k": 1}])
    desk.run()
    assert count(hub) == {"k": 1}
    desk.emit("a", ["add", "n", {"k": 10}])
    desk.run(0.049)
    desk.emit("a", ["add", "n", {"k": 100}])
    assert count(hub) == {"k": 1}
    desk.run(0.002)
    assert count(hub) == {"k": 111}
    assert len(hub.batches) == 2


def test_a_sender_with_nothing_to_do_sleeps_until_it_is_rung_for(desk: Any) -> None:
    assert desk.run() is None
    desk.emit("a", ["set", "x", 1])
    assert desk.run(0.2) is None


def test_nothing_connects_before_the_first_event(desk: Any, hub: Any) -> None:
    desk.run(1)
    assert hub.hellos == []
    desk.emit("a", ["set", "x", 1])
    desk.run()
    assert [hello["stream"] for hello in hub.hellos] == ["s1"]


def test_a_lost_message_is_sent_again_as_it_was(desk: Any, hub: Any, transport: Any) -> None:
    transport.lose_message = True
    desk.emit("a", ["add", "n", {"k": 1}])
    desk.run()
    desk.emit("a", ["add", "n", {"k": 10}])
    transport.lose_message = False
    transport.cut()
    desk.run(1)
    assert count(hub) == {"k": 11}
    assert [batch.count(b'"k":1}') for batch in hub.batches] == [1, 0]


def test_a_lost_acknowledgement_is_no_second_effect(desk: Any, hub: Any, transport: Any) -> None:
    transport.lose_answer = True
    desk.emit("a", ["add", "n", {"k": 1}])
    desk.run()
    assert count(hub) == {"k": 1}
    assert desk.sender.outbox.frozen
    transport.lose_answer = False
    transport.cut()
    desk.run(1)
    assert count(hub) == {"k": 1}
    assert not desk.sender.outbox


def test_the_hub_that_forgot_our_stream_gets_a_new_one(desk: Any, hub: Any, transport: Any) -> None:
    for _ in range(3):
        desk.emit("a", ["add", "n", {"k": 1}])
        desk.run(0.1)
    transport.hold = True
    desk.emit("a", ["add", "n", {"k": 10}])
    desk.run(0.1)
    # The hub comes back with an empty store, so what was acknowledged is gone, but what was not is there once.
    hub.last.clear()
    hub.states.clear()
    transport.hold = False
    transport.cut()
    desk.run(1)
    assert count(hub) == {"k": 10}
    assert hub.last == {"s1-1": 1}
    assert not desk.sender.outbox


def test_a_hub_that_lost_its_last_seconds_does_not_stop_the_stream(desk: Any, hub: Any, transport: Any) -> None:
    for _ in range(3):
        desk.emit("a", ["add", "n", {"k": 1}])
        desk.run(0.1)
    hub.last["s1"] = 1
    desk.emit("a", ["add", "n", {"k": 10}])
    desk.run(1)
    assert count(hub) == {"k": 13}
    assert hub.last == {"s1": 1, "s1-1": 1}


def test_retries_double_from_50_ms_to_2_s(desk: Any, hub: Any) -> None:
    hub.away = True
    desk.emit("a", ["add", "n", {"k": 1}])
    waits = []
    for _ in range(8):
        waits.append(round(desk.run(), 3))
        desk.now += waits[-1]
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    hub.away = False
    desk.run()
    assert count(hub) == {"k": 1}


def test_while_the_hub_is_away_events_merge(desk: Any, hub: Any) -> None:
    hub.away = True
    for _ in range(1000):
        desk.emit("a", ["add", "n", {"k": 1}])
        desk.run(0.01)
    hub.away = False
    desk.run(3)
    assert count(hub) == {"k": 1000}
    assert len(hub.batches) == 1


def test_named_events_arrive_once_and_in_order(desk: Any, hub: Any, transport: Any) -> None:
    transport.lose_answer = True
    desk.emit("run/1", ["set", "state", "running"], name="run.started")
    desk.run()
    desk.emit("run/1", ["set", "state", "done"], name="run.done")
    transport.lose_answer = False
    transport.cut()
    desk.run(1)
    assert hub.events == [("run/1", "run.started"), ("run/1", "run.done")]


def test_an_event_that_does_not_fit_is_counted_said_and_stops_nothing(desk: Any, hub: Any, capsys: Any) -> None:
    desk.emit("a", ["push", "x", [1], 5])
    desk.emit("a", ["add", "x", {"k": 1}])
    desk.emit("a", ["push", "x", [2], 5])
    desk.run()
    assert hub.states["a"].values == {"x": [1, 2]}
    assert desk.report.counts == {"refused": 1}
    assert "'x' is a list and does not take a add" in capsys.readouterr().err


def test_what_the_hub_refuses_is_counted_and_said(desk: Any, hub: Any, capsys: Any) -> None:
    hub.take("other", 1, b'{"topic":"a","ops":[["put","x",{}]]}')
    desk.emit("a", ["add", "x", {"k": 1}])
    desk.run()
    assert desk.report.counts == {"refused": 1}
    assert "quarterdeck: refused: a: 'x' is a map" in capsys.readouterr().err
    assert not desk.sender.outbox


@pytest.mark.parametrize("window", [1, 4])
def test_so_many_batches_are_on_their_way_at_a_time(desk: Any, hub: Any, transport: Any, window: int) -> None:
    transport.hold = True
    desk.sender.outbox.window = window
    for _ in range(9):
        desk.emit("a", ["add", "n", {"k": 1}])
        desk.run(0.06)
    assert len(hub.batches) == window
    transport.hold = False
    transport.release()
    desk.run(1.2)
    assert count(hub) == {"k": 9}
    assert not desk.sender.outbox


def test_a_call_runs_once_and_its_answer_follows_the_events(desk: Any, hub: Any, transport: Any) -> None:
    calls: list[Call] = []
    desk.sender.handler = calls.append
    desk.sender.stay = True
    desk.run()
    frame = {"t": "call", "id": "c1", "topic": "script/a", "name": "run", "args": {"run": "r"}}
    transport.link.receive(frame)
    transport.link.receive(frame)
    assert [(call.name, call.args) for call in calls] == [("run", {"run": "r"})]
    transport.hold = True
    desk.emit("a", ["add", "n", {"k": 1}])
    calls[0].reply({"state": "done"})
    desk.run()
    assert count(hub) == {"k": 1}
    assert hub.replies == [{"t": "reply", "id": "c1", "result": {"state": "done"}}]
    transport.link.receive(frame)
    desk.run()
    assert len(calls) == 1
    assert len(hub.replies) == 2


def test_a_handler_that_fails_answers_with_the_error(desk: Any, hub: Any, transport: Any) -> None:
    def fail(_call: Call) -> None:
        raise ValueError("no such hook")

    desk.sender.handler = fail
    desk.sender.stay = True
    desk.run()
    transport.link.receive({"t": "call", "id": "c1", "topic": "t", "name": "run"})
    desk.run()
    assert hub.replies[0]["error"] == {"code": "failed", "message": "ValueError: no such hook", "hint": ""}


def test_answers_wait_for_the_hub_and_come_again_after_a_cut(desk: Any, hub: Any, transport: Any) -> None:
    desk.sender.handler = lambda call: call.reply(1)
    desk.sender.stay = True
    desk.run()
    link = transport.link
    hub.away = True
    link.receive({"t": "call", "id": "c1", "topic": "t", "name": "run"})
    desk.run(0.5)
    assert hub.replies == []
    hub.away = False
    desk.run(3)
    assert [reply["id"] for reply in hub.replies] == ["c1"]
    transport.cut()
    desk.run(1)
    assert [reply["id"] for reply in hub.replies] == ["c1", "c1"]


def test_a_batch_that_the_hub_cannot_take_does_not_stop_those_after_it(desk: Any, hub: Any, transport: Any) -> None:
    transport.lose_message = True
    desk.emit("a", ["set", "x", 1])
    desk.run()
    transport.lose_message = False
    error = {"code": "too-large", "message": "2 MB", "hint": ""}
    transport.link.receive({"t": "reply", "batch": 1, "error": error})
    desk.emit("b", ["set", "x", 2])
    desk.run(1)
    assert list(hub.states) == ["b"]
    assert desk.report.counts == {"dropped": 1}
    assert hub.dropped == 1


def test_what_the_hub_says_it_has_may_still_be_lost_with_it(desk: Any, hub: Any, transport: Any) -> None:
    desk.sender.outbox.window = 4
    transport.hold = True
    for amount in (1, 10):
        desk.emit("a", ["add", "n", {"k": amount}])
        desk.run(0.1)
    transport.cut()
    desk.run(1)
    assert len(hub.hellos) == 2
    # It said that it has both, but it had not acknowledged them: they were not durable, and now it dies.
    hub.last.clear()
    hub.states.clear()
    transport.hold = False
    transport.cut()
    desk.run(1)
    assert count(hub) == {"k": 11}


def test_a_gap_that_we_can_fill_is_filled_in_the_same_stream(desk: Any, hub: Any, transport: Any) -> None:
    desk.sender.outbox.window = 4
    transport.lose_message = True
    desk.emit("a", ["add", "n", {"k": 1}])
    desk.run(0.1)
    transport.lose_message = False
    desk.emit("a", ["add", "n", {"k": 10}])
    desk.run(1)
    assert count(hub) == {"k": 11}
    assert hub.last == {"s1": 2}


def test_what_is_held_travels_together_but_no_later_than_was_said(desk: Any, hub: Any) -> None:
    desk.sender.held = desk.now + 0.05
    for step in range(4):
        desk.emit("a", ["add", "n", {"k": 10**step}])
        desk.run(0.01)
    assert "a" not in hub.states
    desk.sender.held = 0.0
    desk.run()
    assert (count(hub), len(hub.batches)) == ({"k": 1111}, 1)
    desk.run(1)
    desk.sender.held = desk.now + 0.05
    desk.emit("a", ["add", "n", {"k": 1}])
    desk.run(0.051)
    assert count(hub) == {"k": 1112}
    desk.sender.held = desk.now + 10
    desk.emit("a", ["add", "n", {"k": 1}])
    desk.sender.hurry = True
    desk.run()
    assert count(hub) == {"k": 1113}

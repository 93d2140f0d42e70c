"""Runs: how they end, what they tell, the store's transaction, versions and restarts."""

from __future__ import annotations

import pytest

SCRIPT = """
@dash.hooks.setup
def setup(panel):
    panel.store["count"] = 0
    panel.components["table"].max_rows = 3

@every
def update(panel):
    panel.store["count"] += 1
    panel.components["text"].text = str(panel.store["count"])
    panel.components["table"].add_row([panel.store["count"]])
    {}
"""
LAYOUT = "<Grid><Text id=text /><Table id=table /></Grid>"


def ready(deck, head, last="pass", **files):
    deck.write(layout=LAYOUT, main=head + SCRIPT.format(last), **files)
    deck.load()
    assert deck.run("setup", "s1")["state"] == "done"


def test_a_run_tells_its_end_its_time_and_its_log(deck, head):
    ready(deck, head, "print('one'); import logging; logging.warning('two'); print('three', end='')")
    run = deck.run()
    assert (run["state"], run["reason"]) == ("done", "the hook returned")
    assert [line[1:] for line in run["tail"]] == [["O", "one"], ["L:WARNING", "root: two"], ["O", "three"]]
    assert run["log_lines"] == 3
    assert run["duration"] > 0
    assert run["ended"] > run["tail"][-1][0]
    content = (deck.logs / run["log"]["file"]).read_bytes()[run["log"]["from"] : run["log"]["to"]].decode()
    assert [line.split(" ", 2)[1:] for line in content.splitlines()] == [
        ["O", "one"],
        ["L:WARNING", "root: two"],
        ["O", "three"],
    ]


def test_the_end_and_the_store_come_in_one_batch(deck, head):
    ready(deck, head)
    deck.run()
    assert deck.hub.batches[-1] == [("run/r1", "run.done"), ("script/sample/store", None)]


def test_what_runs_that_follow_each_other_tell_is_held_until_the_last(deck, head):
    ready(deck, head)
    deck.run(run="r0")
    assert deck.hub.held == []
    told = len(deck.hub.batches)
    deck.give(*((f"r{n}", "update", None) for n in (1, 2, 3)))
    assert deck.hub.held == [told, len(deck.hub.batches)]


def test_a_failed_run_leaves_the_store_and_keeps_what_was_shown(deck, head):
    ready(deck, head, "assert panel.store['count'] != 2, 'two is refused'")
    deck.run()
    run = deck.run(run="r2")
    assert deck.hub.batches[-1] == [("run/r2", "run.failed")]
    assert (run["state"], run["error"]) == ("failed", {"type": "AssertionError", "message": "two is refused"})
    assert run["reason"] == "AssertionError: two is refused"
    assert deck.kept == {"count": "1"}
    assert deck.panel("text")["text"] == "2"
    assert deck.run(run="r3")["state"] == "failed"
    assert deck.kept == {"count": "1"}
    assert deck.panel("table")["rows"] == [[1], [2], [2]]


def test_a_failure_shows_the_traceback_and_the_code_around(deck, head):
    deck.write(
        main=head + "import json, helper\n\n@every\ndef update(panel):\n    helper.read('{')\n",
        helper="import json\n\n\ndef read(text):\n    # a comment\n    return json.loads(text)\n",
    )
    deck.load()
    run = deck.run()
    assert run["error"]["type"] == "json.decoder.JSONDecodeError"
    assert run["traceback"].splitlines()[0] == "Traceback (most recent call last):"
    assert run["traceback"].splitlines()[-1].startswith("json.decoder.JSONDecodeError: Expecting property name")
    assert "worker/run.py" not in run["traceback"]
    own = [frame for frame in run["frames"] if frame["own"]]
    assert [(frame["file"], frame["name"]) for frame in own] == [("main.py", "update"), ("helper.py", "read")]
    assert run["frames"][-1]["own"] is False
    assert own[1]["line"] == 6
    assert own[1]["code"] == [
        [3, ""], [4, "def read(text):"], [5, "    # a comment"], [6, "    return json.loads(text)"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "state", "type"),
    [
        ("import sys; sys.exit(3)", "failed", "SystemExit"),
        ("import sys; sys.exit('no')", "failed", "SystemExit"),
        ("import sys; sys.exit()", "done", None),
        ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt"),
        ("raise GeneratorExit", "failed", "GeneratorExit"),
        ("f = lambda: f(); f()", "failed", "RecursionError"),
        ("panel.components['txet']", "failed", "KeyError"),
        ("raise ExceptionGroup('both', [ValueError(1), TypeError(2)])", "failed", "ExceptionGroup"),
    ],
)
def test_nothing_inside_a_hook_ends_the_worker(deck, head, body, state, type):
    ready(deck, head, body)
    run = deck.run()
    assert run["state"] == state
    assert run.get("error", {}).get("type") == type
    assert len(run.get("frames", ())) <= 31
    assert deck.run("setup", "s2")["state"] == "done"


def test_an_exception_that_cannot_even_be_shown(deck, head):
    ready(deck, head, "raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})()")
    run = deck.run()
    assert run["error"] == {"type": "main.Odd", "message": "(its message cannot be shown: ZeroDivisionError)"}
    assert run["state"] == "failed"


def test_a_long_message_is_cut(deck, head):
    ready(deck, head, "raise ValueError('x' * 1_000_000 + '\\ud800')")
    run = deck.run()
    assert len(run["error"]["message"]) < 5_000
    assert len(run["traceback"]) < 50_000


def test_the_nearest_component_is_named(deck, head):
    ready(deck, head, "panel.components['tabel']")
    assert "did you mean 'table'?" in deck.run()["error"]["message"]


def test_a_coroutine_is_awaited(deck, head):
    deck.write(main=head + "@every\nasync def update(panel):\n    panel.store['x'] = 1\n")
    deck.load()
    assert deck.run()["state"] == "done"
    assert deck.kept == {"x": "1"}


def test_arguments_of_a_run_by_hand(deck, head):
    deck.write(main=head + "@every\ndef update(panel):\n    panel.store['args'] = panel.args\n")
    deck.load()
    deck.run(day="monday")
    assert deck.kept == {"args": '{"day":"monday"}'}


def test_a_store_can_be_assigned(deck, head):
    deck.write(main=head + "@every\ndef update(panel):\n    panel.store = {**panel.store, 'a': 1}\n")
    deck.load(store={"b": "2"})
    deck.run()
    assert deck.kept == {"a": "1"}
    assert deck.worker._runner._script.store.values == {"a": 1, "b": 2}


def test_unkept_values_are_told(deck, head):
    ready(deck, head, "panel.store['seen'] = {1, 2}")
    deck.run()
    unkept = [{"key": "seen", "why": "JSON has no set"}]
    assert deck.hub.state("script/sample")["unkept"] == unkept
    deck.run(run="r2")
    assert ("script/sample", None) not in deck.hub.batches[-1]
    assert deck.kept == {"count": "2"}


def test_a_new_worker_of_the_same_version_goes_on(deck, head):
    ready(deck, head)
    deck.run()
    deck.run(run="r2")
    deck.new_worker()
    before = deck.known()
    deck.load(setup=False, store=deck.kept, panel=before)
    assert deck.known() == before
    deck.run(run="r3")
    deck.run(run="r4")
    assert deck.kept == {"count": "4"}
    assert deck.panel("table")["rows"] == [[2], [3], [4]]


def test_a_new_version_begins_its_panel_anew_on_the_kept_store(deck, head):
    ready(deck, head)
    deck.run()
    deck.write(layout='<Grid><Text id=text text="new" /></Grid>', main=head + """
@every
def update(panel):
    panel.components["text"].text = f"was {panel.store['count']}"
""")  # fmt: skip
    deck.new_worker()
    deck.load("2", setup=True, store=deck.kept, panel=deck.known())
    assert deck.panel("text")["text"] == "new"
    assert deck.panel("table") == {}
    deck.run(run="r2")
    assert deck.panel("text")["text"] == "was 1"


def test_the_hello_tells_the_run_and_the_version(deck, head):
    assert deck.hub.hello()["loaded"] is None
    ready(deck, head, "global seen; seen = hello()", hello="")
    import main

    main.hello = deck.hub.hello
    deck.run()
    assert (main.seen["run"], main.seen["loaded"]) == ("r1", "1")
    assert deck.hub.hello()["run"] is None


def test_a_run_that_was_given_up_stays_lost(deck, head):
    ready(deck, head, "give_up('told to end')", give_up="")
    import main

    main.give_up = deck.worker._runner.give_up
    run = deck.run()
    assert (run["state"], run["reason"]) == ("lost", "told to end")
    assert deck.kept == {"count": "0"}


def test_each_begin_is_noted_in_a_file_before_the_hook_is_called(deck, head):
    ready(deck, head, "global seen; seen = read()", read="")
    import main

    path = deck.logs / "script/sample/begun"
    main.read = path.read_text
    assert deck.give(("r1", "update", {}), ("r2", "update", {})) == {
        "states": {"r1": "done", "r2": "done"},
        "refused": {},
    }
    noted = [line.split() for line in main.seen.splitlines()]
    assert [run for run, *_ in noted] == ["s1", "r1", "r2"]
    assert [int(facts[0]) for _, *facts in noted] == sorted(int(facts[0]) for _, *facts in noted)
    deck.new_worker()
    deck.load(setup=False)
    deck.run(run="r3")
    run, started, log, output = path.read_text().split()
    assert (run, int(started) >= int(noted[-1][1]), output) == ("r3", True, "0")
    assert int(log) == deck.hub.state("run/r3")["log"]["from"]


def test_what_was_not_begun_is_given_back(deck, head):
    ready(deck, head, "global back; back = recall()", recall="")
    import main

    from quarterdeck.sdk.calls import Call

    replies = []
    frame = {"id": "x", "topic": "script/sample", "name": "recall", "args": {"runs": ["r1", "r2", "r9"]}}
    main.recall = lambda: deck.worker.take(Call(frame, replies.append))
    assert deck.give(("r1", "update", {}), ("r2", "update", {})) == {"states": {"r1": "done"}, "refused": {}}
    assert replies[0]["result"] == {"runs": ["r2"]}
    assert deck.hub.state("run/r2") == {}


def test_turns_begin_when_they_are_due_and_not_before(deck, head):
    from quarterdeck.worker.agenda import Agenda

    agenda, begin = Agenda(deck.clock), deck.clock.time
    turns = [{"run": run, "due": begin + due, "cause": "schedule"} for run, due in (("b", 60_000), ("a", 30_000))]
    agenda.add([*turns, {"run": "setup", "due": begin, "cause": "setup"}])
    assert agenda.take()["run"] == "setup"
    assert agenda.take() is None
    assert 0.01 < agenda.wait(5.0) < 0.03
    deck.clock.time += 30_000
    assert (agenda.take()["run"], agenda.take(), agenda.held()) == ("a", None, ["a", "b"])


def test_calls_that_a_worker_does_not_have(deck):
    from quarterdeck.sdk.calls import Call

    answers = []
    deck.hub.take(Call({"id": "c", "topic": "script/sample", "name": "dance"}, answers.append))
    assert answers[0]["error"]["code"] == "unknown-call"


def test_ten_minutes_without_a_hub_end_the_worker(deck, monkeypatch):
    monkeypatch.setattr("quarterdeck.worker.worker.LOOK", 0)
    deck.hub.connected, deck.clock.step = False, 1_000_000
    looks = deck.clock.time
    deck.worker.serve()  # returns, the clock goes on a second a look
    assert (deck.clock.time - looks) / 1_000_000 > 600


def test_output_between_runs_goes_to_the_file_alone(deck, head):
    deck.write(main=head + "print('loading')\n\n@every\ndef update(panel):\n    print('running')\n")
    deck.load()
    run = deck.run()
    assert [line[2] for line in run["tail"]] == ["running"]
    assert "O loading\n" in (deck.logs / run["log"]["file"]).read_text()

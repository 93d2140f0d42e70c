"""Histories of one worker, replayed: what the supervisor asks for after each event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.hub.scripts.workers.supervision import (
    Adopted,
    Close,
    Connected,
    Disconnected,
    EndRun,
    Event,
    Exited,
    Instruction,
    Interrupted,
    Kill,
    Load,
    Loaded,
    NotLoaded,
    Open,
    Overgrown,
    Prepare,
    Prepared,
    Rest,
    RunEnded,
    RunStarted,
    SetTimer,
    Spawn,
    Stop,
    Stopped,
    Timeout,
    Unprepared,
    Unwanted,
    Wanted,
)
from quarterdeck.hub.scripts.workers.supervisor import PAUSES, PREPARE_PAUSES, Supervisor


class Replay:
    def __init__(self, *events: Event) -> None:
        self.supervisor = Supervisor()
        self.now = 100.0
        self.timer = 0
        for event in events:
            self.tell(event)

    def tell(self, event: Event, after: float = 0.0) -> list[Instruction]:
        """What is to be done, without the timers; the last timer is kept."""
        self.now += after
        made = self.supervisor.handle(event, self.now)
        for instruction in made:
            if isinstance(instruction, SetTimer):
                self.timer = instruction.number
        return [instruction for instruction in made if not isinstance(instruction, SetTimer)]

    def time_out(self) -> list[Instruction]:
        return self.tell(Timeout(self.timer))


READY = (Wanted("v1"), Connected(None, None), Loaded("v1"))
DIED = "was killed by SIGKILL"


def test_a_worker_starts_connects_loads_and_takes_runs() -> None:
    replay = Replay()
    assert replay.tell(Wanted("v1")) == [Spawn()]
    assert replay.tell(Connected(None, None)) == [Load("v1")]
    assert replay.tell(Loaded("v1")) == [Open("v1")]
    assert replay.tell(RunStarted("r1")) == []
    assert replay.supervisor.state == "busy"
    assert replay.tell(RunEnded("r1")) == [Open("v1")]
    assert replay.supervisor.state == "ready"


def test_a_worker_that_dies_in_a_run_loses_it_and_the_next_one_starts() -> None:
    replay = Replay(*READY, RunStarted("r1"), Disconnected())
    assert replay.tell(Exited(DIED)) == [
        EndRun("r1", "lost", "its worker was killed by SIGKILL"),
        Close(),
        Rest(0.0, "its worker was killed by SIGKILL"),
    ]
    assert replay.time_out() == [Spawn()]


def test_a_worker_that_dies_before_its_script_has_loaded() -> None:
    for history in ((Wanted("v1"),), (Wanted("v1"), Connected(None, None))):
        assert Replay(*history).tell(Exited(DIED)) == [Close(), Rest(0.0, f"its worker {DIED}", loaded=False)]


def test_pauses_grow_and_health_resets_them() -> None:
    replay, pauses = Replay(*READY), []
    for _ in range(10):
        pauses += [made.seconds for made in replay.tell(Exited(DIED), after=1) if isinstance(made, Rest)]
        replay.time_out()
        replay.tell(Connected(None, None))
        replay.tell(Loaded("v1"))
    assert pauses == [*PAUSES, 60.0, 60.0]
    assert Rest(0.0, f"its worker {DIED}") in replay.tell(Exited(DIED), after=61)


def test_an_edit_waits_for_the_run_and_then_a_new_worker_comes() -> None:
    replay = Replay(*READY, RunStarted("r1"))
    assert replay.tell(Wanted("v2")) == [Close()]
    assert replay.tell(RunEnded("r1"), after=3600) == [Close(), Stop()]
    assert replay.tell(Exited("ended")) == [Spawn()]
    assert replay.tell(Connected(None, None)) == [Load("v2")]


def test_an_edit_taken_back_in_mid_run_changes_nothing() -> None:
    replay = Replay(*READY, RunStarted("r1"), Wanted("v2"))
    assert replay.tell(Wanted("v1")) == [Open("v1")]
    assert replay.tell(RunEnded("r1")) == [Open("v1")]


def test_an_edit_while_idle_or_loading() -> None:
    assert Replay(*READY).tell(Wanted("v2")) == [Close(), Stop()]
    replay = Replay(Wanted("v1"), Connected(None, None), Wanted("v2"))
    assert replay.tell(Loaded("v1")) == [Close(), Stop()]
    assert replay.tell(Exited("ended")) == [Spawn()]


def test_a_broken_script_rests_until_it_changes() -> None:
    replay = Replay(Wanted("v1"), Connected(None, None))
    assert replay.tell(NotLoaded("v1")) == [Close(), Stop()]
    assert replay.tell(Exited("ended")) == []
    assert replay.supervisor.state == "broken"
    assert replay.tell(Wanted("v1")) == []
    assert replay.tell(Wanted("v2")) == [Spawn()]


def test_a_deleted_script_stops_after_its_run_and_is_killed_in_the_end() -> None:
    replay = Replay(*READY, RunStarted("r1"))
    assert replay.tell(Unwanted("the script is gone")) == [Close(), Stop()]
    assert replay.tell(RunEnded("r1")) == []
    assert replay.tell(Exited("ended")) == [Stopped()]
    replay = Replay(*READY, RunStarted("r1"), Unwanted("the hub ended"))
    assert replay.time_out() == [Kill()]
    assert replay.tell(Exited(DIED)) == [EndRun("r1", "lost", "the hub ended"), Stopped()]


def test_a_script_that_comes_back_while_its_worker_stops() -> None:
    replay = Replay(*READY, Unwanted("the script is gone"), Wanted("v1"))
    assert replay.tell(Exited("ended")) == [Spawn()]


def test_cancelling_asks_then_kills_then_starts_anew_without_a_pause() -> None:
    replay = Replay(*READY, RunStarted("r1"))
    assert replay.tell(Interrupted("r1", "cancelled by ada")) == [Close(), Stop("r1")]
    assert replay.time_out() == [Kill()]
    assert replay.tell(Exited(DIED)) == [EndRun("r1", "cancelled", "cancelled by ada"), Spawn()]


def test_a_worker_that_uses_too_much_memory_is_killed_at_once_and_its_run_failed() -> None:
    replay = Replay(*READY, RunStarted("r1"))
    assert replay.tell(Overgrown("used 2 GB", "hold less")) == [Close(), Kill()]
    assert replay.tell(Overgrown("used 3 GB")) == [Kill()]
    ended, after = replay.tell(Exited(DIED))
    assert ended == EndRun("r1", "failed", "its worker used 2 GB", "OutOfMemory", "hold less")
    assert after == Spawn()
    replay = Replay(*READY)
    assert replay.tell(Overgrown("used 2 GB")) == [Kill()]
    assert replay.tell(Exited(DIED, "not this"))[-1] == Rest(0.0, "its worker used 2 GB")
    replay = Replay(*READY[:2])
    replay.tell(Overgrown("used 2 GB", "hold less"))
    assert replay.tell(Exited(DIED, "not this"))[-1] == Rest(0.0, "its worker used 2 GB", False, "hold less")
    assert Replay(Wanted("v1")).tell(Exited(DIED, "mend"))[-1] == Rest(0.0, f"its worker {DIED}", False, "mend")


def test_a_run_that_ends_just_before_it_is_cancelled_has_ended() -> None:
    replay = Replay(*READY, RunStarted("r1"), Interrupted("r1", "cancelled by ada"), RunEnded("r1"))
    assert replay.tell(Exited("ended")) == [Spawn()]


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ((Wanted("v1"),), "did not connect within 30 s"),
        ((Wanted("v1"), Connected(None, None)), "did not finish loading within 120 s"),
        ((*READY, Disconnected()), "did not come back within 5 s"),
    ],
)
def test_a_worker_that_hangs_is_killed_and_the_reason_is_told(history: tuple[Event, ...], words: str) -> None:
    replay = Replay(*history)
    assert replay.time_out() == [Kill()]
    rest = replay.tell(Exited(DIED))[-1]
    assert isinstance(rest, Rest)
    assert words in rest.reason


def test_a_connection_that_comes_back_goes_on_where_it_was() -> None:
    replay = Replay(*READY, RunStarted("r1"))
    assert replay.tell(Disconnected()) == [Close()]
    assert replay.tell(Connected("v1", "r1")) == [Open("v1")]
    assert replay.supervisor.state == "busy"
    assert replay.time_out() == [], "the timer of the lost connection must be void"


def test_the_next_hub_adopts_a_worker_in_mid_run() -> None:
    replay = Replay(Adopted("r1"), Wanted("v1"))
    assert replay.tell(Connected("v1", "r1")) == [Open("v1")]
    assert replay.supervisor.state == "busy"
    assert replay.tell(RunEnded("r1")) == [Open("v1")]


def test_the_next_hub_adopts_an_idle_worker_and_one_without_a_script() -> None:
    assert Replay(Adopted(None), Wanted("v1")).tell(Connected("v1", None)) == [Open("v1")]
    assert Replay(Adopted(None), Wanted("v1")).tell(Connected(None, None)) == [Load("v1")]


def test_an_adopted_worker_of_another_version_is_replaced_after_its_run() -> None:
    assert Replay(Adopted(None), Wanted("v2")).tell(Connected("v1", None)) == [Close(), Stop()]
    replay = Replay(Adopted("r1"), Wanted("v2"))
    assert replay.tell(Connected("v1", "r1")) == [Close()]
    assert replay.tell(RunEnded("r1")) == [Close(), Stop()]


def test_an_adopted_worker_that_knows_nothing_of_the_run() -> None:
    replay = Replay(Adopted("r1"), Wanted("v1"))
    assert replay.tell(Connected("v1", None)) == []
    assert replay.time_out() == [
        EndRun("r1", "lost", "it never reached its worker"),
        Open("v1"),
    ]
    replay = Replay(Adopted("r1"), Wanted("v1"), Connected("v1", None))
    assert replay.tell(RunEnded("r1")) == [Open("v1")]


def test_an_adopted_worker_that_lives_but_stays_away_is_killed() -> None:
    replay = Replay(Adopted("r1"), Wanted("v1"))
    assert replay.time_out() == [Kill()]
    ended, _, rest = replay.tell(Exited("ended"))
    assert isinstance(ended, EndRun)
    assert isinstance(rest, Rest)
    assert "did not come back" in ended.reason


def test_a_worker_starts_when_its_environment_is_there() -> None:
    replay = Replay()
    assert replay.tell(Wanted("v1", "e1")) == [Prepare("e1")]
    assert replay.tell(Wanted("v2", "e1")) == [], "the same is being made already"
    assert replay.tell(Wanted("v3", "e2")) == [Prepare("e2")]
    assert replay.tell(Prepared("e1")) == []
    assert replay.tell(Prepared("e2")) == [Spawn()]
    assert replay.tell(Wanted("v4", "e3")) == []
    assert replay.tell(Connected(None, None)) == [Close(), Kill()], "it is in the wrong one"
    assert replay.tell(Exited("ended")) == [Prepare("e3")]
    assert replay.tell(Unwanted("gone")) == [Stopped()]


def test_an_environment_that_cannot_be_made_is_tried_again_later_and_after_an_edit() -> None:
    replay = Replay(Wanted("v1", "e1"))
    assert replay.supervisor.handle(Unprepared("e1"), replay.now) == [SetTimer(PREPARE_PAUSES[0], replay.timer + 2)]
    replay.timer += 2
    assert replay.time_out() == [Prepare("e1")]
    replay.tell(Unprepared("e1"))
    assert replay.tell(Wanted("v2", "")) == [Spawn()]


def test_an_adopted_worker_in_another_environment_is_replaced_after_its_run() -> None:
    replay = Replay(Adopted("r1", "e1"), Wanted("v1", "e2"))
    assert replay.tell(Connected("v1", "r1")) == [Close()]
    assert replay.tell(RunEnded("r1")) == [Close(), Stop()]
    assert replay.tell(Exited("ended")) == [Prepare("e2")]


class World:
    """What stands around a supervisor: at most one process, and the run it is in."""

    def __init__(self, adopted: bool) -> None:
        self.process, self.runs, self.running = adopted, 0, "r0" if adopted else None
        self.replay = Replay(*([Adopted("r0")] if adopted else []))
        self.tell(Wanted("v1"))

    def tell(self, event: Event | None) -> None:
        if isinstance(event, Exited):
            self.process = False
        for made in self.replay.tell(event) if event else []:
            if isinstance(made, Spawn):
                assert not self.process, "a second process"
                self.process = True
            elif isinstance(made, EndRun):
                assert made.run == self.running, "a run that had ended"
                self.running = None
            elif isinstance(made, Stopped):
                assert not self.process
        assert self.process or self.running is None, "a run without its end"

    def event(self, word: str) -> Event | None:
        """The event, if it can happen now."""
        state = self.replay.supervisor.state
        if word == "connect" and self.process:
            return Connected(self.replay.supervisor.loaded, self.running)
        if word in ("load", "break") and state == "loading":
            return Loaded("v1") if word == "load" else NotLoaded("v1")
        if word == "start" and state == "ready" and self.process:
            self.runs += 1
            self.running = f"r{self.runs}"
            return RunStarted(self.running)
        if word == "end" and self.running:
            ended, self.running = self.running, None
            return RunEnded(ended)
        if word == "cancel" and self.running and state == "busy":
            return Interrupted(self.running, "by ada")
        return Timeout(self.replay.timer) if word == "timeout" else self.made(word)

    def made(self, word: str) -> Event | None:
        wanted = self.replay.supervisor.environment
        if self.replay.supervisor.state != "preparing" or word not in ("prepare", "fail"):
            return None
        return Prepared(wanted) if word == "prepare" else Unprepared(wanted)


ALWAYS: list[Event | str] = [
    Wanted("v1"),
    Wanted("v2"),
    Wanted("v2", "e"),
    Unwanted("gone"),
    Disconnected(),
    Exited(DIED),
]
AT_TIMES: list[Event | str] = ["connect", "load", "break", "start", "end", "cancel", "timeout", "prepare", "fail"]


@given(st.lists(st.sampled_from(ALWAYS + AT_TIMES), max_size=60), st.booleans())
def test_no_history_breaks_the_table_or_leaves_a_run_untold(history: list[Event | str], adopted: bool) -> None:
    """Any order of events: no impossible change, no second process, every run ends once."""
    world = World(adopted)
    for event in history:
        world.tell(world.event(event) if isinstance(event, str) else event)

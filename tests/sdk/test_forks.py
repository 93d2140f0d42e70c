"""What comes in the middle of a fork is not lost, and two threads do not fork at once."""

from __future__ import annotations

import signal
import threading

import pytest

from quarterdeck.sdk import forks


@pytest.fixture
def fork(monkeypatch: pytest.MonkeyPatch) -> forks._Fork:
    monkeypatch.setattr(forks, "_hooks", [])
    return forks._Fork()


def test_ctrl_c_in_the_middle_of_a_fork_comes_after_it(fork: forks._Fork) -> None:
    done = []
    forks.at_fork(before=lambda: (signal.raise_signal(signal.SIGINT), done.append("before"))[1])
    forks.at_fork(in_parent=lambda: done.append("after"))
    handler = signal.getsignal(signal.SIGINT)
    fork.begin()
    with pytest.raises(KeyboardInterrupt):
        _end_and_wait(fork)
    assert done == ["before", "after"]
    assert signal.getsignal(signal.SIGINT) is handler


def _end_and_wait(fork: forks._Fork) -> None:
    """Both at once: the signal may come before there is time to wait for it."""
    fork.end_in_parent()
    threading.Event().wait(60)


def test_what_came_before_there_was_a_child_is_not_for_the_child(fork: forks._Fork) -> None:
    handler = signal.getsignal(signal.SIGINT)
    fork.begin()
    signal.raise_signal(signal.SIGINT)
    fork.end_in_child()
    assert signal.getsignal(signal.SIGINT) is handler
    assert not any(isinstance(thread, threading.Timer) for thread in threading.enumerate())


def test_hooks_run_in_order_and_one_fork_at_a_time(fork: forks._Fork) -> None:
    done: list[str] = []
    for name in "ab":
        forks.at_fork(
            before=lambda name=name: done.append(f"before {name}"),
            in_parent=lambda name=name: done.append(f"after {name}"),
        )
    fork.begin()
    other = threading.Thread(target=lambda: (fork.begin(), fork.end_in_parent()))
    other.start()
    assert done == ["before b", "before a"]
    fork.end_in_parent()
    other.join()
    assert done == ["before b", "before a", "after a", "after b"] * 2

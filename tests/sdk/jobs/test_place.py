"""Where a job stands: the line that opened it, or that of a caller further up."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from quarterdeck.dashboard import get_stacklevel, set_stacklevel
from quarterdeck.sdk.jobs.arguments import allow_arguments
from quarterdeck.sdk.jobs.place import Place


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    assert get_stacklevel() == 1
    yield
    set_stacklevel(1)


def opened() -> Place:
    return Place(sys._getframe(1))


def wrapped() -> Place:
    return opened()


def called() -> Place:
    return wrapped()


def test_the_stack_level_says_whose_line_is_shown() -> None:
    shown = []
    for level in (1, 2, 3):
        set_stacklevel(level)
        assert get_stacklevel() == level
        shown.append(called().described().facts["function"]["name"])
    assert shown == ["wrapped", "called", "test_the_stack_level_says_whose_line_is_shown"]


def test_above_the_outermost_caller_it_is_that() -> None:
    set_stacklevel(1000)
    outermost = sys._getframe()
    while outermost.f_back is not None:
        outermost = outermost.f_back
    assert called().code is outermost.f_code


def test_the_frame_that_errors_are_matched_with_stays_the_one_that_opened_it() -> None:
    set_stacklevel(2)
    frame = sys._getframe()
    assert Place(frame).is_frame(frame)
    assert frame.f_back is not None
    assert not Place(frame).is_frame(frame.f_back)


def test_the_same_place_has_the_same_id_and_another_one_another() -> None:
    first, again = (opened().described() for _ in range(2))
    assert first.topic == again.topic == f"place/{first.id}"
    assert opened().described().id != first.id


def test_what_a_function_was_called_with_is_told_if_the_program_allows_it() -> None:
    def load(path: str, *rest: int, password: str = "hunter2", **more: object) -> Place:
        return Place(sys._getframe())

    assert load("a.csv").arguments is None
    allow_arguments(True)
    try:
        said = load("a.csv" * 100, 1, 2, url="//ann:hunter2@db").arguments
    finally:
        allow_arguments(False)
    assert said is not None
    assert list(said) == ["path", "password", "rest", "more"]
    assert said["rest"] == "(1, 2)"
    assert len(said["path"]) == 200
    assert "hunter2" not in str(said)


def test_below_one_there_is_no_caller() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        set_stacklevel(0)

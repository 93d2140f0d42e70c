from __future__ import annotations

import pytest

from quarterdeck.sdk.services.exceptions import MOST, Exceptions, hidden


def fail(number: int) -> None:
    if number:
        raise ValueError(f"number {number}")
    raise LookupError(number)


def raised(number: int) -> Exception:
    try:
        fail(number)
    except Exception as error:
        return error
    raise AssertionError


def test_errors_that_came_the_same_way_are_one_group() -> None:
    errors = Exceptions("shop")
    for number in (1, 2, 0):
        assert errors.note(raised(number), "GET /cart")
    (one, event), (other, _) = errors.taken()
    assert one.startswith("service/shop/exception/")
    assert one != other
    told = {op[1]: op[2] for op in event}
    assert (told["type"], told["message"], told["counts"], told["endpoints"]) == (
        "ValueError",
        "number 2",
        {"raised": 2},
        {"GET /cart": 2},
    )
    assert sum(cell[0] for cell in told["raised"].values()) == 2
    frame = told["frames"][-1]
    assert (frame["file"], frame["name"], frame["own"]) == (__file__, "fail", True)
    assert [frame["line"], '        raise ValueError(f"number {number}")'] in frame["code"]
    assert errors.taken() == []


def test_an_error_counts_once_on_its_way_out() -> None:
    errors, error = Exceptions("shop"), raised(1)
    assert [errors.note(error, "a"), errors.note(error, "a")] == [True, False]
    assert not errors.note(KeyboardInterrupt(), "a")  # somebody ends the service


def test_groups_are_bounded() -> None:
    errors = Exceptions("shop")
    kinds = [type(f"Error{number}", (Exception,), {}) for number in range(MOST + 5)]
    assert sum(errors.note(kind(), "a") for kind in kinds) == MOST
    assert errors.note(kinds[0](), "a")


def test_errors_that_a_forked_child_inherits_are_its_parents() -> None:
    errors = Exceptions("shop")
    errors.note(raised(1), "a")
    errors.forked()
    assert errors.taken() == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("login failed: password=hunter2 for bob", "login failed: password=[hidden] for bob"),
        ("{'api_key': 'abc', 'x': 1}", "{'api_key': [hidden] 'x': 1}"),
        ("Authorization: Bearer", "Authorization: [hidden]"),
        ("the passwords differ", "the passwords differ"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hidden(text) == shown


def test_an_error_whose_text_raises_is_told_without_it() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    errors = Exceptions("shop")
    assert errors.note(Mute(), "GET /cart")
    ((_, event),) = errors.taken()
    assert {op[1]: op[2] for op in event}["message"] == "(its text raises RuntimeError)"

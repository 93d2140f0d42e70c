"""The looks of the sampling thread, on a clock of the test's; the thread itself is in tests/e2e/producers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.sdk.services.endpoint import Endpoint
from quarterdeck.sdk.services.measured import Measured
from quarterdeck.sdk.services.sampling.outliers import A_MINUTE, STACKS, shorten
from quarterdeck.sdk.services.sampling.sampler import FORGOTTEN, LOOK, NEVER, PAUSE, TURN, Sampler, Turns
from quarterdeck.sdk.services.sampling.stack import OUTSIDE, enters, places_of, told_stacks
from quarterdeck.sdk.services.service import Service
from quarterdeck.sdk.services.usual import LEAST, MOST, Usual

if TYPE_CHECKING:
    from collections.abc import Generator

MS = 1_000_000
NOW = 1_763_000_000_000_000
THREAD = 7


class Shop:
    """What a request came in by."""

    def __init__(self) -> None:
        self.loops: dict[int, Any] = {}
        self.service = Service("shop", "1", "Flask")
        self.endpoint = self.service.endpoint("GET /cart", route="/cart")

    def find(self, _shared: Any) -> Endpoint:
        return self.endpoint

    def answer(self, milliseconds: int, times: int = 1) -> None:
        for _ in range(times):
            self.endpoint.measured.add_many([NOW], [milliseconds * 1000], [200], 0)


def nap() -> Generator[None]:
    """Where the request is; a generator, as its frame holds nothing of who made it."""
    yield


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(Service, "_wake", lambda self: None)
    return Shop()


@pytest.fixture
def sampler(shop: Shop) -> Sampler:
    napping = nap()
    next(napping)
    sampler = Sampler(lambda: {THREAD: napping.gi_frame})
    sampler.flights["key"] = (shop, {}, 0, THREAD)
    return sampler


def look(sampler: Sampler, milliseconds: float) -> float:
    """Look so long after the request began; in how many milliseconds the next look is due."""
    return sampler.look(sampler.flights.copy(), round(milliseconds * MS)) / MS


def test_nothing_is_usual_before_ten_requests() -> None:
    usual = Usual()
    usual.add(LEAST - 1, 900)
    assert usual.average() is None
    assert usual.average(1, 100) == 100


def test_the_average_follows_the_latest_requests() -> None:
    usual = Usual()
    usual.add(100 * MOST, 100 * MOST * 10)
    usual.add(MOST // 2, MOST // 2 * 30)
    assert usual.average() == 20
    measured = Measured()
    for taken in range(LEAST):
        measured.add_many([NOW], [taken], [200], 0)
    measured.taken()
    assert measured.usual() == 4.5


def test_a_request_is_slow_once_it_takes_so_many_times_the_average(shop: Shop, sampler: Sampler) -> None:
    shop.answer(100, times=LEAST - 1)
    assert look(sampler, 10_000) == pytest.approx(2520)  # looked at rarely, as nothing is usual yet
    shop.service.note(shop.endpoint, 1000 * NOW, 100_000, 200)  # counted by the look itself
    assert look(sampler, 240) == LOOK / MS
    assert sampler.slow == {}
    assert look(sampler, 251) == 251
    slow = sampler.slow["key"]
    assert (slow.usual, [after for after, _ in slow.stacks]) == (100_000, [0.251])
    assert slow.stacks[0][1][-1][0].co_name == "nap"
    assert look(sampler, 300) == 202
    for age in (502, 1004, 2008, 4016):
        look(sampler, age)
    assert len(slow.stacks) == STACKS


def test_levels_below_and_requests_without_a_route_are_left_alone(shop: Shop, sampler: Sampler) -> None:
    shop.answer(1, times=LEAST)
    assert look(sampler, 10) == PAUSE / MS
    shop.endpoint.level = 1
    look(sampler, 1000)
    shop.endpoint.level, shop.endpoint.facts["route"] = 2, None
    look(sampler, 1000)
    assert sampler.slow == {}


def test_threads_take_shorter_turns_while_requests_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    interval = [0.005]
    monkeypatch.setattr("sys.getswitchinterval", lambda: interval[0])
    monkeypatch.setattr("sys.setswitchinterval", lambda seconds: interval.__setitem__(0, seconds))
    turns = Turns()
    said = []
    for on in (False, True, True, False):
        turns.shorten(on)
        said.append(interval[0])
    turns.shorten(True)
    interval[0] = 0.02  # the program says otherwise meanwhile
    turns.shorten(False)
    assert said + interval == [0.005, TURN, TURN, 0.005, 0.02]


def test_what_ends_is_let_go(shop: Shop, sampler: Sampler) -> None:
    shop.answer(1, times=LEAST)
    look(sampler, 100)
    assert sampler.slow
    flights = sampler.flights.copy()
    sampler.flights.clear()
    assert sampler.look({}, 200 * MS) == NEVER
    assert sampler.slow == {}
    sampler.look(flights, 200 * MS)  # it ended between the look and the stack
    assert sampler.slow == {}
    sampler.flights.update(flights)
    assert sampler.look(flights, FORGOTTEN + 1) == NEVER
    assert sampler.flights == {}


def test_outliers_are_bounded_and_say_what_happened(shop: Shop, sampler: Sampler) -> None:
    shop.answer(1, times=LEAST)
    look(sampler, 100)
    outliers, slow = shop.service.outliers, sampler.slow["key"]
    for _ in range(A_MINUTE + 2):
        outliers.note(slow, 3_200_000, 200, lambda: {"path": "/cart"})
    assert not outliers.has_room(shop.endpoint)
    told = outliers.taken()
    assert len(told) == A_MINUTE
    assert len({topic for topic, _ in told}) == A_MINUTE
    fields = {op[1]: op[2] for op in told[0][1]}
    assert (fields["endpoint"], fields["seconds"], fields["usual"]) == ("GET /cart", 3.2, 0.001)
    assert fields["request"] == {"path": "/cart", "route": "/cart"}
    assert fields["function"] == "nap"
    assert outliers.taken() == []
    sampler.look(sampler.flights, 5000 * MS)  # no stack is taken of what will not be told
    outliers.forked()
    assert outliers.has_room(shop.endpoint)


def test_a_request_that_cannot_be_told_is_no_outlier_and_says_so(
    shop: Shop, sampler: Sampler, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.answer(1, times=LEAST)
    look(sampler, 100)
    scope: dict[str, Any] = {}
    shop.service.outliers.note(sampler.slow["key"], 3_200_000, 200, lambda: scope["headers"])
    said = "quarterdeck: service: KeyError: 'headers' (a slow request of 'shop' is not among the outliers)\n"
    assert (shop.service.outliers.taken(), capsys.readouterr().err) == ([], said)


def test_what_the_hub_would_not_take_is_left_out() -> None:
    def outlier(frames: int, headers: int) -> dict[str, Any]:
        code = [[1, "x" * 100]] * 5
        stack = {"after": 0.1, "frames": [{"file": "f" * 200, "name": "n" * 200, "code": code} for _ in range(frames)]}
        request = {"path": "/", "query": [["a", "b"]], "headers": {str(n): "x" * 300 for n in range(headers)}}
        return {"stacks": [stack, stack], "request": request}

    shorten(small := outlier(2, 2))
    assert small == outlier(2, 2)
    shorten(large := outlier(50, 2))
    assert [len(stack["frames"]) for stack in large["stacks"]] == [50, 50]
    assert "code" not in large["stacks"][0]["frames"][0]
    shorten(huge := outlier(100, 300))
    assert (len(huge["stacks"]), huge["request"]) == (1, {"path": "/", "query": [], "headers": {}})


def test_a_stack_begins_where_the_request_came_in_and_shows_little_of_a_server_that_sends() -> None:
    def deep(levels: int) -> list[str]:
        return deep(levels - 1) if levels else [code.co_name for code, _ in places_of(sys._getframe())]

    assert deep(9) == ["deep"] * OUTSIDE
    came_in = eval(compile("lambda: deep(9)", "<server>", "eval"), {"deep": deep})
    enters(came_in.__code__)
    assert came_in() == ["deep"] * 10


def test_stacks_show_the_users_lines_once() -> None:
    code = test_stacks_show_the_users_lines_once.__code__
    library = pytest.fixture.__code__
    (first, second) = told_stacks(
        [(0.25, [(library, 1), (code, code.co_firstlineno)]), (0.5, [(code, code.co_firstlineno)])]
    )
    assert [(frame["own"], "code" in frame) for frame in first["frames"]] == [(False, False), (True, True)]
    assert [(frame["own"], "code" in frame) for frame in second["frames"]] == [(True, False)]
    assert first["frames"][1]["name"] == "test_stacks_show_the_users_lines_once"

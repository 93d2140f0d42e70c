from __future__ import annotations

import random

from quarterdeck.core.series import add_cells, cell_of, check_cells, minute_of
from quarterdeck.sdk.services.measured import Measured

NOW = 1_763_000_000_000_000
ZERO = NOW * 1000 - 7_777_777


def test_many_values_make_the_cells_that_they_make_one_by_one() -> None:
    chance = random.Random(7)
    measured, expected, refused, errors, seen = Measured(), {}, {}, {}, []
    for _ in range(2_000):
        at, taken = NOW + chance.randrange(180_000_000), int(chance.lognormvariate(8, 3)) - 1
        status = chance.choice((200, 302, 400, 404, 499, 500, 503))
        seen.append((at * 1000 - ZERO, max(taken, 0), status))
        one = {minute_of(at): cell_of(max(taken, 0), at)}
        add_cells(expected, one)
        if status >= 400:
            add_cells(refused if status < 500 else errors, one)
    measured.add_many(*zip(*seen[:900], strict=True), ZERO)
    measured.add_many(*zip(*seen[900:], strict=True), ZERO)
    assert measured
    told = measured.taken()
    assert told.duration == expected
    assert told.refused == refused
    assert told.errors == errors
    assert sum(told.status.values()) == 2_000
    check_cells("duration", told.duration)
    assert not measured


def test_what_several_endpoints_measured_adds_up_to_the_service() -> None:
    one, other = Measured(), Measured()
    one.add_many([0], [5], [200], NOW * 1000)
    other.add_many([1000, 1000], [7, 6], [500, 404], NOW * 1000)
    whole, told = one.taken(), other.taken()
    before = {key: list(cell) for key, cell in told.duration.items()}
    whole.add(told)
    assert whole.duration[minute_of(NOW)][:4] == [3, 18, 5, 7]
    assert (whole.status, whole.last) == ({200: 1, 404: 1, 500: 1}, NOW + 1)
    assert told.duration == before
    assert [op[:2] for op in whole.event()] == [
        ["record", "duration"],
        ["record", "refused"],
        ["record", "errors"],
        ["add", "status"],
        ["set", "last"],
    ]


def test_where_nothing_can_be_told_for_hours_memory_is_bounded_and_totals_are_exact() -> None:
    measured = Measured()
    for minute in range(1000):
        measured.add_many([minute * 60_000_000_000] * 2, [5] * 2, [500] * 2, NOW * 1000)
    told = measured.taken()
    assert len(told.duration) == len(told.errors) <= 120
    assert sum(cell[0] for cell in told.duration.values()) == 2000

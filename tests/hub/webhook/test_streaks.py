"""What is worth a message, at what times."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.core.schedule import HOUR, SECOND
from quarterdeck.hub.webhook.streaks import GIVEN_BACK, GRACE, News, Streaks, Who

MINUTE = 60 * SECOND
HOOK = Who("prices", "update")


class Book(Streaks):
    """Remembers what it was told to keep."""

    def __init__(self) -> None:
        self.kept: dict[Who, dict[str, Any] | None] = {}
        super().__init__(self.kept.__setitem__)

    def told(self, now: int, room: int = 100) -> list[str]:
        return [news.event for news in self.take(now, room)]

    def last(self, now: int) -> News:
        (news,) = self.take(now, 100)
        return news


@pytest.fixture
def book() -> Book:
    return Book()


def test_a_streak_is_told_once_however_long_it_is_and_then_its_end(book: Book) -> None:
    told = []
    for number in range(1000):
        book.failed(HOOK, f"r{number}", number * SECOND)
        told += book.told(number * SECOND)
    assert told == ["failed"]
    book.went_well(HOOK, "good", 1000 * SECOND)
    news = book.last(1000 * SECOND)
    assert (news.event, news.run, news.since, news.times, news.changes) == ("recovered", "good", 0, 1000, 0)
    assert book.told(10**15) == []
    assert not book, "nothing is remembered of who is well"
    assert book.kept == {HOOK: None}


def test_a_first_success_is_nothing_new(book: Book) -> None:
    book.went_well(HOOK, "r", 0)
    assert book.told(0) == []
    assert book.kept == {}


@pytest.mark.long
def test_who_changes_all_the_time_has_four_messages_and_then_one_each_quarter_of_an_hour(book: Book) -> None:
    told: list[tuple[int, News]] = []
    for second in range(4 * 3600):
        now = second * SECOND
        (book.failed if second % 2 else book.went_well)(HOOK, "r", now)
        told += [(now, news) for news in book.take(now, 100)]
    assert len(told) <= 4 + 4 * 4
    assert [news.event for _, news in told[:4]] == ["failed", "recovered"] * 2
    assert told[4][0] - told[3][0] >= GIVEN_BACK - 4 * SECOND
    assert 440 <= told[4][1].changes <= 450, "what was not told is counted"


def test_what_could_not_be_told_is_told_later_as_it_is_by_then(book: Book) -> None:
    for number in range(5):
        book.failed(HOOK, "r", number)
        book.went_well(HOOK, "r", number)
        book.failed(HOOK, "r", number)
        list(book.take(number, 100))
        book.went_well(HOOK, "r", number)
        list(book.take(number, 100))
    book.failed(HOOK, "last", 10)
    assert book.told(10) == []
    due = book.wake()
    assert GIVEN_BACK // 2 < due < GIVEN_BACK + SECOND
    assert book.last(int(due) + 1).run == "last"


def test_a_failure_that_is_retried_is_told_with_its_last_try(book: Book) -> None:
    for attempt in (1, 2):
        book.failed(HOOK, f"r{attempt}", attempt * MINUTE, retries=2, pause=10 * SECOND)
        assert book.told(attempt * MINUTE) == []
        book.began(HOOK)
        assert book.told(attempt * MINUTE + 10 * HOUR) == [], "it runs: its end decides"
    book.failed(HOOK, "r3", 3 * MINUTE, retries=2, pause=None)
    news = book.last(3 * MINUTE)
    assert (news.run, news.times, news.since) == ("r3", 3, MINUTE)


def test_a_retry_that_goes_well_is_never_told(book: Book) -> None:
    book.failed(HOOK, "r1", 0, retries=1, pause=SECOND)
    book.began(HOOK)
    book.went_well(HOOK, "r2", SECOND)
    assert book.told(HOUR) == []
    assert book.kept == {HOOK: None}
    book.failed(HOOK, "r3", HOUR)
    assert book.last(HOUR).changes == 0


def test_a_retry_that_never_comes_or_is_cancelled_holds_nothing_back(book: Book) -> None:
    book.failed(HOOK, "r1", 0, retries=1, pause=SECOND)
    assert book.wake() == SECOND + GRACE
    assert book.told(SECOND + GRACE - 1) == []
    assert book.told(SECOND + GRACE) == ["failed"]
    other = Who("prices", "other")
    book.failed(other, "r1", 0, retries=1, pause=SECOND)
    book.began(other)
    book.gave_up(other)
    assert book.told(1) == ["failed"]


def test_a_hook_that_is_due_before_its_retries_is_told_all_the_same(book: Book) -> None:
    for number in range(3):
        book.failed(HOOK, f"r{number}", number * SECOND, retries=3, pause=MINUTE)
        book.began(HOOK)
        assert book.told(number * SECOND) == []
    book.failed(HOOK, "r3", 3 * SECOND, retries=3, pause=MINUTE)
    assert book.told(3 * SECOND) == ["failed"]


def test_slips_are_told_once_an_hour_with_their_number_and_the_worst(book: Book) -> None:
    book.slipped(HOOK, "r", 6 * SECOND, 0)
    assert book.told(0) == ["slipped"]
    for number in range(1, 600):
        book.slipped(HOOK, f"r{number}", (number % 20) * SECOND, number * SECOND)
        assert book.told(number * SECOND) == []
    assert book.wake() == HOUR
    news = book.last(HOUR)
    assert (news.times, news.late, news.since) == (599, 19 * SECOND, SECOND)
    assert book.told(5 * HOUR) == []


def test_without_room_nothing_is_told_and_nothing_is_forgotten(book: Book) -> None:
    for number in range(5):
        book.failed(Who("s", str(number)), "r", 0)
    book.slipped(HOOK, "r", SECOND, 0)
    assert book.told(0, room=2) == ["failed"] * 2
    assert book.told(0, room=0) == []
    book.went_well(Who("s", "4"), "r", 0)
    assert book.told(0, room=100) == ["failed", "failed", "slipped"]


def test_the_next_hub_goes_on_where_this_one_was(book: Book) -> None:
    book.failed(HOOK, "r1", SECOND)
    held = Who("prices", "held")
    book.failed(held, "r2", SECOND, retries=1, pause=SECOND)
    book.began(held)
    assert book.told(SECOND) == ["failed"]
    after = Book()
    for who, plain in book.kept.items():
        assert plain is not None
        after.restore(who, plain)
    assert after.told(2 * SECOND) == []
    after.went_well(HOOK, "r3", 2 * SECOND)
    assert after.last(2 * SECOND).since == SECOND
    assert after.told(2 * SECOND + GRACE) == ["failed"], "the retry has died with the hub"


def test_what_is_gone_from_the_deck_is_forgotten(book: Book) -> None:
    for who in (HOOK, Who("prices", "old"), Who("prices"), Who("other", "old")):
        book.failed(who, "r", 0)
        book.slipped(who, "r", SECOND, 0)
    book.forget("prices", {"", "update"})
    assert {who for who, plain in book.kept.items() if plain is None} == {Who("prices", "old")}
    book.forget("prices")
    assert {news.who for news in book.take(0, 100)} == {Who("other", "old")}

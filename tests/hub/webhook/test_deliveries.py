"""What waits for the receiver, and when it is tried again."""

from __future__ import annotations

import math

from quarterdeck.core.schedule import DAY, SECOND
from quarterdeck.hub.webhook.deliveries import LONGEST_PAUSE, MOST, Answer, Deliveries, Message, message_of

DOWN = Answer("it cannot be reached: Connection refused")


def message(id: str, made: int = 0, urgent: bool = False) -> Message:
    return Message(id, made, {"id": id}, urgent)


def test_messages_go_one_by_one_in_their_order() -> None:
    waiting = Deliveries()
    assert waiting.wake() == math.inf
    for id in "abc":
        waiting.add(message(id))
    gone = []
    while (first := waiting.first()) is not None:
        assert waiting.tried(first, Answer(), 5)
        gone.append(first.id)
    assert gone == ["a", "b", "c"]
    assert waiting.status() == {"waiting": 0, "sent": 3, "lost": 0, "last_sent": 5, "failing": None}


def test_a_receiver_that_is_away_is_tried_less_and_less_often_for_a_day() -> None:
    waiting = Deliveries()
    waiting.add(message("a"))
    waiting.add(message("b"))
    now, pauses, tries = 0, [], 0
    while (first := waiting.first()) is not None and first.id == "a":
        tries += 1
        over = waiting.tried(first, DOWN, now)
        pauses.append(waiting.wake() - now)
        now = now if over else int(waiting.wake())
    assert [pause / SECOND for pause in pauses[:5]] == [2, 4, 8, 16, 32]
    assert max(pauses) == LONGEST_PAUSE
    assert now > DAY
    assert tries < 160
    status = waiting.status()
    assert (status["lost"], status["waiting"], status["failing"]["since"]) == (1, 1, 0)
    assert status["failing"]["why"] == DOWN.why
    waiting.tried(message("b"), Answer(), now)
    assert waiting.status()["failing"] is None


def test_a_message_that_the_receiver_cannot_read_does_not_hold_up_the_others() -> None:
    waiting = Deliveries()
    waiting.add(message("bad"))
    waiting.add(message("good"))
    told = [waiting.tried(message("bad"), Answer("it answered 400", 400), 0) for _ in range(3)]
    assert told == [False, False, True]
    first = waiting.first()
    assert first is not None
    assert (first.id, waiting.wake()) == ("good", 0)


def test_the_receiver_says_how_long_to_wait() -> None:
    waiting = Deliveries()
    waiting.add(message("a"))
    waiting.tried(message("a"), Answer("it answered 429", 429, wait=90), 0)
    assert waiting.wake() == 90 * SECOND
    waiting.tried(message("a"), Answer("it answered 429", 429, wait=1e6), 0)
    assert waiting.wake() == LONGEST_PAUSE


def test_what_is_urgent_goes_first_and_at_once() -> None:
    waiting = Deliveries()
    waiting.add(message("a"))
    waiting.tried(message("a"), DOWN, 0)
    assert waiting.wake() > 0
    waiting.add(message("now", urgent=True))
    first = waiting.first()
    assert first is not None
    assert (first.id, waiting.wake()) == ("now", 0)


def test_room_is_bounded_and_a_message_is_kept_as_it_is() -> None:
    waiting = Deliveries()
    for number in range(MOST):
        waiting.add(message(str(number)))
    assert (waiting.room, len(waiting)) == (0, MOST)
    kept = message("a", 7)
    assert message_of("a", kept.plain()) == kept

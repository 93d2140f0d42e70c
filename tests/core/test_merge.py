"""The law, on a small alphabet: merged operations make the same state as the operations one by one."""

from __future__ import annotations

import copy
import random
from typing import Any

from quarterdeck.core.fold import TopicState, fold
from quarterdeck.core.merge import Pending
from quarterdeck.core.ops import Refused


def some_op(rnd: random.Random) -> list[Any]:
    field, key, dice = rnd.choice("abcd"), rnd.choice(["x", "__proto__", "10", ""]), rnd.random()
    if dice < 0.2:
        return rnd.choice([["drop"], ["drop", field], ["drop", field], ["drop", field, key], ["drop", field, key]])
    if dice < 0.4:
        return ["push", field, [rnd.randrange(9) for _ in range(rnd.randrange(5))], rnd.choice([0, 1, 3, 3, 5, 8])]
    if dice < 0.55:
        return ["put", field, {key: rnd.randrange(9)} if dice < 0.5 else {}]
    if dice < 0.75:
        return ["add", field, {key: rnd.choice([1, -3, 2**53 - 1, -(2**53) + 1, 2**52])} if dice < 0.7 else {}]
    return ["set", field, rnd.choice([1, None, [1, 2, 3, 4], [], {"x": 5}, {}, {"x": 2**53 - 1, "10": -3}])]


def accepted(rnd: random.Random, state: TopicState, count: int) -> list[list[Any]]:
    events = []
    for _ in range(count):
        event = [some_op(rnd) for _ in range(rnd.choice([1, 1, 2]))]
        try:
            fold(state, event)
        except Refused:
            continue
        events.append(event)
    return events


def test_the_law_on_a_small_alphabet() -> None:
    for seed in range(3000):
        rnd = random.Random(seed)
        state = TopicState()
        accepted(rnd, state, rnd.randrange(8))
        merged = TopicState(copy.deepcopy(state.values), copy.deepcopy(state.types))
        events = accepted(rnd, state, rnd.randrange(14))
        kept = copy.deepcopy(events)
        pending = Pending()
        for event in events:
            pending.merge(event)
            if rnd.random() < 0.2:
                fold(merged, pending.take())
        fold(merged, pending.take())
        assert merged == state, (seed, events)
        assert events == kept, "the producer's operations were changed"

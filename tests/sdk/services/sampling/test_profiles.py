from __future__ import annotations

from types import CodeType
from typing import Any

import pytest

from quarterdeck.sdk.services.endpoint import Endpoint
from quarterdeck.sdk.services.levels import COUNTED, PROFILED
from quarterdeck.sdk.services.sampling import tree
from quarterdeck.sdk.services.sampling.profiles import ANEW, Profiles
from quarterdeck.sdk.services.sampling.tree import OTHER, Tree


def code(name: str) -> CodeType:
    return compile("0", f"/app/{name}.py", "eval").replace(co_name=name, co_qualname=name)


A, B, C = code("a"), code("b"), code("c")


def stack(*codes: CodeType) -> list[tuple[CodeType, int]]:
    return [(each, 1) for each in codes]


def by_name(nodes: dict[str, Any], counts: dict[str, int]) -> dict[str, int]:
    """Counts by the way of names that leads to each node."""

    def way(id: str | None) -> str:
        return "" if id is None else f"{way(nodes[id]['parent'])}/{nodes[id]['name']}"

    return {way(id): count for id, count in counts.items()}


def test_stacks_merge_to_a_tree() -> None:
    one, other = Tree(), Tree()
    for places in (stack(A, B), stack(A, B), stack(A, C), stack(A, C, B), stack(A)):
        one.add(places)
    nodes, counts = one.taken()
    assert by_name(nodes, counts) == {"/a/b": 2, "/a/c": 1, "/a/c/b": 1, "/a": 1}
    assert not one
    one.add(stack(A, B))
    assert one.taken()[0] == {}  # told already
    other.add([(code("a"), 7), (code("b"), 9)])  # of another process: the same nodes
    assert other.taken()[0].keys() <= nodes.keys()


def test_a_tree_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MOST", 2)
    full = Tree()
    for places in (stack(A, B), stack(A, C), stack(C, A, B), stack(A, B)):
        full.add(places)
    nodes, counts = full.taken()
    assert (counts.pop(OTHER), len(nodes)) == (2, 3)
    assert by_name(nodes, counts) == {"/a/b": 2}


class Now:
    value = 100.0

    def __call__(self) -> float:
        return self.value


def test_what_is_asked_for_or_of_level_3_is_sampled() -> None:
    now = Now()
    profiles = Profiles("shop", "1", 5, now)
    one, other = Endpoint("shop", "GET /a", {}, COUNTED), Endpoint("shop", "GET /b", {}, COUNTED)
    assert not profiles.on
    profiles.take({"endpoint": "GET /a", "seconds": 30})
    assert (profiles.on, profiles.wants(one), profiles.wants(other)) == (True, True, False)
    now.value += 31
    assert not profiles.on
    profiles.take({"endpoint": None, "seconds": 30})
    assert profiles.wants(other)
    profiles.take({"endpoint": 7, "seconds": "x"})
    now.value += 31
    other.level = PROFILED
    profiles.see_levels([one, other])
    assert (profiles.on, profiles.wants(one), profiles.wants(other)) == (True, False, True)


def test_profiles_are_told_by_endpoint_and_begin_anew() -> None:
    now = Now()
    profiles, endpoint = Profiles("shop", "1", 5, now), Endpoint("shop", "GET /a", {}, PROFILED)

    def told() -> dict[str, Any]:
        ((topic, event),) = profiles.taken()
        assert topic == "service/shop/profile/GET%20%2Fa"
        return {op[1]: op[2] for op in event}

    for _ in range(3):
        profiles.add(endpoint, stack(A, B), 5_000_000)
    first = told()
    assert (first["endpoint"], first["period"], first["totals"]) == ("GET /a", 5, {"samples": 3, "us": 15_000})
    assert sum(first["samples"].values()) == 3
    assert profiles.taken() == []
    profiles.add(endpoint, stack(A, B), 5_000_000)
    assert "nodes" not in told()
    now.value += ANEW + 1  # the hub may have let them go
    profiles.add(endpoint, stack(A, B), 5_000_000)
    assert told()["nodes"] == first["nodes"]
    profiles.take({"endpoint": "GET /a", "seconds": 30})
    profiles.add(endpoint, stack(A), 5_000_000)
    assert len(told()["nodes"]) == 1
    profiles.forked()
    assert profiles.taken() == []

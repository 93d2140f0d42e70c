"""Rights: everything that is not named is denied."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from quarterdeck.hub import peers

STATES: dict[str, Any] = {"run/own": {"producer": "p"}, "run/other": {"producer": "q"}, "run/a": {"script": "a"}}


class States:
    def state(self, topic: str) -> Any:
        return SimpleNamespace(values=STATES[topic]) if topic in STATES else None


RESERVED = ["deck", "hub", "script/a", "script/a/b/c/d", "query/x", "app/a", "run/a", "run/other", "user/x"]
FREE = ["lab", "lab/temperature", "scripts", "job/1", "job/1/x", "service/shop/endpoint/GET%20%2F", "pipeline/p"]


@pytest.mark.parametrize("topic", RESERVED)
def test_a_producer_may_not_patch_what_is_the_decks_own(topic: str) -> None:
    assert not peers.producer("p").may_patch(topic, States())
    assert not peers.ADMIN.may_patch(topic, States())


@pytest.mark.parametrize("topic", [*FREE, "run/own", "run/new"])
def test_a_producer_may_patch_free_topics_its_kinds_and_its_own_runs(topic: str) -> None:
    assert peers.producer("p").may_patch(topic, States())


def test_a_new_run_notes_whose_it_is() -> None:
    assert peers.producer("p").begin("run/new", States()) == {"producer": "p"}
    assert peers.producer("p").begin("run/own", States()) == {}
    assert peers.worker("a").begin("run/new", States()) == {}


@pytest.mark.parametrize(
    ("topic", "may"),
    [("script/a", True), ("script/a/panel/x", True), ("script/a/store", True), ("run/a", True), ("lab", True),
     ("script/ab", False), ("script/b", False), ("run/own", False), ("run/new", False), ("deck", False)],
)  # fmt: skip
def test_a_worker_has_its_script_and_its_runs(topic: str, may: bool) -> None:
    assert peers.worker("a").may_patch(topic, States()) is may


def test_a_workers_script_may_have_any_name() -> None:
    assert peers.worker("a b").may_claim("script/a%20b")
    assert not peers.worker("a b").may_claim("script/a")


@pytest.mark.parametrize("topic", [*RESERVED, *FREE, ""])
def test_nobody_may_do_anything_and_a_guest_only_watches(topic: str) -> None:
    for rights in (peers.NONE, peers.GUEST):
        assert not rights.may_patch(topic or "x", States())
        assert not rights.may_call(topic)
        assert not rights.may_claim(topic)
    assert not peers.NONE.may_watch(topic)
    assert peers.GUEST.may_watch(topic)


def test_a_producer_watches_and_calls_what_it_may_write() -> None:
    rights = peers.producer("p")
    assert rights.may_watch("lab")
    assert rights.may_watch("job/1")
    assert rights.may_call("job/1")
    for topic in ("", "script", "script/a", "hub", "run/own"):
        assert not rights.may_watch(topic), topic
        assert not rights.may_call(topic), topic


@pytest.mark.parametrize(("topic", "name"), [("job/1", "stop"), ("service/a/endpoint/b", "level")])
def test_only_an_admin_stops_jobs_and_sets_levels(topic: str, name: str) -> None:
    assert peers.ADMIN.may_call(topic, name)
    for rights in (peers.producer("p"), peers.GUEST, peers.worker("a")):
        assert not rights.may_call(topic, name)
    assert peers.producer("p").may_call("service/1", "stop")


def test_the_owner_is_the_nearest_claim_and_of_equal_ones_the_latest() -> None:
    known = peers.Peers()
    for id, claim in (("1", "job"), ("2", "job/x"), ("3", "job/x")):
        known.add(SimpleNamespace(id=id, account="p", claims=(claim,)))
    assert known.owner("job/x/y").id == "3"
    assert known.owner("job/y").id == "1"
    assert known.owner("jobs") is None

"""Streams, records, named events, and commits that are tried again."""

from __future__ import annotations

from tests.store.conftest import commit_of

from quarterdeck.store.contract import Commit, NamedEvent, Store

DAY_US = 86_400_000_000
NOW = 20_000 * DAY_US


def event(number: int, topic: str = "run/1", by: str | None = None, at: int = NOW) -> NamedEvent:
    return NamedEvent(f"{number:020d}", at, topic, "run.started", by, {"n": number})


def test_a_stream_keeps_its_last_number_and_answer(store: Store) -> None:
    assert store.stream("s") is None
    store.commit(Commit(streams={"s": (1, "{}"), "other": (9, "[]")}))
    store.commit(Commit(streams={"s": (2, '{"acked":2}')}))
    assert store.stream("s") == (2, '{"acked":2}')


def test_records_are_set_and_removed(store: Store) -> None:
    store.commit(Commit(records={("users", "b"): {"role": "admin"}, ("users", "a"): [1], ("tokens", "a"): 0}))
    assert store.record("users", "b") == {"role": "admin"}
    assert store.record("users", "c") is None
    assert store.record("tokens", "a") == 0
    assert list(store.records("users").items()) == [("a", [1]), ("b", {"role": "admin"})]
    store.commit(Commit(records={("users", "a"): None, ("users", "b"): 2, ("users", "z"): None}))
    assert store.records("users") == {"b": 2}
    assert store.records("nothing") == {}


def test_events_are_read_newest_first_a_page_at_a_time(store: Store) -> None:
    store.commit(Commit(events=[event(n) for n in (1, 3, 2)]))
    store.commit(Commit(events=[event(4, by="ada")]))
    page = store.events(limit=2)
    assert [found.data["n"] for found in page] == [4, 3]
    assert page[0] == event(4, by="ada")
    assert [found.data["n"] for found in store.events(after=page[-1].id)] == [2, 1]


def test_events_under_a_prefix_of_whole_segments(store: Store) -> None:
    names = ["script/a", "script/a/panel/x", "script/ab", "script", "script/a-b", "zebra"]
    store.commit(Commit(events=[event(number, topic) for number, topic in enumerate(names)]))
    assert [found.topic for found in store.events("script/a")] == ["script/a/panel/x", "script/a"]
    assert len(store.events("script")) == 5


def test_an_event_counts_once(store: Store) -> None:
    store.commit(Commit(events=[event(1)]))
    store.commit(Commit(events=[event(1)]))
    assert len(store.events()) == 1


def test_a_commit_that_is_tried_again_counts_once(store: Store) -> None:
    def made(id: str) -> Commit:
        commit = commit_of({"a": [["add", "c", {"n": 1}]]})
        commit.id = id
        return commit

    for id in ("one", "one", "two", "two", "", ""):
        store.commit(made(id))
    state = store.load("a")
    assert state is not None
    assert state.values == {"c": {"n": 4}}


def test_streams_and_events_without_a_cause_are_forgotten_after_a_month(store: Store) -> None:
    old = NOW - 31 * DAY_US
    events = [event(1, at=old), event(2, at=old, by="ada"), event(3)]
    store.commit(Commit(at=old, streams={"old": (1, ""), "renewed": (1, "")}, events=events))
    store.commit(Commit(at=NOW, streams={"renewed": (2, "")}))
    assert store.expire(NOW) == 2
    assert store.expire(NOW) == 0
    assert store.stream("old") is None
    assert store.stream("renewed") == (2, "")
    assert [found.data["n"] for found in store.events()] == [3, 2]


def test_a_deck_has_an_id(store: Store) -> None:
    assert len(store.deck_id) >= 16


def test_an_empty_commit_says_so(store: Store) -> None:
    assert not Commit()
    assert Commit(streams={"s": (1, "")})
    store.commit(Commit())
    assert store.size() >= 0


def test_events_are_found_by_their_name_and_by_who_caused_them(store: Store) -> None:
    said = [("run.started", None), ("run.failed", "ada"), ("token.made", "ada"), ("token.made", "bo")]
    events = [NamedEvent(f"{n}", n, "lab", name, by, None) for n, (name, by) in enumerate(said)]
    store.commit(Commit(events=events))
    assert [event.id for event in store.events(by="*")] == ["3", "2", "1"]
    assert [event.id for event in store.events(by="ada", name="token.")] == ["2"]
    assert [event.id for event in store.events("lab", name="run.", limit=1)] == ["1"]
    assert store.events("other", by="ada") == []

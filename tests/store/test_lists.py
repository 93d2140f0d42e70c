"""List queries: filters, orders, cursors, search, and what comes beyond."""

from __future__ import annotations

from typing import Any

import pytest
from tests.store.conftest import commit_of

from quarterdeck.core.ops import Refused
from quarterdeck.store.contract import Store
from quarterdeck.store.query import parse_query

RUNS: dict[str, dict[str, Any]] = {
    "run/a": {"script": "sample", "state": "done", "started": 3, "note": "x"},
    "run/b": {"script": "sample", "state": "failed", "started": 1.5},
    "run/c": {"script": "other", "state": "running", "started": 2, "note": True},
    "run/d": {"script": "123", "state": "done", "started": 3, "note": None},
    "run/e": {"script": 123, "state": "done", "note": "sampler"},
    "run/f": {"script": "Sample%", "state": "lost", "started": "soon", "note": ["x"]},
    "run/g": {},
}


@pytest.fixture
def runs(store: Store) -> Store:
    return filled(store)


@pytest.fixture(scope="module")
def same_runs(lasting: Store) -> Store:
    """The same, not to be changed."""
    return filled(lasting)


def filled(store: Store) -> Store:
    births = [["push", "tail", [], 200]]
    store.commit(commit_of({topic: births + [["set", *pair] for pair in row.items()] for topic, row in RUNS.items()}))
    store.commit(commit_of({"runner": [["set", "state", "done"]], "script/sample": [["set", "state", "done"]]}))
    return store


def names(store: Store, **asked: Any) -> str:
    """The last letters of the topics on the list, in its order."""
    return "".join(item.topic[-1] for item in store.topics(parse_query("run", **asked)).items)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (["script = sample"], "ab"),
        (["script=sample", "state = failed"], "b"),
        (["script != sample"], "cdefg"),
        (["script = 123"], "de"),
        (['script = "123"'], "d"),
        (["script != 123"], "abcfg"),
        (["script ^= sam"], "ab"),
        (['script ^= "sam"'], "ab"),
        (["script ^= "], "abcdf"),
        (["script ^= 12"], "d"),
        (["started > 2"], "ad"),
        (["started >= 2"], "acd"),
        (["started < 2"], "b"),
        (["started <= 2"], "bc"),
        (["started > a"], "f"),
        (["started < z"], "f"),
        (['started >= ""'], "f"),
        (["started = 3.0"], "ad"),
        (["started = null"], "eg"),
        (["started != null"], "abcdf"),
        (["started > null"], ""),
        (["note = true"], "c"),
        (["note != true"], "abdefg"),
        (['note = ["x"]'], "af"),
        (['state = ["failed", "lost"]'], "bf"),
        (['state != ["failed", "lost"]'], "acdeg"),
        (['script = [123, "other", null]'], "ceg"),
        (['script != [123, "other", null]'], "abdf"),
        (['script = ["sample"]', 'state = ["failed", "running"]'], "b"),
        (["note = [true, [1], 1e300]"], "c"),
        (["topic = run/a"], "a"),
        (["topic > run/e"], "fg"),
        (["topic ^= run/"], "abcdefg"),
        (["script = ' OR 1=1 --"], ""),
        (["state = nosuch"], ""),
    ],
)
def test_filters(same_runs: Store, where: list[str], found: str) -> None:
    assert names(same_runs, where=where) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (None, "abcdefg"),
        ("-topic", "gfedcba"),
        ("started", "egbcadf"),
        ("-started", "fdacbge"),
        ("note", "bdgcfea"),
    ],
)
def test_orders_put_missing_values_first_and_texts_last(same_runs: Store, order: str | None, found: str) -> None:
    assert names(same_runs, order=order) == found


@pytest.mark.parametrize("order", ["topic", "-topic", "started", "-started", "note", "-note"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_join_to_the_whole(same_runs: Store, order: str, limit: int) -> None:
    whole, after, joined = names(same_runs, order=order), None, ""
    while True:
        page = same_runs.topics(parse_query("run", order=order, limit=limit, after=after))
        joined += "".join(item.topic[-1] for item in page.items)
        after = page.next
        if after is None:
            break
        assert len(page.items) == limit
    assert joined == whole


def test_a_cursor_stays_where_it_was_when_the_list_changes(runs: Store) -> None:
    page = runs.topics(parse_query("run", order="-started", limit=3))
    assert [item.topic[-1] for item in page.items] == ["f", "d", "a"]
    runs.commit(commit_of({"run/a": [["drop"]], "run/z": [["set", "started", 99]], "run/b": [["set", "started", 2]]}))
    assert names(runs, order="-started", after=page.next) == "cbge"


def test_search_finds_text_in_names_and_columns(runs: Store) -> None:
    assert names(runs, q="SAMPLE") == "abef"
    assert names(runs, q="un/g") == "g"
    assert names(runs, q="%") == "f"
    runs.commit(commit_of({"run/GET%20%2Fcart": [["set", "state", "done"]]}))
    assert names(runs, q="get /cart") == ""
    assert names(runs, q="get ") == "t"


def test_nothing_that_is_sought_is_a_wildcard(runs: Store) -> None:
    notes = {"run/h": "a_b", "run/i": "axb", "run/j": "a\\b%c", "run/k": "before\0behind"}
    runs.commit(commit_of({run: [["set", "note", note]] for run, note in notes.items()}))
    assert names(runs, q="A_B") == "h"
    assert names(runs, q="\\") == names(runs, q="\\b%") == "j"
    assert names(runs, q="behind") == ""
    assert names(runs, q="before\0and more") == "k"
    assert names(runs, q="%" * 5_000) == ""


@pytest.mark.long
def test_filters_that_fit_many_give_the_same_page(store: Store) -> None:
    """Beyond some thousands, another index is taken."""
    rows = {f"run/{n:05d}": [["set", "note", n % 2], ["set", "started", -n]] for n in range(4500)}
    store.commit(commit_of(rows))
    for where in (["note = 1"], ["note >= 1"], ["note = 1", "state = null"]):
        page = store.topics(parse_query("run", where=where, order="started", limit=2), whole=False)
        assert [item.topic for item in page.items] == ["run/04499", "run/04497"]
        page = store.topics(parse_query("run", where=where, order="started", limit=2, after=page.next), whole=False)
        assert [item.topic for item in page.items] == ["run/04495", "run/04493"]


def test_without_a_kind_a_list_goes_by_names(runs: Store) -> None:
    everything = [item.topic for item in runs.topics(parse_query()).items]
    assert everything == sorted([*RUNS, "runner", "script/sample"])
    under = [item.topic for item in runs.topics(parse_query(prefix="run", order="-topic")).items]
    assert under == sorted(RUNS, reverse=True)
    assert [item.topic for item in runs.topics(parse_query(prefix="run/a")).items] == ["run/a"]
    assert [item.kind for item in runs.topics(parse_query(prefix="script")).items] == [None]


def test_members_come_whole_or_with_their_small_scalars(runs: Store) -> None:
    big = "x" * 5000
    runs.commit(commit_of({"run/b": [["push", "tail", ["line"], 200], ["put", "m", {"k": 1}], ["set", "trace", big]]}))
    query = parse_query("run", where=["state = failed"])
    (whole,) = runs.topics(query).items
    assert whole.state == runs.load("run/b")
    (light,) = runs.topics(query, whole=False).items
    assert light.state.values == RUNS["run/b"]
    assert light.state.types == whole.state.types


def test_what_comes_beyond_is_named_and_pruned_a_few_at_a_time(runs: Store) -> None:
    query = parse_query("run", where=["state = done"], order="-started")
    assert runs.beyond(query, 1) == ["run/a", "run/e"]
    assert runs.beyond(query, 5) == []
    assert runs.prune(query, 1, limit=1) == ["run/a"]
    assert runs.prune(query, 1, limit=1) == ["run/e"]
    assert runs.prune(query, 1, limit=1) == []
    assert names(runs) == "bcdfg"
    assert runs.load("run/a") is None


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ({"kind": "rnu"}, "kind", "run"),
        ({"kind": "run", "order": "-startd"}, "column", "started"),
        ({"kind": "run", "where": ["stat = done"]}, "column", "state"),
        ({"order": "state"}, "column", "topic"),
        ({"after": "nonsense"}, "after", "first page"),
        ({"after": "bnVsbA=="}, "after", "first page"),
        ({"where": ["state"]}, "where", "state = failed"),
        ({"where": ["= done"]}, "where", "state = failed"),
        ({"limit": 0}, "limit", "after="),
        ({"limit": 1001}, "limit", "after="),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_mend(
    same_runs: Store, asked: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(Refused) as refusal:
        same_runs.topics(parse_query(**asked))
    assert refusal.value.code == code
    assert said in refusal.value.hint


def test_a_cursor_of_another_order_is_refused(runs: Store) -> None:
    page = runs.topics(parse_query("run", limit=1))
    with pytest.raises(Refused):
        parse_query("run", order="-topic", after=page.next)


def test_members_are_counted(runs: Store) -> None:
    assert runs.count(parse_query("run")) == len(RUNS)
    assert runs.count(parse_query("run", where=["script = sample"], limit=1)) == 2
    assert runs.count(parse_query("run", where=["script = null"])) == 1
    assert runs.amounts()._asdict() == {"minute": 0, "hour": 0, "day": 0, "events": 0}

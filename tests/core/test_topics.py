"""Names of topics, and ids that sort by time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic, is_under, join, new_id, segment, split


def test_segments_are_percent_encoded() -> None:
    assert segment("GET /cart") == "GET%20%2Fcart"
    assert segment("a-b.c_d~9") == "a-b.c_d~9"
    assert segment("ü%") == "%C3%BC%25"
    assert join("service", "shop", "endpoint", "GET /cart") == "service/shop/endpoint/GET%20%2Fcart"


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4))
def test_split_is_the_inverse_of_join(texts: list[str]) -> None:
    topic = join(*texts)
    assert split(topic) == texts
    if len(topic) <= 512:
        assert check_topic(topic) == topic


def test_lone_surrogates_are_replaced() -> None:
    assert segment("a\ud800") == "a%3F"


@pytest.mark.parametrize(
    ("topic", "prefix", "under"),
    [
        ("script/a", "script/a", True),
        ("script/a/b", "script/a", True),
        ("script/ab", "script/a", False),
        ("script", "script/a", False),
        ("anything", "", True),
    ],
)
def test_a_prefix_covers_whole_segments(topic: str, prefix: str, under: bool) -> None:
    assert is_under(topic, prefix) is under


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "/",
        "a/",
        "/a",
        "a//b",
        "a b",
        "ü",
        "a%",
        "a%2",
        "a%2f",
        "a%41",
        "a%FF",
        "a?b",
        "a" * 513,
        "a\n",
        None,
        5,
        "%zz",
    ],
)
def test_other_names_are_refused(topic: Any) -> None:
    with pytest.raises(Refused) as refused:
        check_topic(topic)
    assert refused.value.code == "bad-topic"
    assert refused.value.hint


def test_the_hint_is_the_name_as_it_should_be() -> None:
    with pytest.raises(Refused, match="lab/a%20b"):
        check_topic("lab/a b")


def test_ids_sort_by_time() -> None:
    now = 1_790_000_000_000_000
    ids = [new_id(now + step, bits) for step, bits in ((0, 2**45 - 1), (1, 0), (2, 5), (1000, 7), (10**12, 1))]
    assert ids == sorted(ids)
    assert {len(found) for found in ids} == {20}
    assert new_id(now, 2**45 + 3) == new_id(now, 3) != new_id(now, 4)
    assert new_id(0, 0) == "0" * 20
    assert check_topic("run/" + ids[0])

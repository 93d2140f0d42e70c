"""Which kinds exist, and which one a topic belongs to."""

from __future__ import annotations

from quarterdeck.kinds.build import BUILD, RESULTS, TEST
from quarterdeck.kinds.deck import DECK
from quarterdeck.kinds.hub import HUB
from quarterdeck.kinds.job import JOB
from quarterdeck.kinds.panel import PANEL
from quarterdeck.kinds.place import PLACE
from quarterdeck.kinds.query import QUERY
from quarterdeck.kinds.retention import RETENTION
from quarterdeck.kinds.run import RUN
from quarterdeck.kinds.script import SCRIPT, STORE
from quarterdeck.kinds.service import CALLERS, ENDPOINT, EXCEPTION, OUTLIER, PROFILE, SERVICE, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from quarterdeck.kinds.kind import Kind

_kinds: dict[str, Kind] = {}
_of_topic: dict[str, Kind | None] = {}
_roots: dict[str, dict[int, list[Kind]]] = {}  # by the first segment of their topics, and the number of segments
_UNKNOWN: Any = object()
_REMEMBERED = 10_000
RESERVED = frozenset({"app", "user", "blob", "account", "token"})
"""Families of names that no kind has yet, and that only the hub will write."""
_COMING = frozenset({"pipeline"})


def register(kind: Kind) -> None:
    """Add a kind; raises ValueError that says what is wrong with it, or what it would take from another."""
    if kind.name in _kinds and _kinds[kind.name] is not kind:
        raise ValueError(f"the kind {kind.name!r} exists already; give yours another name")
    _check(kind)
    _kinds[kind.name] = kind
    _of_topic.clear()
    _roots.clear()
    for each in _kinds.values():
        for pattern in each.patterns:
            _roots.setdefault(each.root, {}).setdefault(len(pattern), []).append(each)


def all_kinds() -> list[Kind]:
    """Every registered kind, in the order of registration."""
    return list(_kinds.values())


def kind_of(topic: str) -> Kind | None:
    """The kind of this (encoded) topic name; None for a free topic."""
    found: Kind | None = _of_topic.get(topic, _UNKNOWN)
    if found is not _UNKNOWN:
        return found
    segments = topic.split("/")
    found = None
    for kind in _roots.get(segments[0], {}).get(len(segments), ()):
        if kind.fits(segments):
            found = kind
            break
    if len(_of_topic) >= _REMEMBERED:
        _of_topic.clear()
    _of_topic[topic] = found
    return found


def is_private(topic: str) -> bool:
    """Whether the topic is kept from guests."""
    kind = kind_of(topic)
    return kind is not None and kind.private


def is_root(segment: str) -> bool:
    """Whether the topics of some kind begin with this segment."""
    return segment in _roots


def _check(kind: Kind) -> None:
    root = kind.root
    if not root or root == "*" or root in RESERVED | _COMING:
        raise ValueError(f"the kind {kind.name!r} cannot have the topics {root!r}: begin its pattern with its own name")
    other = next((each for each in _kinds.values() if each.root == root and each.produced != kind.produced), None)
    if other is not None:
        who = "programs may write" if other.produced else "only the hub writes"
        raise ValueError(f"the kind {kind.name!r} shares the topics {root!r} with {other.name!r}, which {who}")
    named = [column for pair in kind.orders for column in pair]
    named += [name for name in (kind.keep and kind.keep.by, kind.page and kind.page.name) if name]
    for column in named:
        if column not in kind.columns:
            raise ValueError(f"the kind {kind.name!r} has no column {column!r}; it has {', '.join(kind.columns)}")
    typed = [column for column in kind.columns if column in kind.fields]
    if typed:
        raise ValueError(
            f"the kind {kind.name!r} has the column {typed[0]!r}, which is no scalar; lists sort by scalars"
        )


_WATCHED = (SERVICE, ENDPOINT, VERSION, CALLERS, EXCEPTION, OUTLIER, PROFILE, BUILD, RESULTS, TEST)
for _kind in (DECK, HUB, SCRIPT, STORE, PANEL, RUN, JOB, PLACE, *_WATCHED, QUERY, RETENTION):
    register(_kind)

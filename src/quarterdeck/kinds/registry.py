"""Which kinds exist, and which one a topic belongs to."""

from __future__ import annotations

from quarterdeck.kinds.deck import DECK
from quarterdeck.kinds.hub import HUB
from quarterdeck.kinds.panel import PANEL
from quarterdeck.kinds.query import QUERY
from quarterdeck.kinds.run import RUN
from quarterdeck.kinds.script import SCRIPT, STORE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.kinds.kind import Kind

_kinds: dict[str, Kind] = {}
_of_topic: dict[str, Kind | None] = {}
_roots: set[str] = set()
_REMEMBERED = 10_000


def register(kind: Kind) -> None:
    """Add a kind; raises ValueError if its name is taken by another."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"the kind {kind.name!r} exists already; give yours another name")
    _of_topic.clear()
    _roots.add(kind.pattern[0])


def all_kinds() -> list[Kind]:
    """Every registered kind, in the order of registration."""
    return list(_kinds.values())


def kind_of(topic: str) -> Kind | None:
    """The kind of this (encoded) topic name; None for a free topic."""
    if topic in _of_topic:
        return _of_topic[topic]
    found = next((kind for kind in _kinds.values() if kind.matches(topic)), None)
    if len(_of_topic) >= _REMEMBERED:
        _of_topic.clear()
    _of_topic[topic] = found
    return found


def is_root(segment: str) -> bool:
    """Whether the topics of some kind begin with this segment."""
    return segment in _roots


for _kind in (DECK, HUB, SCRIPT, STORE, PANEL, RUN, QUERY):
    register(_kind)

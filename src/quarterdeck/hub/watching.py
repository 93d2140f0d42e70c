"""What a watch frame means: topics, a prefix, or a list; each within the rights of who asks."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import Refused
from quarterdeck.core.topics import check_topic
from quarterdeck.hub.delivery.interest import Watch
from quarterdeck.hub.delivery.viewer import UNSEEN, Viewer, Watching
from quarterdeck.kinds import all_kinds
from quarterdeck.store.query import check_query, parse_query

if TYPE_CHECKING:
    from quarterdeck.hub.delivery.queries import Watched
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.frames import Frame
    from quarterdeck.hub.peers import Rights
    from quarterdeck.store.query import Query

MAX_TOPICS = 1000
MAX_WATCHES = 200
MAX_LISTS = 20
MAX_WATCHED = 10_000
MAX_UNDER = 5000
MAX_WINDOW = 10_080
_PARTS = {"kind": str, "prefix": str, "where": list, "order": str, "q": str, "after": str, "limit": int}


class Watcher:
    """The watches of one viewer, and the lists that they hold open."""

    def __init__(self, exchange: Exchange, viewer: Viewer) -> None:
        self._exchange = exchange
        self._viewer = viewer
        self._lists: dict[str, Watched] = {}

    async def watch(self, frame: Frame, rights: Rights) -> str:
        """The message that begins the watch; raises Refused."""
        id, window = frame["id"], _window(frame)
        if len(self._viewer.watching) >= MAX_WATCHES and id not in self._viewer.watching:
            raise Refused("too-many", f"one connection has at most {MAX_WATCHES} watches", "unwatch what is not needed")
        after = self._after(frame)
        if frame.get("query") is not None:
            query = query_of(frame["query"])
            check_prefix(rights, query)
            self._check_lists(id)
            opened = await self._exchange.queries.open(query, rights)
            old, self._lists[id] = self._lists.get(id), opened
            watches = (Watch(topic=opened.topic), Watch(query=opened))
            text = await self._viewer.watch(id, Watching(watches, None), after, opened.topic)
        else:
            wanted = Watching(_watches(frame, rights, window), window or None)
            self._check_number(frame.get("prefix"))
            self._check_sum(id, wanted)
            old = self._lists.pop(id, None)
            text = await self._viewer.watch(id, wanted, after)
        if old is not None:
            self._exchange.queries.close(old)
        return text

    def _check_lists(self, id: str) -> None:
        if id not in self._lists and len(self._lists) >= MAX_LISTS:
            raise Refused("too-many", f"one connection has at most {MAX_LISTS} lists", "unwatch what is not needed")

    def _check_sum(self, id: str, wanted: Watching) -> None:
        others = sum(len(said.watches) for name, said in self._viewer.watching.items() if name != id)
        if others + len(wanted.watches) > MAX_WATCHED:
            hint = "unwatch what is not needed, or watch a prefix or a query"
            raise Refused("too-many", f"one connection watches at most {MAX_WATCHED} topics by name", hint)

    def _check_number(self, prefix: str | None) -> None:
        """A prefix brings everything below it at once: that has to be a number that a page and a hub can bear."""
        if prefix is None:
            return
        names = islice(self._exchange.board.states.under(prefix), MAX_UNDER + 1)
        if sum(1 for _ in names) > MAX_UNDER:
            hint = 'watch a query, such as {"kind": "run", "order": "-started", "limit": 100}'
            raise Refused("too-many", f"there are more than {MAX_UNDER} topics under {prefix or 'everything'}", hint)

    def _after(self, frame: Frame) -> int:
        after, board = frame.get("after"), self._exchange.board
        known = frame.get("epoch") == board.epoch and after is not None and 0 <= after <= board.seq
        return after if known and after is not None else UNSEEN

    def unwatch(self, id: str) -> None:
        """End a watch; an unknown one means nothing."""
        self._viewer.unwatch(id)
        opened = self._lists.pop(id, None)
        if opened is not None:
            self._exchange.queries.close(opened)

    def close(self, linger: float = 0.0) -> None:
        """The connection is gone; its lists stay for ``linger`` seconds as its topics do (``Viewer.close``)."""
        self._viewer.close(linger)
        lists, self._lists = list(self._lists.values()), {}
        if linger:
            asyncio.get_running_loop().call_later(linger, self._close_lists, lists)
        else:
            self._close_lists(lists)

    def _close_lists(self, lists: list[Watched]) -> None:
        for opened in lists:
            self._exchange.queries.close(opened)


def _window(frame: Frame) -> int:
    window = frame.get("window") or 0
    if not 0 <= window <= MAX_WINDOW:
        raise Refused("out-of-range", f"a window of {window} minutes", f"ask for 1 to {MAX_WINDOW} minutes")
    return int(window)


def _watches(frame: Frame, rights: Rights, window: int) -> tuple[Watch, ...]:
    full = bool(window)
    if frame.get("prefix") is not None:
        prefix = frame["prefix"]
        if prefix:
            check_topic(prefix)
        watches: tuple[Watch, ...] = (Watch(prefix=prefix, window=full, private=rights.private),)
    else:
        if len(frame["topics"]) > MAX_TOPICS:
            raise Refused("too-many", f"one watch names at most {MAX_TOPICS} topics", "watch a prefix or a query")
        watches = tuple(Watch(topic=check_topic(topic), window=full) for topic in frame["topics"])
    for watch in watches:
        rights.check_watch(watch.topic or watch.prefix or "")
    return watches


def check_prefix(rights: Rights, query: Query) -> None:
    """Raise Refused if the list goes over what may not be watched: also how many there are would tell of them."""
    if not rights.may_watch(query.prefix):
        hint = "name a prefix= that you may watch"
        raise Refused("forbidden", f"you may not list {query.prefix or 'everything'}", hint)


def query_of(asked: dict[str, Any]) -> Query:
    """The list that a watch asks for; raises Refused."""
    for key, value in asked.items():
        if key in _PARTS and value is not None and type(value) is not _PARTS[key]:
            raise Refused("malformed", f"a query has {value!r} as its {key!r}", f"{key!r} is a {_PARTS[key].__name__}")
    where = asked.get("where") or []
    if not all(type(text) is str for text in where):
        raise Refused("malformed", f"a query has {where!r} as its 'where'", "where is a list of texts: state = failed")
    query = parse_query(
        asked.get("kind"),
        asked.get("prefix") or "",
        where,
        asked.get("order"),
        asked.get("q") or "",
        asked.get("after"),
        asked.get("limit"),
    )
    check_query(query, {kind.name: kind for kind in all_kinds()})
    return query

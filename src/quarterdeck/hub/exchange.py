"""The exchange: board, peers, streams, calls and watched lists as one whole, which every transport speaks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.core.frames import VERSION
from quarterdeck.hub.calls import Calls
from quarterdeck.hub.delivery.board import Board, at_once
from quarterdeck.hub.delivery.queries import Queries
from quarterdeck.hub.delivery.windows import Windows
from quarterdeck.hub.peers import Peers
from quarterdeck.hub.streams import Streams

if TYPE_CHECKING:
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.allowance import Allowance
    from quarterdeck.hub.blobs import Blobs
    from quarterdeck.hub.commits import Commits
    from quarterdeck.hub.delivery.board import Aside
    from quarterdeck.hub.delivery.borders import Timers
    from quarterdeck.hub.frames import Frame
    from quarterdeck.store.contract import Store


class Exchange:
    """``name`` is the deck's, for those who say hello; ``url`` is where this machine reaches the hub over HTTP.

    Without ``blobs`` nobody asks whether a blob that is named is there, without ``allowance`` how many topics are new.
    """

    def __init__(
        self,
        store: Store,
        commits: Commits,
        clock: Clock,
        name: str = "",
        *,
        timers: Timers | None = None,
        aside: Aside = at_once,
        blobs: Blobs | None = None,
        allowance: Allowance | None = None,
        url: str = "",
    ) -> None:
        self.name = name
        self.url = url
        self.store = store
        self.commits = commits
        self.clock = clock
        self.board = Board(store, commits, clock.now, timers=timers, aside=aside)
        self.windows = Windows(self.board, store, commits, clock.now)
        self.allowance = allowance
        self.streams = Streams(self.board, store, commits, blobs, allowance)
        self.peers = Peers()
        self.calls = Calls(self.peers, clock.now, self.board.committed)
        self.queries = Queries(self.board)

    def hello(self, stream: str | None = None, by: str | None = None) -> Frame:
        """The hub's hello; ``acked`` is the last batch of the account's stream."""
        frame: Frame = {
            "t": "hello",
            "version": VERSION,
            "features": [],
            "deck": self.store.deck_id,
            "name": self.name,
            "epoch": self.board.epoch,
            "seq": self.board.seq,
            "now": self.clock.now(),
        }
        if stream is not None:
            frame["acked"] = self.streams.last(stream, by)
        return frame

"""The ring of delivered batches: bounded in bytes, so that no viewer, however slow, costs the hub memory."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.hub.delivery.interest import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.hub.delivery.interest import Interest, Members

RING_BYTES = 16 * 2**20
_OVERHEAD = 200
_NEWEST = 4


class Patch(NamedTuple):
    """A topic's serialised patch: ``plain`` without the cells of series (empty if it had only those), ``full`` with."""

    plain: str
    full: str


class Batch:
    """What changed between two borders. ``entries`` holds the snapshots of topics that entered a watched query."""

    __slots__ = ("_joined", "entries", "newest", "patches", "seq", "size")

    def __init__(self, seq: int, patches: dict[str, Patch], entries: dict[Members, dict[str, str]]) -> None:
        self.seq = seq
        self.patches = patches
        self.entries = entries
        texts = [text for patch in patches.values() for text in patch]
        texts += [text for found in entries.values() for text in found.values()]
        self.size = sum(len(text) for text in texts) + _OVERHEAD * (1 + len(texts))
        self.newest = True
        self._joined: dict[Interest, str] = {}

    def join(self, interest: Interest) -> str:
        """The lines that this interest is owed of the batch; empty if none. Made once for all who watch the same."""
        joined = self._joined.get(interest)
        if joined is None:
            joined = "\n".join(self._lines(interest))
            if self.newest:
                self._joined[interest] = joined
        return joined

    def age(self) -> None:
        """Forget the joins: who comes now is late, and the ring's memory is counted without them."""
        self.newest = False
        self._joined = {}

    def _lines(self, interest: Interest) -> Iterator[str]:
        few = not interest.prefixes and not interest.queries and len(interest.topics) < len(self.patches)
        for topic in interest.topics if few else self.patches:
            patch = self.patches.get(topic)
            wanted = interest.covers(topic, self.seq) if patch else 0
            text = (patch.full if wanted == FULL else patch.plain) if patch and wanted else ""
            if text:
                yield text
        for query in interest.queries:
            yield from self.entries.get(query, {}).values()


class Ring:
    """The latest batches, at most ``limit`` bytes of them."""

    def __init__(self, limit: int = RING_BYTES) -> None:
        self.limit = limit
        self.size = 0
        self.floor = 0  # the seq of the newest batch that fell out: who has seen it can go on from the ring
        self._batches: deque[Batch] = deque()

    def __len__(self) -> int:
        return len(self._batches)

    def append(self, batch: Batch) -> None:
        """Add the newest batch; the oldest fall out."""
        self._batches.append(batch)
        self.size += batch.size
        if len(self._batches) > _NEWEST:
            self._batches[-1 - _NEWEST].age()
        while self.size > self.limit:
            oldest = self._batches.popleft()
            self.size -= oldest.size
            self.floor = oldest.seq

    def since(self, seq: int) -> list[Batch]:
        """The batches after ``seq``, oldest first; complete only if ``seq >= floor``."""
        found: list[Batch] = []
        for batch in reversed(self._batches):
            if batch.seq <= seq:
                break
            found.append(batch)
        found.reverse()
        return found

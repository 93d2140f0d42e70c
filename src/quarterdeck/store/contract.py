"""What every store keeps (states, series, named events, streams and records, never operations) and promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from quarterdeck.core.series import sum_cells
from quarterdeck.core.sums import Sum, sum_of
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quarterdeck.core.begin import Begun
    from quarterdeck.core.fold import TopicState
    from quarterdeck.store.query import Query

Operation = list[Any]
Span = Literal["minute", "hour", "day"]

MINUTES: Mapping[Span, int] = {"minute": 1, "hour": 60, "day": 1440}
"""How many minutes one cell of each span covers."""
KEPT_DAYS: Mapping[Span, int] = {"minute": 7, "hour": 90}
"""How long cells are kept; a span that is not named here is kept for ever."""
BLOCK = 1000
"""How many topics beyond those that are kept are told at a time."""
NAMING = 100
"""How many of the topics that name a blob are told."""
_FEW = 3
DEFAULT_CAP = 10_000
DEFAULT_QUANTUM = 0.001


class StoreError(QuarterdeckError):
    """The store cannot be opened, read or written.

    ``code`` is one of locked, busy, full, corrupt, newer, foreign, closed, broken.
    """


class TopicChange(NamedTuple):
    """The merged operations of one topic since the last commit; or ``begun``, which it begins as, and no operations."""

    topic: str
    kind: str | None
    ops: list[Operation]
    begun: Begun | None = None

    @property
    def operations(self) -> list[Operation]:
        """What is to be done, either way."""
        return self.ops if self.begun is None else self.begun.unfold()


class NamedEvent(NamedTuple):
    """One line of the audit log.  ``at`` is in microseconds UTC; ids sort by time; ``data`` is plain JSON."""

    id: str
    at: int
    topic: str
    name: str
    by: str | None
    data: Any


class Piece(NamedTuple):
    """The cells of one span that begin in the UTC minutes [start, stop)."""

    span: Span
    start: int
    stop: int


class Steps(NamedTuple):
    """Cells, and the minutes in which the steps begin (growing) that they count to."""

    begins: Sequence[int]
    pieces: Sequence[Piece]

    def of(self, minute: int) -> int:
        """Where the step begins that a cell counts to: the last one at or before it, else the first one."""
        return self.begins[max(0, bisect_right(self.begins, minute) - 1)]

    def cut(self, piece: Piece) -> list[Piece] | None:
        """The piece in parts of one step each; None if these would have hardly any cells."""
        inside = self.begins[bisect_right(self.begins, piece.start) : bisect_left(self.begins, piece.stop)]
        if (piece.stop - piece.start) // MINUTES[piece.span] < _FEW * (len(inside) + 1):
            return None
        return [Piece(piece.span, *borders) for borders in pairwise([piece.start, *inside, piece.stop])]


class Amounts(NamedTuple):
    """Rows of a store: cells a span, named events."""

    minute: int
    hour: int
    day: int
    events: int


@dataclass(slots=True)
class Commit:
    """What becomes durable at once, or not at all.

    ``id`` names it: a commit whose id is that of the last one which was stored has no effect, so a commit may be tried
    again when nobody knows how the first try ended.  ``at`` is in microseconds UTC.  ``streams`` holds id ->
    (last batch number, the answer as JSON text); a record whose value is None goes.  ``moves`` are pairs of topics: the
    cells of the first become those of the second, which has none, before the changes count.
    """

    id: str = ""
    at: int = 0
    changes: list[TopicChange] = field(default_factory=list)
    streams: dict[str, tuple[int, str]] = field(default_factory=dict)
    events: list[NamedEvent] = field(default_factory=list)
    records: dict[tuple[str, str], Any] = field(default_factory=dict)
    moves: list[tuple[str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changes or self.streams or self.events or self.records or self.moves)


class Stored(NamedTuple):
    """One member of a page.  ``state`` has only the scalars if the page was asked for without ``whole``."""

    topic: str
    kind: str | None
    state: TopicState


class Page(NamedTuple):
    """Some members of a list, in its order; ``next`` is the cursor of the page behind it, None at the end."""

    items: list[Stored]
    next: str | None


Sums = dict[tuple[str, str], dict[int, Sum]]


class Store(ABC):
    """A place that keeps a deck.  Every store passes the one suite in ``tests/store``.

    ``commit``, ``expire`` and ``close`` block and are for the one writer thread.  All else only reads, sees what is
    committed and nothing else, may be called from any thread, and returns objects that the caller may change.
    """

    deck_id: str
    """Random text, made when the deck was first opened."""

    @abstractmethod
    def commit(self, commit: Commit) -> None:
        """Make it durable; raises StoreError, and then nothing of it is stored.  Topics that must not be kept
        (``query/``, kinds with ``stored`` False) are left out."""

    @abstractmethod
    def load(self, topic: str) -> TopicState | None:
        """The topic's state with types and caps, list items oldest first; None if there is no such topic."""

    @abstractmethod
    def topics(self, query: Query, *, whole: bool = True) -> Page:
        """One page of a list.  ``whole=False`` leaves out lists, maps, counters and scalars over 4 kB, and is fast.
        Raises Refused for a kind, column or cursor that does not exist."""

    @abstractmethod
    def cells(self, topic: str, field: str, span: Span, start: int, stop: int) -> dict[int, list[Any]]:
        """The cells that begin in the UTC minutes [start, stop), keyed by the minute they begin in, oldest first."""

    def sums(self, topics: Sequence[str], fields: Sequence[str], steps: Steps, *, only_counts: bool = False) -> Sums:
        """What series come to, by steps: (topic, field) -> minute in which a step begins -> sum.

        Series and steps without a cell are left out.  ``only_counts``: only ``n`` need be right, which is quicker.
        """
        found: Sums = {}
        for topic, field_ in product(topics, fields):
            cells: dict[int, list[Any]] = {}
            for piece in steps.pieces:
                cells |= self.cells(topic, field_, *piece)
            by_step: dict[int, dict[int, list[Any]]] = {}
            for start, cell in cells.items():
                by_step.setdefault(steps.of(start), {})[start] = cell
            for begin, of_step in sorted(by_step.items()):
                whole = sum_cells(of_step.values())
                if whole is not None:
                    found.setdefault((topic, field_), {})[begin] = sum_of(min(of_step), whole)
        return found

    @abstractmethod
    def naming(self, sha256: str) -> list[str]:
        """The topics whose state names this blob, at most 100 of them."""

    @abstractmethod
    def stream(self, id: str) -> tuple[int, str] | None:
        """The number of the stream's last batch and its answer (JSON text); None for a new stream."""

    @abstractmethod
    def record(self, collection: str, key: str) -> Any:
        """A small keyed value (a user, a token); None if there is none."""

    @abstractmethod
    def records(self, collection: str) -> dict[str, Any]:
        """All records of a collection, ordered by key."""

    @abstractmethod
    def events(
        self, prefix: str = "", *, after: str | None = None, limit: int = 100, name: str = "", by: str | None = None
    ) -> list[NamedEvent]:
        """Named events of the topics under ``prefix``, newest first; ``after`` is the id of the last one seen.

        ``name`` is what their names begin with; ``by`` is who caused them, "*" being anybody.
        """

    @abstractmethod
    def beyond(self, query: Query, keep: int, limit: int = BLOCK) -> list[str]:
        """The topics of a list that come after its first ``keep``, at most ``limit`` of them."""

    @abstractmethod
    def count(self, query: Query) -> int:
        """How many members a list has; ``order``, ``after`` and ``limit`` mean nothing."""

    @abstractmethod
    def amounts(self) -> Amounts:
        """How much is kept besides topics."""

    @abstractmethod
    def expire(self, now: int, limit: int = 500) -> int:
        """Remove at most ``limit`` rows a table that are too old at ``now`` (microseconds UTC): minute and hour cells,
        streams unheard of for 30 days, events older than that without a person behind them.  Returns how many went;
        call again until it is 0."""

    @abstractmethod
    def size(self) -> int:
        """The bytes that the store takes on disk."""

    @abstractmethod
    def close(self) -> None:
        """Give up the store and its lock; a second call does nothing."""

    def prune(self, query: Query, keep: int, limit: int = 100) -> list[str]:
        """End at most ``limit`` topics that come after the first ``keep`` of a list, and say which.

        For a deck without a hub: a hub ends what ``beyond`` names through its board, so that watchers learn of it.
        """
        ended = self.beyond(query, keep, limit)
        if ended:
            self.commit(Commit(changes=[TopicChange(topic, query.kind, [["drop"]]) for topic in ended]))
        return ended

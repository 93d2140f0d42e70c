"""Exactly once: a stream numbers its batches, and its last number is committed together with what the batch did."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from quarterdeck.core.blobs import named_in
from quarterdeck.core.frames import check_frame
from quarterdeck.core.ops import BLOB, Refused, sets
from quarterdeck.core.plain import check_plain
from quarterdeck.core.short import ops_of
from quarterdeck.core.topics import check_topic
from quarterdeck.hub.brief import Brief
from quarterdeck.hub.frames import Frame
from quarterdeck.hub.peers import OWNERS
from quarterdeck.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.hub.allowance import Allowance
    from quarterdeck.hub.blobs import Blobs
    from quarterdeck.hub.commits import Commits
    from quarterdeck.hub.delivery.board import Board
    from quarterdeck.hub.peers import Rights
    from quarterdeck.store.contract import Store

Answer = dict[str, Any]
Incoming = Frame | Brief | Refused
"""A patch as it was read: any, one that is small and checked, or why it could not be read."""
MAX_STREAM = 128
_REMEMBERED = 10_000
_SHOWN = 100
_MOST = 10**9


class Gap(Exception):
    """A batch that cannot be next; ``last`` is the number of the last one that was applied."""

    def __init__(self, batch: int, last: int) -> None:
        self.last = last
        self.code = "gap"
        self.message = f"batch {batch} cannot follow batch {last}"
        self.hint = f"send batch {last + 1}, or begin a new stream"
        super().__init__(self.message)


class Streams:
    """The last batch of each stream, and its answer."""

    def __init__(
        self,
        board: Board,
        store: Store,
        commits: Commits,
        blobs: Blobs | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        self._board = board
        self._allowance = allowance
        self._blobs = blobs
        self._store = store
        self._commits = commits
        self._last: dict[str, tuple[int, str]] = {}
        self.refused = 0
        self.dropped = 0  # events that producers say they had to give up
        self.folding = 0.0  # seconds

    def last(self, stream: str, by: str | None = None) -> int:
        """The number of the last applied batch of the account's stream, 0 for a new one."""
        return self._find(bound(stream, by))[0]

    def accept(
        self, stream: str, batch: int, frames: Sequence[Incoming], rights: Rights, by: str | None = None
    ) -> Answer:
        """Apply a batch of patch frames once; returns its answer, {"acked", "refused"}, not to be given before
        ``board.committed()``.

        A frame that could not be read stands as its refusal, so that the batch counts all the same.  The same number
        again gives the same answer and has no effect. Raises Gap.
        """
        if not rights.sends:
            raise Refused("forbidden", "this peer may not send events", "ask an admin for a token of a producer")
        key = bound(stream, by)
        last, answer = self._find(key)
        if batch == last + 1:
            answer = self._apply(key, batch, frames, rights, by)
        elif not 1 <= batch <= last:
            raise Gap(batch, last)
        elif batch < last:
            answer = _answer(batch, [])
        found: Answer = msgspec.json.decode(answer)
        return found

    def _apply(self, stream: str, batch: int, frames: Sequence[Incoming], rights: Rights, by: str | None) -> str:
        began = time.perf_counter()
        refused = [refusal for frame in frames if (refusal := self._publish(frame, rights, by))]
        self.folding += time.perf_counter() - began
        self.refused += len(refused)
        self.dropped += sum([_given_up(frame) for frame in frames if type(frame) is dict and "dropped" in frame])
        answer = _answer(batch, refused)
        self._last.pop(stream, None)
        self._last[stream] = (batch, answer)
        self._commits.stream(stream, batch, answer)
        return answer

    def _publish(self, came: Incoming, rights: Rights, by: str | None) -> dict[str, str] | None:
        """Publish an event; why it was refused, if it was."""
        try:
            if isinstance(came, Refused):
                raise came
            if not isinstance(came, Brief):
                self._change(came, rights, by)
            elif not self._begin(came, rights, by):
                self._change(came.frame(), rights, by)
        except Refused as refusal:
            shown = _topic_of(came)[:MAX_STREAM]
            return {"topic": shown, "code": refusal.code, "message": refusal.message, "hint": refusal.hint}
        return None

    def _change(self, frame: Frame, rights: Rights, by: str | None) -> None:
        """Publish any event; raises Refused."""
        check_frame(frame)
        topic, ops = frame["topic"], ops_of(frame)
        check_topic(topic)
        begin = rights.begin(topic, self._board)
        if not begin and not rights.may_patch(topic, self._board):
            raise Refused("forbidden", f"this peer may not patch {topic}", "patch free topics, jobs or own runs")
        marked = _marked(ops)
        if marked and not rights.keeps_owner(topic, marked):
            hint = "leave out the fields script and producer: the hub sets them"
            raise Refused("forbidden", f"this peer may not say whose run {topic} is", hint)
        if (data := frame.get("data")) is not None:
            check_plain(data, "data")
        self._check_new(topic, rights)
        if marked:
            self._check_blobs(topic, marked)
        ops = [*sets(**begin), *ops] if begin else ops
        at, name = frame.get("at"), frame.get("name")
        self._board.publish(topic, ops, at=at, name=name, by=by, data=data, new=bool(begin))

    def _begin(self, brief: Brief, rights: Rights, by: str | None) -> bool:
        """Begin a topic, if this is its first event, and nothing in it is to be looked at more closely."""
        topic = brief.topic
        check_topic(topic)
        if not OWNERS.isdisjoint(brief.fields):
            return False
        own = rights.begin(topic, self._board)
        if not own and not self._may_begin(topic, rights):
            return False
        begun = brief.begun(kind_of(topic), own)
        if begun is None:
            return False
        self._check_new(topic, rights)
        self._board.begin(topic, begun, at=brief.at, name=brief.name, by=by)
        return True

    def _may_begin(self, topic: str, rights: Rights) -> bool:
        return self._board.state(topic) is None and rights.may_patch(topic, self._board)

    def _check_new(self, topic: str, rights: Rights) -> None:
        """Raise Refused if a program's account begins more topics than it may."""
        if self._allowance is not None and rights.runs_by is not None and self._board.state(topic) is None:
            self._allowance.take(rights.runs_by, topic)

    def _check_blobs(self, topic: str, ops: list[Any]) -> None:
        """Raise Refused if the event names a blob that nobody has put."""
        for op in named_in(ops):
            state = None if len(op) == 4 else self._board.state(topic)
            is_blob = len(op) == 4 or (state is not None and state.types.get(op[1], [""])[0] == BLOB)
            if is_blob and self._blobs is not None and not self._blobs.renew(op[2]["sha256"]):
                hint = f"PUT /api/blobs/{op[2]['sha256']} first"
                raise Refused("blob-missing", f"{op[1]!r} of {topic} names a blob that is not here", hint)

    def _find(self, stream: str) -> tuple[int, str]:
        found = self._last.get(stream)
        if found is None:
            found = self._store.stream(stream) or (0, "")
            self._last[stream] = found
            self._forget()
        return found

    def _forget(self) -> None:
        """Let go of the streams that were quiet longest, and of which nothing is on its way to the store."""
        if len(self._last) > _REMEMBERED:
            for stream in list(self._last)[: _REMEMBERED // 2]:
                if not self._commits.is_stream_uncommitted(stream):
                    del self._last[stream]


def bound(stream: str, account: str | None) -> str:
    """The name by which a stream is known: under another account the same id is another stream, so that nobody sends
    or counts under another's. What the hub has started has no account. Raises Refused.
    """
    if not 0 < len(stream) <= MAX_STREAM or not stream.isascii() or not stream.isprintable():
        raise Refused("malformed", "a stream's id has 1 to 128 ASCII characters", "make a random one a process")
    return stream if account is None else f"{account}\n{stream}"


def _topic_of(came: Incoming) -> str:
    """What is known of an event's topic."""
    if isinstance(came, Refused):
        return ""
    return came.topic if isinstance(came, Brief) else str(came.get("topic", ""))


def _marked(ops: list[Any]) -> list[Any]:
    """Those of the operations that may say whose a run is, or name a blob: one look at all, as most do neither."""
    try:
        return [op for op in ops if op[1] in OWNERS or (type(op[2]) is dict and "sha256" in op[2])]
    except (LookupError, TypeError):
        return ops  # there are others than of a field and a value


def _given_up(frame: Frame) -> int:
    """How many events its producer gave up before this one, as a patch of a batch may say."""
    said = frame["dropped"]
    return min(said, _MOST) if type(said) is int and said > 0 else 0


def _answer(batch: int, refused: list[dict[str, str]]) -> str:
    """The stored answer; of very many refusals only the first are told, and the number of all."""
    answer: Answer = {"acked": batch, "refused": refused[:_SHOWN]}
    if len(refused) > _SHOWN:
        answer["refused_count"] = len(refused)
    return msgspec.json.encode(answer).decode()

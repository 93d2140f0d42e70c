"""The shapes of what the hub answers by HTTP, for the OpenAPI document; the tests hold the answers to them."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field


class Fault(Struct):
    """What was wrong, and the mend."""

    code: str
    message: str
    hint: str


class Failure(Struct):
    """Every error has this shape; ``last`` stands only beside a gap."""

    error: Fault
    last: int | UnsetType = UNSET


class Done(Struct):
    """It was done."""

    ok: bool


class Health(Struct):
    """Whether the hub can store what it accepts."""

    ok: bool
    version: str


class Me(Struct):
    """Who asks."""

    name: str
    role: str
    csrf: str | None
    deck: str
    needs_password: bool


class Topic(Struct):
    """One member of a list."""

    topic: str
    kind: str | None
    epoch: str
    seq: int
    state: dict[str, Any]


class Topics(Struct):
    """A page of a list; ``next`` is the ``after`` of the page behind it, ``count`` (if asked) how many there are."""

    topics: list[Topic]
    next: str | None
    count: int | UnsetType = UNSET


class Snapshot(Struct):
    """A topic's state as of one seq; ``types`` names every field that is not a scalar."""

    t: str
    topic: str
    seq: int
    epoch: str
    kind: str | None
    state: dict[str, Any]
    types: dict[str, list[Any]]


class Total(Struct):
    """What a series comes to in a span of time, in its own unit; times in microseconds UTC; those figures only that
    were asked for."""

    count: int | UnsetType = UNSET
    sum: float | UnsetType = UNSET
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET
    last: float | UnsetType = UNSET
    last_at: int | UnsetType = UNSET
    p50: float | UnsetType = UNSET
    p90: float | UnsetType = UNSET
    p95: float | UnsetType = UNSET
    p99: float | UnsetType = UNSET
    buckets: dict[str, int] | UnsetType = UNSET


class Step(Total, kw_only=True):
    """One step of a series; ``at`` is when it begins."""

    at: int


class SpanTotal(Total, kw_only=True):
    """The same with when the first cell of that time begins that has a value."""

    first_at: int


class Totals(Struct):
    """For each member of a list its series by their names; null for one without a value in that time."""

    totals: list[MemberTotals]
    next: str | None


class MemberTotals(Struct):
    """One member of a list; ``before`` is the time of the same length before, ``state`` the fields, if asked for."""

    topic: str
    series: dict[str, SpanTotal | None]
    before: dict[str, SpanTotal | None] | UnsetType = UNSET
    state: dict[str, Any] | UnsetType = UNSET


class MemberSeries(Struct):
    """A series by steps; steps without a value are left out."""

    topic: str
    field: str
    quantum: float
    cells: list[Step]


class Series(Struct):
    """A series by steps of ``step`` seconds, or by days ("day"); or those of a list in ``series``."""

    step: int | str
    topic: str | UnsetType = UNSET
    field: str | UnsetType = UNSET
    quantum: float | UnsetType = UNSET
    cells: list[Step] | UnsetType = UNSET
    series: list[MemberSeries] | UnsetType = UNSET
    next: str | UnsetType | None = UNSET


class Line(Struct):
    """One line of a log; ``at`` is its first byte, ``source`` O, E, L:LEVEL or C."""

    at: int
    time: int | None
    source: str | None
    text: str


class Appended(Struct):
    """``at`` is the byte from which the hub has nothing of the log."""

    at: int


class Log(Struct):
    """Lines of a log; ``next`` is the byte to go on from, ``end`` where it ends so far."""

    lines: list[Line]
    next: int
    end: int


class SourceFile(Struct):
    """A file of a script, and its size in bytes."""

    file: str
    size: int


class Source(Struct):
    """The files of a script as they are now, the layout first; ``text`` is that of ``file``, if one was named."""

    topic: str
    version: str
    files: list[SourceFile]
    file: str | None
    text: str | None


class Fire(Struct):
    """A time at which a hook is due (microseconds UTC), or the words of the calendar that will skip it."""

    at: int
    skipped: str | None


class FiresOfHook(Struct):
    """What is due of one hook; ``usual`` is how long a run takes, ``more`` that there is more than was asked for."""

    script: str
    hook: str
    zone: str
    usual: int | None
    times: list[Fire]
    more: bool


class Fires(Struct):
    """What schedules will start from ``now`` on; hooks that are paused are not in it."""

    now: int
    hooks: list[FiresOfHook]


class Event(Struct):
    """A named event: what happened to a topic, when, and who did it."""

    id: str
    at: int
    topic: str
    name: str
    by: str | None
    data: Any


class Events(Struct):
    """Named events, newest first."""

    events: list[Event]
    next: str | None


class Blob(Struct):
    """The file is kept."""

    sha256: str
    size: int


class Reply(Struct):
    """What the owner of a topic answered to a call."""

    reply: Any


class Refusal(Struct):
    """An event that was not accepted."""

    topic: str
    code: str
    message: str
    hint: str


class Acknowledgement(Struct):
    """The batch is durable; the calls wait for replies in a next request."""

    acked: int
    refused: list[Refusal]
    calls: list[dict[str, Any]] = field(default_factory=list)
    refused_count: int | UnsetType = UNSET


class KindField(Struct):
    """How a field is shown; see quarterdeck.kinds.Shown."""

    label: str
    form: str
    unit: str | None
    tones: dict[str, str]


class ShownKind(Struct):
    """A kind with a page; ``names`` is the column that says what a topic is called."""

    name: str
    title: str
    pattern: str
    names: str | None
    about: str
    command: str
    columns: list[str]
    fields: dict[str, KindField]


class Kinds(Struct):
    """Every kind with a page."""

    kinds: list[ShownKind]

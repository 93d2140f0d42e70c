"""A unit of work with progress, ``job/<id>``: a bar, or the process whose bars they are.

Scalars: name, state (running, done, stopped, failed, interrupted, lost), reason (words), started, ended (microseconds
UTC), done, total (null if not known), unit, postfix, rate (units a second, lately), changed (when done last changed),
process (id of the job that is its process; its own for a process), parent (id of the job that it is nested in, of a
process: of the process that started it), run (id, if a run of a script opened it), error {"type", "message"},
traceback (text), function {"name", "file", "line", "signature", "doc"}, called {"file", "line", "code": the lines
around as [number, text]}.
Of a process also: pid, host, user, seen (when it was last heard of).
List history: [microseconds UTC, done], the more widely spaced the longer it runs.
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Keep, Kind
from quarterdeck.kinds.page import Page, Shown

_TONES = {
    "running": "running", "done": "done", "stopped": "off", "failed": "failed", "interrupted": "warn", "lost": "warn"
}  # fmt: skip
_SHOWN = {
    "name": Shown("Job"),
    "state": Shown("State", "state", tones=_TONES),
    "done": Shown("Done", "number"),
    "total": Shown("Of", "number"),
    "rate": Shown("A second", "number"),
    "started": Shown("Started", "time"),
    "ended": Shown("Ended", "time"),
}
JOB = Kind(
    "job",
    "job/*",
    fields={"history": ("list", 1000)},
    columns=("name", "state", "started", "ended", "process", "parent", "run", "pid"),
    orders=(("state", "started"), ("process", "started")),
    produced=True,
    keep=Keep("started", newest=10_000),
    page=Page(
        "Jobs",
        _SHOWN,
        name="name",
        about="A loop, a pool, a batch: what reports its progress appears here, live.",
        command="from quarterdeck.progress import tqdm",
    ),
)

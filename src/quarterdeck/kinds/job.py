"""A unit of work with progress, ``job/<id>``: a bar, or the process whose bars they are.

Scalars: role (program: a process that nothing else that reports has started; worker: a process that one has; bar),
program (id of the job that is its program; a program's own), name, state (running, done, stopped, failed, interrupted,
lost), reason (words), started, ended (microseconds UTC), done, total (null if not known), unit, postfix, rate (units a
second, lately), changed (when done last changed), process (id of the job that is its process; its own for a process),
parent (id of the job that it is nested in, of a process: of the process that started it), run (id, if a run of a script
opened it), error {"type", "message"}, traceback (text), place (where in the code it was opened: the id of
``place/<id>``), arguments (what that function was called with: texts by the names of its parameters, of programs that
allow it), function (what it calls, as a place has it, where that shows only later), stops (true if the call
``stop`` on it stops its program), stopping {"by", "at"} (somebody has called it).  Of a bar that was over before it was
told of: no rate, changed and history, as its times say it all.
Of a pool's also: workers (how many), and of mpire's, if it was asked for them, the map insights, {"tasks": how many,
"start", "init", "waiting", "working", "exit": seconds} by the worker's number, and the list longest of at most five
{"seconds", "args": text, null unless the program allows it} (neither is declared, as the many bars have none).
Of a process also: pid, host, user, seen (when it was last heard of), and the map dismissed: numbers of workers that
it has ended itself -> when.
Of a program under ``quarterdeck run`` also: log {"file", "from", "to"} (bytes), log_lines (count), code (its exit
code), hint (how to mend what ended it, where that is known), and the list tail, the newest log lines [time, source,
text], as a run has them (not declared either).
List history: [microseconds UTC, done], the more widely spaced the longer it runs.
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Keep, Kind

ROLES = ("program", "worker", "bar")

JOB = Kind(
    "job",
    "job/*",
    fields={"history": ("list", 1000)},
    columns=("name", "role", "state", "started", "ended", "program", "process", "parent", "run", "host"),
    orders=tuple((column, "started") for column in ("role", "program", "process", "run", "state")),
    produced=True,
    routine=("job.started", "job.done"),
    # What runs stays, and a loop with many loops in it lets no other program go.
    keep=Keep("started", newest=10_000, lists=tuple((f"role = {role}", "state != running") for role in ROLES)),
)

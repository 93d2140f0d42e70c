"""One execution of a script's hook, ``run/<id>``.

Scalars: script, hook, state (waiting, running, done, failed, cancelled, lost), reason (why it is in that state,
words), cause ("schedule", "trigger", "setup", "retry", "input"), by (who triggered it), producer (the account that
sent it, if no script did), args, version (of the script), due, started, ended (microseconds UTC), duration and late
(microseconds), missed (earlier planned times it stands for), pid, host, attempt and retry_of (of a retry: its number,
the first run being 1, and the first run's id), error {"type", "message"}, traceback (text), frames (list of {"file",
"line", "name", "code": the lines around as [number, text], "own"}), hint (how to mend what ended it, where that is
known), log {"file", "from", "to"} (bytes), log_lines (count), unusual {"kind": long or short, "usual": the median} (of
a good run that is far from those before).
List tail: the newest log lines [time, source, text], source being O (stdout), E (stderr), L:LEVEL
(logging) or C (written past Python, by child processes and native code).
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Kind

RUN = Kind(
    "run",
    "run/*",
    fields={"tail": ("list", 200)},
    columns=("script", "hook", "state", "cause", "due", "started", "ended", "duration"),
    routine=("run.started", "run.done"),
    orders=(("script", "started"), ("script", "duration"), ("state", "started")),
)

"""A script of the deck, ``script/<name>``, and what it keeps between runs, ``script/<name>/store``.

Scalars: name, form (panel or class), path (relative to the deck), state (preparing: its environment is made, loading,
idle, running, waiting, broken, gone), reason (words), since, version (that loaded last), tried (version that did not
load), setup_done (version whose setup ended well), grid (JSON of the layout), error {"type", "message", "hint", "file",
"line"}, traceback, unkept (list of {"key", "why"}: store values that stay in the worker), worker {"pid", "started"},
next_due, running (run id or null), last_run, last_state, last_started, last_duration, attention (true if the latest
run of some hook failed).
Map hooks: name -> {"text" (when, in words), "every", "at", "aligned", "cron", "tz", "jitter", "timeout", "retries",
"backoff", "catch_up", "overlap", "parallel", "skip" (as it was told; spans in microseconds), "module", "line", "setup",
"inputs" (ids of the components that call it), "parameters" (what a run by hand may give it: {"name", "annotation",
"default", "kind", "optional", "choices"}, see core/parameters.py)}.
Map lately: name of a hook -> {"next", "planned" (next without its jitter, if that is another time), "last_run",
"last_state", "skipped", "last_skip" {"at", "times", "reason"}, "slipped", "last_slip" {"at", "run", "late"},
"last_unusual" {"kind": long or short, "usual": the median, "at", "run", "duration"},
"retry" (what comes again) {"at", "of", "attempt"}}, of these what there is.
Map paused: name of a hook, or "*" for all -> {"at", "by"}: its schedule starts nothing until somebody resumes it.
Counters runs: done, failed, cancelled, lost, skipped; noted: slipped, unusually_long, unusually_short.
List strip: the last runs [id, state, duration, started].
Series, in seconds: duration and late, one value a run; failed, how long each run that failed or was lost took;
lost, the same of those that were lost.
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Kind

SCRIPT = Kind(
    "script",
    "script/*",
    fields={
        "hooks": ("map",),
        "lately": ("map",),
        "paused": ("map",),
        "runs": ("counters",),
        "noted": ("counters",),
        "strip": ("list", 40),
        "duration": ("series", 1e-6),
        "late": ("series", 1e-6),
        "failed": ("series", 1e-6),
        "lost": ("series", 1e-6),
    },
    columns=("name", "state", "last_started", "next_due"),
)
# Values are JSON text, so that what a script stored comes back digit by digit. A script may keep secrets there.
STORE = Kind("store", "script/*/store", fields={"values": ("map",)}, private=True)

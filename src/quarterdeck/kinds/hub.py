"""The topic ``hub``: how the hub itself fares.

Scalars: pid, version, started, cpu (share of a core, 0 to 1), memory (bytes), disk (bytes of the store's files),
viewers, producers, topics, dropped (events lost by producers), refused, trouble
({"code", "message", "hint"}: why nothing can be stored at present; null if all is well), webhook ({"receiver": its
address without what is secret, "waiting", "sent" and "lost": numbers of messages, "last_sent", "failing": {"since",
"at", "why", "status"} or null}; null if none is set), kinds (those with a list of their own: list of {"name",
"title"}).
Map failing: programs that failed or were lost, until one of the same name goes well on that host, or for three days: by
the id of the job {"name", "host", "state", "started", "ended", "why"}; the newest 50.
Series, one value a measurement: ingest (events a second), fold and commit (seconds), viewers, dropped, disk (bytes).
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Kind

HUB = Kind(
    "hub",
    "hub",
    fields={
        "failing": ("map",),
        "ingest": ("series", 0.001),
        "fold": ("series", 1e-6),
        "commit": ("series", 1e-6),
        "viewers_seen": ("series", 1),
        "dropped_seen": ("series", 1),
        "disk_seen": ("series", 1),
        "cpu_seen": ("series", 0.001),
        "memory_seen": ("series", 1),
    },
)

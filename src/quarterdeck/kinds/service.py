"""A monitored web service, ``service/<name>``, its endpoints, and what each of its versions did there.

``service/<name>``: all its requests together.  Scalars: name, framework, version (that answered last), last (when:
microseconds UTC).  Map processes: "host:pid" -> {"host", "pid", "version", "since"},
those that answer requests.  Map colors: name of an endpoint -> "#rrggbb", as the configuration says.

``service/<name>/endpoint/<method route>``: the requests of one route and method.  Scalars: service, name (method and
route), method, route (null: no route of the service matched), function {"name", "file", "line", "doc"}, last, level
(0 to 3, how closely its processes look at it: see docs/services.md).

``service/<name>/endpoint/<method route>/version/<version>``: those that one version of the service answered.  Scalars:
service, endpoint, version, last.

Each of these three has the series duration (seconds, one value a request, from the arrival to the last byte of the
answer), refused and errors (the same, of those answered with 400 to 499, and with 500 or more) and the counters status
(by the answer's status code).

``service/<name>/endpoint/<method route>/callers/<version>``, and ``service/<name>/callers/<version>`` of all endpoints
together: who asked, and from where.  Scalars: service, endpoint (null: all), version, last.  Counters users (by what
``config.get_group_by`` says), users_us (microseconds that their requests took together), ips (by address), ips_us:
of the busiest ones; "other" stands for all others.

``service/<name>/exception/<id>``: errors of one type that came through the same functions.  Scalars: service, type,
message (of the last one, without what looks like a secret), last, frames [{"file", "line", "name", "own": whether it is
no library's, "code": the lines around as [number, text]}], the outermost first.  Counters: counts (raised, handled),
endpoints (by their names).  Series raised: one value of 1 for each.

``service/<name>/outlier/<id>``: a request that took much longer than is usual for its endpoint.  Scalars: service,
endpoint, version, at (its end), seconds, usual (seconds: the average of the endpoint), status, function (the innermost
of the user's own when it was found slow), stacks [{"after": seconds, "frames": [{"file", "line", "name", "own": whether
it is no library's, "code" as above: not of every one}]}], request {"method", "path", "route", "query": [[name, value]],
"headers"} without secrets, cpu {"over": the seconds from the first stack to the end, "thread", "process": seconds of
processor time in these, "load", "cores"}, memory {"process", "free", "total"} (bytes).  What is not known is null.

``service/<name>/profile/<method route>``: where the time of an endpoint's requests goes, by samples of their stacks.
Scalars: service, endpoint, version (that told last), period (milliseconds between two samples), last.  Map nodes, a
tree of calls: id -> {"parent": id or null, "name", "file", "line" (of the function), "own"}; counters samples: by a
node's id, how often it was the innermost; counters totals: samples, and us (microseconds that they stand for).
A service or endpoint that is sampled for a while has the scalar profiling {"since", "until", "by"}.
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Keep, Kind

_MEASURED: dict[str, tuple[object, ...]] = {
    "duration": ("series", 1e-6),
    "refused": ("series", 1e-6),
    "errors": ("series", 1e-6),
    "status": ("counters",),
}
SERVICE = Kind(
    "service",
    "service/*",
    fields={**_MEASURED, "processes": ("map",), "colors": ("map",)},
    columns=("name", "last"),
    produced=True,
)
ENDPOINT = Kind(
    "endpoint",
    "service/*/endpoint/*",
    fields=_MEASURED,
    columns=("service", "name", "method", "route", "last"),
    produced=True,
    keep=Keep("last", newest=1000, each=("service",)),
)
VERSION = Kind(
    "version",
    "service/*/endpoint/*/version/*",
    fields=_MEASURED,
    columns=("service", "endpoint", "version", "last"),
    produced=True,
    keep=Keep("last", newest=100, days=365, each=("service", "endpoint")),
)
_ASKED: dict[str, tuple[object, ...]] = dict.fromkeys(("users", "users_us", "ips", "ips_us"), ("counters",))
CALLERS = Kind(
    "callers",
    ("service/*/endpoint/*/callers/*", "service/*/callers/*"),
    fields=_ASKED,
    columns=("service", "endpoint", "version", "last"),
    produced=True,
    keep=Keep("last", newest=20, days=90, each=("service", "endpoint")),
)
EXCEPTION = Kind(
    "exception",
    "service/*/exception/*",
    fields={"counts": ("counters",), "endpoints": ("counters",), "raised": ("series", 1)},
    columns=("service", "type", "last"),
    produced=True,
    keep=Keep("last", newest=500, days=365, each=("service",)),
)
OUTLIER = Kind(
    "outlier",
    "service/*/outlier/*",
    columns=("service", "endpoint", "version", "at", "seconds", "usual", "status", "function"),
    orders=(("service", "at"), ("service", "endpoint"), ("endpoint", "at"), ("endpoint", "seconds")),
    produced=True,
    keep=Keep("at", newest=100, each=("service", "endpoint")),
)
PROFILE = Kind(
    "profile",
    "service/*/profile/*",
    fields={"nodes": ("map",), "samples": ("counters",), "totals": ("counters",)},
    columns=("service", "endpoint", "version", "last"),
    produced=True,
    keep=Keep("last", days=30),
)

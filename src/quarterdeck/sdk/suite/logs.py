"""The logs of Flask-MonitoringDashboard: what an application wrote of its requests, and which test each is of.

``test_runs.log`` is written, ``endpoint_hits.log`` is read (both in DASHBOARD_LOG_DIR; times are local), and
``start_endpoint_hits.log`` with ``finish_endpoint_hits.log``, which version 2 wrote into the home folder (times are
UTC).  The last line of a log may be half written.  A ``folder`` is what stands before a file's name, as the documented
code of applications writes it: it ends in a slash.
"""

from __future__ import annotations

import csv
import datetime
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.sdk.suite.recorder import Recorder

    Told = tuple[datetime.datetime, str]

HITS, RUNS = "endpoint_hits.log", "test_runs.log"
STARTED, FINISHED = "start_endpoint_hits.log", "finish_endpoint_hits.log"
_HITS_HEAD = '"time","endpoint"\n'
_RUNS_HEAD = '"start_time","stop_time","test_name"\n'
_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


def empty(folder: str) -> None:
    """Begin anew: what an earlier run has left is of other tests.  Raises OSError."""
    os.makedirs(os.path.dirname(folder + HITS) or ".", exist_ok=True)
    for name, head in ((HITS, _HITS_HEAD), (RUNS, _RUNS_HEAD)):
        with open(folder + name, "w", encoding="utf-8") as file:
            file.write(head)


def write_runs(folder: str, recorder: Recorder) -> None:
    """Which test ran when, for whoever reads it as before."""
    with open(folder + RUNS, "w", encoding="utf-8", newline="") as file:
        file.write(_RUNS_HEAD)
        rows = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for ran in recorder.runs:
            begun = datetime.datetime.fromtimestamp(ran.began / 1e6)  # noqa: DTZ006 - local, as always
            ended = begun + datetime.timedelta(seconds=ran.seconds)
            rows.writerow((begun.strftime(_FORMAT), ended.strftime(_FORMAT), ran.name))


def read_hits(path: str, zone: datetime.tzinfo | None = None) -> list[Told]:
    """Times and endpoints, in the order of the file; times are of ``zone`` (None: local).  [] if there is no file."""
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            return list(_hits(csv.reader(file), zone))
    except FileNotFoundError:
        return []


def attribute(recorder: Recorder, hits: list[tuple[datetime.datetime, str, float | None]]) -> None:
    """Add requests (when they ended, endpoint, seconds or None) to the tests that ran at that time.

    A test whose requests were seen where they came in is left as it is: they would count twice.
    """
    seen = {name for name, _, _ in recorder.requests}
    # One test at a time: of workers of xdist that share a log the first that ran then has it.
    spans = sorted(
        (ran.began, ran.began + round(ran.seconds * 1e6), (ran.name, ran.repetition))
        for ran in recorder.runs
        if ran.name not in seen
    )
    for at, endpoint, seconds in hits:
        moment = round(at.timestamp() * 1e6)
        test = next((key for begun, ended, key in spans if begun <= moment <= ended), None)
        recorder.asked(test, endpoint, seconds)


def read(recorder: Recorder, folder: str | None, home: str, since: float) -> None:
    """Attribute what the logs say: that of ``folder``, and those of version 2 in ``home`` written after ``since``."""
    if folder is not None:
        attribute(recorder, [(at, endpoint, None) for at, endpoint in read_hits(folder + HITS)])
    finished = os.path.join(home, FINISHED)
    if os.path.exists(finished) and os.path.getmtime(finished) >= since:
        ended = read_hits(finished, datetime.UTC)
        begun = read_hits(os.path.join(home, STARTED), datetime.UTC)
        pairs = zip(begun, ended, strict=False)
        attribute(recorder, [(to, name, max(0.0, (to - at).total_seconds())) for (at, _), (to, name) in pairs])


def _hits(rows: Iterator[list[str]], zone: datetime.tzinfo | None) -> Iterator[Told]:
    for row in rows:
        if len(row) < 2:
            continue
        try:
            at = datetime.datetime.fromisoformat(row[0])
        except ValueError:
            continue  # its head, or half a line
        yield at.replace(tzinfo=zone) if zone is not None and at.tzinfo is None else at, row[1]

"""What a run of a suite comes to, in the format that ``/submit-test-results`` takes.  Pure."""

from __future__ import annotations

import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from quarterdeck.sdk.suite.recorder import Ran, Recorder

_MS = 1000


def results_of(recorder: Recorder, facts: dict[str, Any]) -> dict[str, Any]:
    """The results; ``facts`` are what stands beside them (app_version, travis_job, service, ci, runner, python)."""
    return {
        "test_runs": [_row(ran) for ran in recorder.runs],
        "endpoint_exec_times": [
            {
                "endpoint": endpoint,
                "exec_time": round(found.seconds * _MS / found.hits, 3),
                "test_name": name,
                "iter": repetition,
                "hits": found.hits,
            }
            for (name, repetition, endpoint), found in recorder.requests.items()
            if found.seconds is not None
        ],
        "grouped_tests": _grouped(recorder),
        **{name: value for name, value in facts.items() if value is not None},
    }


def failures(results: dict[str, Any]) -> list[tuple[str, int, int, str]]:
    """The tests that failed: name, how many of how many repetitions, and what the last of them said."""
    found: dict[str, tuple[int, int, str]] = {}
    for row in results["test_runs"]:
        failed, all_, error = found.get(row["name"], (0, 0, ""))
        found[row["name"]] = (failed + (not row["successful"]), all_ + 1, row.get("error") or error)
    return [(name, failed, all_, error) for name, (failed, all_, error) in found.items() if failed]


def counted(results: dict[str, Any], word: str, field: str = "name", rows: str = "test_runs") -> str:
    """``3 tests``: how many different ones there are."""
    count = len({row[field] for row in results[rows]})
    return f"{count} {word}{'' if count == 1 else 's'}"


def _grouped(recorder: Recorder) -> list[dict[str, str]]:
    """Which test asks which endpoint, where no more is known."""
    pairs: Iterable[tuple[str, str]] = dict.fromkeys(
        (endpoint, name) for (name, _, endpoint), found in recorder.requests.items() if found.seconds is None
    )
    return [{"endpoint": endpoint, "test_name": name} for endpoint, name in pairs]


def _row(ran: Ran) -> dict[str, Any]:
    time = datetime.datetime.fromtimestamp(ran.began / 1e6, datetime.UTC).isoformat(" ")
    row = {
        "name": ran.name,
        "exec_time": round(ran.seconds * _MS, 3),
        "time": time,
        "successful": ran.successful,
        "iter": ran.repetition,
    }
    return {**row, "error": ran.error} if ran.error else row

"""What would go if these limits held: counted, nothing is touched.  All of it blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.core.topics import join
from quarterdeck.hub.logs import old_logs
from quarterdeck.hub.retention.surplus import (
    FAILED,
    OTHERS,
    PROGRAMS,
    beyond,
    logs_before,
    may_have_surplus,
    runs_of,
    scripts_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from quarterdeck.hub.retention.limits import Limits
    from quarterdeck.store.contract import Store
    from quarterdeck.store.query import Query


class Plan(NamedTuple):
    """What would go, in runs (failures apart) and logs."""

    runs: int = 0
    failures: int = 0
    log_files: int = 0
    log_bytes: int = 0


def plan(store: Store, logs: Path, limits: Limits, now: int) -> Plan:
    """The sum over all scripts, and the logs of programs."""
    first = min((int(item.state.values["started"]) for item in store.topics(PROGRAMS, whole=False).items), default=now)
    old = old_logs(logs, "job", logs_before(first, limits, now))
    found = Plan(log_files=len(old), log_bytes=sum(size for _, size in old))
    for script in scripts_of(store):
        failures, others, oldest = _of_script(store, script, limits, now)
        old = [] if script is None else old_logs(logs, join("script", script), logs_before(oldest, limits, now))
        found = Plan(
            found.runs + others,
            found.failures + failures,
            found.log_files + len(old),
            found.log_bytes + sum(size for _, size in old),
        )
    return found


def _of_script(store: Store, script: str | None, limits: Limits, now: int) -> tuple[int, int, int]:
    """How many failures and other runs would go, and when the oldest that stays started."""
    if not may_have_surplus(store, script, limits):
        begun = runs_of(script, ("started >= 0",))
        first = store.topics(replace(begun, order="started", limit=1), whole=False).items
        return 0, 0, int(first[0].state.values["started"]) if first else now
    failures, first_failure = _of(store, runs_of(script, FAILED), limits, now)
    others, first_other = _of(store, runs_of(script, OTHERS), limits, now)
    running = _started(store, runs_of(script, ("state = running",)), now)
    return failures, others, min(first_failure, first_other, running)


def _of(store: Store, query: Query, limits: Limits, now: int) -> tuple[int, int]:
    """How many runs of a list would go, and when the oldest that stays started."""
    total = stay = store.count(query)
    for surplus, keep in beyond(query, limits, now):
        stay = min(stay, total - max(0, store.count(surplus) - keep))
    return total - stay, _started(store, query, now, stay)


def _started(store: Store, query: Query, now: int, stay: int | None = None) -> int:
    """When the last of the first ``stay`` runs (None: of all) started; ``now`` if there is none."""
    count = store.count(query) if stay is None else stay
    last = store.beyond(query, count - 1, 1) if count else []
    state = store.load(last[0]) if last else None
    started = state.values.get("started") if state else None
    return started if isinstance(started, int) else now

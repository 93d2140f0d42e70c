"""A deck with a long past: ``python tests/seed.py DECK --runs 100000`` writes finished runs into its store.

The hub must not run meanwhile.  Of the scripts none has files, so a hub shows them as gone; the runs are as real ones.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from typing import Any

from quarterdeck.core.topics import new_id
from quarterdeck.kinds import all_kinds, kind_of
from quarterdeck.store.contract import Commit, TopicChange
from quarterdeck.store.sqlite import SqliteStore

STATES = ("done", "done", "done", "done", "done", "done", "done", "failed", "cancelled", "lost")
HOOKS = ("update", "report", "clean_up")
STEP_US = 7_000_000
A_COMMIT = 1000


def seed(deck: Path, runs: int, scripts: int, *, now: int | None = None) -> None:
    """Write ``runs`` runs of ``scripts`` scripts, the newest of them a little before ``now`` (microseconds UTC)."""
    store = SqliteStore(_place(deck), all_kinds())
    end = time.time_ns() // 1000 if now is None else now
    chance = random.Random(20_260_312)
    store.commit(Commit(id="scripts", at=end, changes=[_script(number, end) for number in range(scripts)]))
    for first in range(0, runs, A_COMMIT):
        numbers = range(first, min(first + A_COMMIT, runs))
        changes = [_run(number, end - (runs - number) * STEP_US, scripts, chance) for number in numbers]
        store.commit(Commit(id=f"runs {first}", at=end, changes=changes))
    store.close()


def seed_jobs(deck: Path, programs: int, *, now: int | None = None) -> None:
    """Write ``programs`` programs that have ended, with a bar each, the newest of them a little before ``now``."""
    store = SqliteStore(_place(deck), all_kinds())
    end = time.time_ns() // 1000 if now is None else now
    for first in range(0, programs, A_COMMIT):
        numbers = range(first, min(first + A_COMMIT, programs))
        changes = [change for number in numbers for change in _program(number, end - (programs - number) * STEP_US)]
        store.commit(Commit(id=f"jobs {first}", at=end, changes=changes))
    store.close()


def _program(number: int, started: int) -> list[TopicChange]:
    id, bar = new_id(started, 2 * number), new_id(started, 2 * number + 1)
    shared = {"state": "done", "reason": "it came to its end", "started": started, "ended": started + STEP_US}
    of = {"program": id, "process": id, "host": "here", "user": "ines"}
    far = {"done": 90, "total": 90, "unit": "row", "rate": 12.5, "changed": started + STEP_US}
    process = {**shared, **of, "role": "program", "name": f"batch-{number:05}.py", "pid": 4711}
    loop = {**shared, **of, **far, "role": "bar", "parent": id, "name": f"rows of {number:05}"}
    return [_begun(f"job/{id}", [], process), _begun(f"job/{bar}", [], loop)]


def _place(deck: Path) -> Path:
    folder = deck / ".quarterdeck"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder / "quarterdeck.db"


def name_of(number: int) -> str:
    """The name of a seeded script."""
    return f"seeded-{number:04}"


def _script(number: int, now: int) -> TopicChange:
    fields = {"name": name_of(number), "state": "gone", "last_started": now, "last_state": "done", "form": "panel"}
    hooks = {hook: {"text": "every minute", "every": 60_000_000} for hook in HOOKS}
    lately = {hook: {"last_state": "done"} for hook in HOOKS}
    strip = [[f"{at}", "done", 1_000_000 + at, now - at] for at in range(40)]
    return _begun(
        f"script/{name_of(number)}",
        [["put", "hooks", hooks], ["put", "lately", lately], ["push", "strip", strip, 40]],
        fields,
    )


def _run(number: int, started: int, scripts: int, chance: random.Random) -> TopicChange:
    state, hook = chance.choice(STATES), chance.choice(HOOKS)
    duration = int(chance.lognormvariate(13.5, 1.5))
    fields: dict[str, Any] = {
        "script": name_of(chance.randrange(scripts)),
        "hook": hook,
        "state": state,
        "reason": "the hook returned" if state == "done" else "it was due",
        "cause": "schedule",
        "due": started,
        "started": started,
        "ended": started + duration,
        "duration": duration,
        "late": chance.randrange(3_000),
        "pid": 4711,
        "host": "here",
        "version": "seeded",
        "log_lines": 3,
    }
    if state == "failed":
        fields["error"] = {"type": "ValueError", "message": f"no reading in line {number}"}
        fields["traceback"] = "Traceback (most recent call last):\n" + "  and so on\n" * 20
    tail = [[started + at, "O", f"line {at} of run {number}"] for at in range(3)]
    return _begun(f"run/{new_id(started, chance.getrandbits(45))}", [["push", "tail", tail, 200]], fields)


def _begun(topic: str, ops: list[list[Any]], fields: dict[str, Any]) -> TopicChange:
    kind = kind_of(topic)
    assert kind is not None
    return TopicChange(topic, kind.name, [*kind.birth(), *(["set", *field] for field in fields.items()), *ops])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deck", type=Path)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--scripts", type=int, default=100)
    options = parser.parse_args()
    seed(options.deck, options.runs, options.scripts)


if __name__ == "__main__":
    main()

"""What a script's topic says of it: its state, its hooks, and what is derived from the ends of its runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.core.series import add_cells, cell_of, minute_of
from quarterdeck.core.topics import join
from quarterdeck.hub.schedules.plan import RULES, SAME, is_scheduled, plan_of
from quarterdeck.hub.schedules.turns import Retry
from quarterdeck.hub.scripts.runs import sets, topic_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.schedules.calendars import Calendars
    from quarterdeck.hub.schedules.plan import Plan
    from quarterdeck.hub.scripts.needs import Board
    from quarterdeck.hub.scripts.usual import Unusual

Times = Mapping[str, tuple[int, int]]
QUANTUM = 1e-6
STRIP = 40
_BAD = ("failed", "lost")


class Standing:
    """Writes ``script/NAME``.  All it remembers is on the board."""

    def __init__(self, name: str, board: Board, clock: Clock, calendars: Calendars | None = None) -> None:
        self.name = name
        self.topic = join("script", name)
        self._board = board
        self._clock = clock
        self._calendars = calendars

    @property
    def values(self) -> dict[str, Any]:
        """The topic's present values; not to be changed."""
        state = self._board.state(self.topic)
        return state.values if state else {}

    @property
    def hooks(self) -> dict[str, dict[str, Any]]:
        """The hooks of the version that loaded last, by name."""
        return dict(self.values.get("hooks") or {})

    def become(self, state: str, reason: str = "", *, name: str | None = None, **fields: Any) -> None:
        """Say the state and why; what is said already is not said again.  ``name`` makes it a named event."""
        values = self.values
        wanted = {"name": self.name, "state": state, "reason": reason, **fields}
        changed = {key: value for key, value in wanted.items() if key not in values or values[key] != value}
        if "state" in changed:
            changed["since"] = self._clock.now()
        if changed or name:
            data = {"reason": reason} if reason else None
            self._board.publish(self.topic, sets(**changed), name=name, data=data)

    def loaded(self, version: str, result: Mapping[str, Any]) -> None:
        """The script loaded: its form, layout and hooks.  Raises BadPlan."""
        before = self.hooks
        entries = {
            hook["name"]: _entry(hook, before.get(hook["name"], {}), self._calendars) for hook in result["hooks"]
        }
        setup = result.get("setup")
        if setup:
            entries[setup] = _entry({"name": setup, "setup": True}, before.get(setup, {}), None)
        ops: list[list[Any]] = [["drop", "hooks", name] for name in before if name not in entries]
        ops += [["put", "hooks", entries]] if entries else []
        ops += sets(form=result.get("form", "panel"), grid=result.get("grid"), unkept=result.get("unkept") or [])
        ops += sets(version=version, error=None, traceback=None, tried=None)
        self._board.publish(self.topic, ops, name="script.loaded", data={"version": version})

    def broken(self, version: str, error: Mapping[str, Any]) -> None:
        """The script does not load; its last hooks are due no more."""
        told = {key: error.get(key) for key in ("type", "message", "file", "line", "hint")}
        if told["type"] == "Broken":  # ours: its message says all
            told["type"] = None
        told["message"] = str(told["message"] or "it does not load").removeprefix(f"{told['type']}: ")
        said = self.values.get("state") == "broken" and self.values.get("tried") == version
        self._board.publish(self.topic, [["drop", "hooks", name] for name in self.hooks])
        self.become(
            "broken",
            str(error.get("message") or "it does not load"),
            name=None if said else "script.broken",
            error=told,
            traceback=error.get("traceback"),
            tried=version,
            running=None,
            worker=None,
            next_due=None,
            attention=True,
        )

    def plans(self) -> dict[str, Plan | None]:
        """The hooks as the topic has them; None for what runs by trigger only."""
        return {
            name: plan_of(name, entry, self._calendars) if is_scheduled(entry) else None
            for name, entry in self.hooks.items()
        }

    @property
    def setup_hook(self) -> str | None:
        """The name that stands for setup; None if the script has none."""
        return next((name for name, entry in self.hooks.items() if entry.get("setup")), None)

    def needs_setup(self, version: str) -> bool:
        """Whether components begin as the layout says, and setup runs.

        So it is for a new version, after a setup that did not end well, and if a worker took values with it.
        """
        values = self.values
        if values.get("version") != version:
            return True
        return self.setup_hook is not None and (values.get("setup_done") != version or bool(values.get("unkept")))

    def planned(self) -> dict[str, int]:
        """The planned times that the hub before this one had set."""
        times = {name: entry.get("planned") or entry.get("next") for name, entry in self.hooks.items()}
        return {name: time for name, time in times.items() if isinstance(time, int)}

    def retries(self) -> dict[str, Retry]:
        """The retries that the hub before this one had planned."""
        found = {}
        for name, entry in self.hooks.items():
            retry = entry.get("retry")
            first = self._board.state(topic_of(retry["of"])) if retry else None
            if retry and first:
                args = first.values.get("args") or {}
                found[name] = Retry(retry["at"], retry["of"], retry["attempt"], first.values.get("by"), args)
        return found

    def due(self, times: Times, retries: Mapping[str, Retry]) -> None:
        """The next times, (planned, due) by hook, and what is to be run again."""
        ops = self._due(self.hooks, {}, times, retries)
        if ops:
            self._board.publish(self.topic, ops)

    def _due(
        self, hooks: Mapping[str, Any], changed: dict[str, Any], times: Times, retries: Mapping[str, Retry]
    ) -> list[list[Any]]:
        """The same as operations, together with the hooks that have ``changed`` already."""
        for name, entry in hooks.items():
            planned, due = times.get(name, (None, None))
            if planned == due:
                planned = None  # told only where jitter makes it another time
            retry = retries.get(name)
            if retry is None and (entry.get("next"), entry.get("planned"), entry.get("retry")) == (due, planned, None):
                continue
            told = {"at": retry.due, "of": retry.first, "attempt": retry.attempt} if retry else None
            changed[name] = {**entry, "next": due, "planned": planned, "retry": told}
        ops: list[list[Any]] = [["put", "hooks", changed]] if changed else []
        following = min((due for _, due in times.values()), default=None)
        return ops if self.values.get("next_due") == following else ops + sets(next_due=following)

    def paused(
        self,
        before: Mapping[str, Any],
        now: Mapping[str, Any],
        *,
        name: str | None = None,
        by: str | None = None,
        hook: str | None = None,
    ) -> None:
        """What of the script is paused; ``name`` makes it a named event about ``hook``, or the whole script."""
        ops: list[list[Any]] = [["drop", "paused", key] for key in before if key not in now]
        ops += [["put", "paused", dict(now)]]
        self._board.publish(self.topic, ops, name=name, by=by, data={"hook": hook} if name else None)

    def skipped(self, hook: str, times: int, reason: str) -> None:
        """So many planned times passed without a run, for this reason."""
        ops: list[list[Any]] = [["add", "runs", {"skipped": times}]]
        entry = self.hooks.get(hook)
        if entry is not None:
            skip = {"at": self._clock.now(), "times": times, "reason": reason}
            ops.append(
                ["put", "hooks", {hook: {**entry, "skipped": entry.get("skipped", 0) + times, "last_skip": skip}}]
            )
        self._board.publish(self.topic, ops)

    def slipped(self, hook: str, run: str, late: int) -> None:
        """A planned run started so many microseconds late, which is more than it should."""
        entry = self.hooks.get(hook)
        if entry is None:
            return
        slip = {"at": self._clock.now(), "run": run, "late": late}
        entry = {**entry, "slipped": entry.get("slipped", 0) + 1, "last_slip": slip}
        ops: list[list[Any]] = [["add", "noted", {"slipped": 1}], ["put", "hooks", {hook: entry}]]
        self._board.publish(self.topic, ops, name="script.slipped", data={"hook": hook, **slip})

    def unusual(self, hook: str, run: str, duration: int, found: Unusual) -> None:
        """A run took unusually long, or was unusually short."""
        told = {"kind": found.kind, "usual": found.usual}
        self._board.publish(topic_of(run), sets(unusual=told))
        entry = self.hooks.get(hook)
        if entry is not None:
            last = {**told, "at": self._clock.now(), "run": run, "duration": duration}
            ops: list[list[Any]] = [["add", "noted", {f"unusually_{found.kind}": 1}]]
            self._board.publish(self.topic, [*ops, ["put", "hooks", {hook: {**entry, "last_unusual": last}}]])

    def ended(
        self,
        ends: Sequence[tuple[str, Mapping[str, Any]]],
        times: Times | None = None,
        retries: Mapping[str, Retry] | None = None,
    ) -> None:
        """Runs of this script are over: the strip, the counts, the series, the last of all and of their hooks.

        In the same event, if it is known: when the hooks are due next, and what is to be run again.
        """
        ends = [(id, run) for id, run in ends if run["state"] in END_STATES]
        if not ends:
            return
        id, run = ends[-1]
        states = [run["state"] for _, run in ends]
        ops: list[list[Any]] = [
            ["add", "runs", {state: states.count(state) for state in set(states)}],
            [
                "push",
                "strip",
                [[id, run["state"], run.get("duration") or 0, run.get("started")] for id, run in ends],
                STRIP,
            ],
            *_series_of([run for _, run in ends]),
            *sets(last_run=id, last_state=run["state"], last_started=run.get("started")),
            *sets(last_duration=run.get("duration") or 0),
        ]
        if self.values.get("running") in [id for id, _ in ends]:
            ops += sets(running=None)
        hooks = self.hooks
        changed, more = _of_hooks(hooks, ends)
        hooks.update(changed)
        attention = any(entry.get("last_state") in _BAD for entry in hooks.values())
        if self.values.get("attention") != attention:
            more += sets(attention=attention)
        if times is not None:
            more += self._due(hooks, changed, times, retries or {})
        elif changed:
            more.append(["put", "hooks", changed])
        self._board.publish(self.topic, ops + more)


def _of_hooks(
    hooks: Mapping[str, Any], ends: Sequence[tuple[str, Mapping[str, Any]]]
) -> tuple[dict[str, Any], list[list[Any]]]:
    """The hooks of which runs have ended, as they are then; and what a good setup says."""
    changed: dict[str, Any] = {}
    ops: list[list[Any]] = []
    for id, run in ends:
        name = str(run.get("hook"))
        entry = hooks.get(name)
        if entry is not None:
            changed[name] = {**entry, "last_run": id, "last_state": run["state"]}
            if entry.get("setup") and run["state"] == "done":
                ops += sets(setup_done=run.get("version"))
    return changed, ops


def _series_of(runs: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    series: dict[str, dict[str, Any]] = {}
    for run in runs:
        started, duration = run.get("started"), run.get("duration") or 0
        if not isinstance(started, int):
            continue
        values = {"duration": duration, "late": run.get("late") or 0}
        if run["state"] in _BAD:
            values["failed"] = duration
        if run["state"] == "lost":
            values["lost"] = duration
        for field, value in values.items():
            add_cells(series.setdefault(field, {}), {minute_of(started): cell_of(value, started)})
    return [["record", field, cells, QUANTUM] for field, cells in series.items()]


def _entry(hook: Mapping[str, Any], before: Mapping[str, Any], calendars: Calendars | None) -> dict[str, Any]:
    entry = {
        **{key: hook.get(key) for key in (*SAME, *RULES)},
        "aligned": bool(hook.get("aligned")),
        "module": hook.get("module"),
        "line": hook.get("line"),
        "setup": bool(hook.get("setup")),
        "inputs": list(hook.get("inputs") or ()),
        "parameters": list(hook.get("parameters") or ()),
    }
    same = all(before.get(key) == entry[key] for key in SAME)
    return {
        **entry,
        "text": _text_of(hook["name"], entry, calendars),
        "next": before.get("next") if same else None,
        "planned": before.get("planned") if same else None,
        "last_run": before.get("last_run"),
        "last_state": before.get("last_state"),
        "skipped": before.get("skipped", 0),
        "last_skip": before.get("last_skip"),
        "slipped": before.get("slipped", 0),
        "last_slip": before.get("last_slip"),
        "last_unusual": before.get("last_unusual"),
        "retry": before.get("retry"),
    }


def _text_of(name: str, entry: dict[str, Any], calendars: Calendars | None) -> str:
    """When the hook runs, in words."""
    used = f"on {', '.join(entry['inputs'])}" if entry["inputs"] else ""
    planned = plan_of(name, entry, calendars).text() if is_scheduled(entry) else ""
    return ", ".join(filter(None, (planned, used))) or "once a version"

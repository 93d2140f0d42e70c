"""What a script's topic says of it: its state, its hooks, and what is derived from the ends of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.core.schedule import schedule_of
from quarterdeck.core.series import cell_of, minute_of
from quarterdeck.core.topics import join
from quarterdeck.hub.scripts.runs import sets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.core.clock import Clock
    from quarterdeck.core.schedule import Schedule
    from quarterdeck.hub.scripts.needs import Board

QUANTUM = 1e-6
STRIP = 40
_BAD = ("failed", "lost")


class Standing:
    """Writes ``script/NAME``.  All it remembers is on the board."""

    def __init__(self, name: str, board: Board, clock: Clock) -> None:
        self.name = name
        self.topic = join("script", name)
        self._board = board
        self._clock = clock

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
        """The script loaded: its form, layout and hooks."""
        before = self.hooks
        entries = {hook["name"]: _entry(hook, before.get(hook["name"], {})) for hook in result["hooks"]}
        setup = result.get("setup")
        if setup:
            entries[setup] = _entry({"name": setup, "setup": True}, before.get(setup, {}))
        ops: list[list[Any]] = [["drop", "hooks", name] for name in before if name not in entries]
        ops += [["put", "hooks", entries]] if entries else []
        ops += sets(form=result.get("form", "panel"), grid=result.get("grid"), unkept=result.get("unkept") or [])
        ops += sets(version=version, error=None, traceback=None)
        self._board.publish(self.topic, ops, name="script.loaded", data={"version": version})

    def broken(self, version: str, error: Mapping[str, Any]) -> None:
        """The script does not load; its last hooks are due no more."""
        told = {key: error.get(key) for key in ("type", "message", "file", "line", "hint")}
        self._board.publish(self.topic, [["drop", "hooks", name] for name in self.hooks])
        self.become(
            "broken",
            str(error.get("message") or "it does not load"),
            name="script.broken",
            error=told,
            traceback=error.get("traceback"),
            tried=version,
            running=None,
            next_due=None,
            attention=True,
        )

    def schedules(self) -> dict[str, Schedule | None]:
        """The hooks as the topic has them; None for what runs by trigger only."""
        return {
            name: schedule_of(entry) if isinstance(entry.get("every"), int) else None
            for name, entry in self.hooks.items()
        }

    def planned(self) -> dict[str, int]:
        """The due times that the hub before this one had set."""
        return {name: entry["next"] for name, entry in self.hooks.items() if isinstance(entry.get("next"), int)}

    def due(self, due: Mapping[str, int], *, started: str | None = None, **fields: Any) -> None:
        """The next due times, and the run that starts now."""
        hooks = self.hooks
        changed = {
            name: {**entry, "next": due.get(name)}
            for name, entry in hooks.items()
            if entry.get("next") != due.get(name)
        }
        ops: list[list[Any]] = [["put", "hooks", changed]] if changed else []
        following = min(due.values(), default=None)
        if self.values.get("next_due") != following:
            ops += sets(next_due=following)
        if started is not None:
            ops += sets(running=started, since=self._clock.now(), **fields)
        if ops:
            self._board.publish(self.topic, ops)

    def skipped(self, hook: str, times: int) -> None:
        """So many planned times passed while the hook waited or ran."""
        ops: list[list[Any]] = [["add", "runs", {"skipped": times}]]
        entry = self.hooks.get(hook)
        if entry is not None:
            ops.append(["put", "hooks", {hook: {**entry, "skipped": entry.get("skipped", 0) + times}}])
        self._board.publish(self.topic, ops)

    def ended(self, id: str, run: Mapping[str, Any]) -> None:
        """A run of this script is over: the strip, the counts, the series, the last of all and of its hook."""
        state, duration, started = run["state"], run.get("duration") or 0, run.get("started")
        if state not in END_STATES:
            return
        ops: list[list[Any]] = [
            ["add", "runs", {state: 1}],
            ["push", "strip", [[id, state, duration, started]], STRIP],
        ]
        if isinstance(started, int):
            minute = minute_of(started)
            ops.append(["record", "duration", {minute: cell_of(duration, started)}, QUANTUM])
            ops.append(["record", "late", {minute: cell_of(run.get("late") or 0, started)}, QUANTUM])
        ops += sets(last_run=id, last_state=state, last_started=started, last_duration=duration)
        if self.values.get("running") == id:
            ops += sets(running=None)
        self._board.publish(self.topic, ops + self._of_hook(id, run))

    def _of_hook(self, id: str, run: Mapping[str, Any]) -> list[list[Any]]:
        hooks = self.hooks
        entry = hooks.get(str(run.get("hook")))
        ops: list[list[Any]] = []
        if entry is not None:
            entry = hooks[run["hook"]] = {**entry, "last_run": id, "last_state": run["state"]}
            ops.append(["put", "hooks", {run["hook"]: entry}])
            if entry.get("setup") and run["state"] == "done":
                ops += sets(setup_done=run.get("version"))
        attention = any(entry.get("last_state") in _BAD for entry in hooks.values())
        return ops if self.values.get("attention") == attention else ops + sets(attention=attention)


def _entry(hook: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    entry = {
        "every": hook.get("every"),
        "at": hook.get("at"),
        "aligned": bool(hook.get("aligned")),
        "module": hook.get("module"),
        "line": hook.get("line"),
        "setup": bool(hook.get("setup")),
    }
    same = all(before.get(key) == entry[key] for key in ("every", "at", "aligned"))
    return {
        **entry,
        "text": schedule_of(entry).text() if isinstance(entry["every"], int) else "once a version",
        "next": before.get("next") if same else None,
        "last_run": before.get("last_run"),
        "last_state": before.get("last_state"),
        "skipped": before.get("skipped", 0),
    }

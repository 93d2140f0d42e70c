"""What a script's topic says of it: its state, its hooks, and what is derived from the ends of its runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quarterdeck.core.lifecycle import END_STATES
from quarterdeck.core.ops import sets
from quarterdeck.core.topics import join
from quarterdeck.hub.schedules.plan import is_scheduled, plan_of
from quarterdeck.hub.schedules.turns import Retry
from quarterdeck.hub.scripts.topics.derived import BAD, changed_hooks, counts_of, series_of
from quarterdeck.hub.scripts.topics.hook_entries import dropped, entry_of, is_like, kept_of, with_fields
from quarterdeck.hub.scripts.topics.news import News
from quarterdeck.hub.scripts.topics.run_topics import topic_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quarterdeck.core.clock import Clock
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.schedules.calendars import Calendars
    from quarterdeck.hub.schedules.plan import Plan
    from quarterdeck.hub.scripts.needs import Board
    from quarterdeck.hub.scripts.topics.durations import Unusual
    from quarterdeck.hub.scripts.topics.news import End

Times = Mapping[str, tuple[int, int]]
STRIP = 40


class ScriptTopic:
    """Writes ``script/NAME``.  All it remembers is on the board."""

    def __init__(self, name: str, board: Board, clock: Clock, calendars: Calendars | None = None) -> None:
        self.name = name
        self._topic = join("script", name)
        self._board = board
        self._clock = clock
        self._calendars = calendars

    @property
    def values(self) -> dict[str, Any]:
        """The topic's present values; not to be changed."""
        state = self._board.state(self._topic)
        return state.values if state else {}

    @property
    def hooks(self) -> dict[str, dict[str, Any]]:
        """The hooks of the version that loaded last, by name; not to be changed."""
        return self.values.get("hooks") or {}

    @property
    def lately(self) -> dict[str, dict[str, Any]]:
        """What their runs have made of them, by name; not to be changed."""
        return self.values.get("lately") or {}

    def become(self, state: str, reason: str = "", *, name: str | None = None, **fields: Any) -> None:
        """Say the state and why; what is said already is not said again.  ``name`` makes it a named event."""
        values = self.values
        wanted = {"name": self.name, "state": state, "reason": reason, **fields}
        changed = {key: value for key, value in wanted.items() if key not in values or values[key] != value}
        if "state" in changed:
            changed["since"] = self._clock.now()
        if changed or name:
            data = {"reason": reason} if reason else None
            self._board.publish(self._topic, sets(**changed), name=name, data=data)

    def loaded(self, version: str, result: Mapping[str, Any]) -> None:
        """The script loaded: its form, layout and hooks.  Raises BadPlan."""
        before, lately = self.hooks, self.lately
        entries = {hook["name"]: entry_of(hook, self._calendars) for hook in result["hooks"]}
        setup = result.get("setup")
        if setup:
            entries[setup] = entry_of({"name": setup, "setup": True}, None)
        ops = dropped(before, lately, entries)
        if entries:
            same = {name for name, entry in entries.items() if is_like(entry, before.get(name, {}))}
            kept = {name: kept_of(lately.get(name, {}), same=name in same) for name in entries}
            ops += [["put", "hooks", entries], ["put", "lately", kept]]
        ops += sets(form=result.get("form", "panel"), grid=result.get("grid"), unkept=result.get("unkept") or [])
        ops += sets(version=version, error=None, traceback=None, tried=None)
        self._board.publish(self._topic, ops, name="script.loaded", data={"version": version})

    def broken(self, version: str, error: Mapping[str, Any]) -> None:
        """The script does not load; its last hooks are due no more."""
        told = {key: error.get(key) for key in ("type", "message", "file", "line", "hint")}
        if told["type"] == "Broken":  # ours: its message says all
            told["type"] = None
        told["message"] = str(told["message"] or "it does not load").removeprefix(f"{told['type']}: ")
        said = self.values.get("state") == "broken" and self.values.get("tried") == version
        self._board.publish(self._topic, dropped(self.hooks, self.lately, ()))
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
        times = {name: entry.get("planned") or entry.get("next") for name, entry in self.lately.items()}
        return {name: time for name, time in times.items() if isinstance(time, int)}

    def retries(self) -> dict[str, Retry]:
        """The retries that the hub before this one had planned."""
        found = {}
        for name, entry in self.lately.items():
            retry = entry.get("retry")
            first = self._board.state(topic_of(retry["of"])) if retry else None
            if retry and first:
                args = first.values.get("args") or {}
                found[name] = Retry(retry["at"], retry["of"], retry["attempt"], first.values.get("by"), args)
        return found

    def due(self, times: Times, retries: Mapping[str, Retry]) -> None:
        """The next times, (planned, due) by hook, and what is to be run again."""
        ops = self._due({}, times, retries)
        if ops:
            self._board.publish(self._topic, ops)

    def _due(self, changed: dict[str, Any], times: Times, retries: Mapping[str, Retry]) -> Event:
        """The same as operations, together with what of the hooks has ``changed`` already."""
        lately = self.lately
        for name in self.hooks:
            entry = changed.get(name) or lately.get(name, {})
            planned, due = times.get(name, (None, None))
            if planned == due:
                planned = None  # told only where jitter makes it another time
            retry = retries.get(name)
            if retry is None and (entry.get("next"), entry.get("planned"), entry.get("retry")) == (due, planned, None):
                continue
            told = {"at": retry.due, "of": retry.first, "attempt": retry.attempt} if retry else None
            changed[name] = with_fields(entry, next=due, planned=planned, retry=told)
        ops: Event = [["put", "lately", changed]] if changed else []
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
        ops: Event = [["drop", "paused", key] for key in before if key not in now]
        ops += [["put", "paused", dict(now)]]
        self._board.publish(self._topic, ops, name=name, by=by, data={"hook": hook} if name else None)

    def unusual(self, hook: str, run: str, duration: int, found: Unusual) -> None:
        """A run took unusually long, or was unusually short."""
        told = {"kind": found.kind, "usual": found.usual}
        self._board.publish(topic_of(run), sets(unusual=told))
        if hook in self.hooks:
            last = {**told, "at": self._clock.now(), "run": run, "duration": duration}
            entry = {**self.lately.get(hook, {}), "last_unusual": last}
            ops: Event = [["add", "noted", {f"unusually_{found.kind}": 1}], ["put", "lately", {hook: entry}]]
            self._board.publish(self._topic, ops)

    def ended(
        self, ends: Iterable[End], times: Times | None = None, retries: Mapping[str, Retry] | None = None
    ) -> None:
        """Runs of this script are over; see ``tell``."""
        self.tell(News(list(ends)), times, retries)

    def tell(self, news: News, times: Times | None = None, retries: Mapping[str, Retry] | None = None) -> None:
        """What has happened lately, in one event: the strip, the counts, the series, the last of all and of each hook.

        With it, if it is known: when the hooks are due next, and what is to be run again.
        """
        ends = [(id, run) for id, run in news.ends if run["state"] in END_STATES]
        changed = changed_hooks(self.hooks, self.lately, ends, news)
        ops = self._of_ends(ends, changed) if ends else []
        ops += counts_of(ends, news)
        if times is not None:
            ops += self._due(changed, times, retries or {})
        elif changed:
            ops.append(["put", "lately", changed])
        slips = {slip.hook: slip.plain() for slip in news.slips if slip.hook in changed}
        if slips:
            self._board.publish(self._topic, ops, name="script.slipped", data={"hooks": slips})
        elif ops:
            self._board.publish(self._topic, ops)

    def _of_ends(self, ends: Sequence[End], changed: Mapping[str, Any]) -> Event:
        """The strip, the series, the last run of all, and whether there is something to see to."""
        id, run = ends[-1]
        hooks = self.hooks
        strip = [[id, run["state"], run.get("duration") or 0, run.get("started")] for id, run in ends[-STRIP:]]
        ops: Event = [["push", "strip", strip, STRIP], *series_of([run for _, run in ends])]
        ops += sets(last_run=id, last_state=run["state"], last_started=run.get("started"))
        ops += sets(last_duration=run.get("duration") or 0)
        running = self.values.get("running")
        if running is not None and running in [id for id, _ in ends]:
            ops += sets(running=None)
        setup = self.setup_hook
        set_up = [run for _, run in ends if run.get("hook") == setup and run["state"] == "done"] if setup else []
        ops += sets(setup_done=set_up[-1].get("version")) if set_up else []
        lately = {**self.lately, **changed}
        attention = any(lately.get(name, {}).get("last_state") in BAD for name in hooks)
        return ops if self.values.get("attention") == attention else ops + sets(attention=attention)

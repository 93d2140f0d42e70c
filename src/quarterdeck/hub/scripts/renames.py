"""A script that was renamed keeps its past: its runs, logs, store, panel and series go over to the new name.

It was renamed if one script is gone and another has come with the very same files (their version), as both are seen at
once; of two that would do nobody can say which.  A copy is no rename: what it was made from is still there.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import sets
from quarterdeck.core.topics import join, segment, split
from quarterdeck.hub.scripts.removal import end_topics
from quarterdeck.hub.scripts.runs.granted_turns import TURNS
from quarterdeck.store.query import parse_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from quarterdeck.hub.scripts.finder import Found
    from quarterdeck.hub.scripts.needs import Board, Records
    from quarterdeck.hub.scripts.script.script import Script

AT_ONCE = 200
_ALL = 1000


def successors(gone: Mapping[str, str], fresh: Mapping[str, str]) -> dict[str, str]:
    """New name -> old name, of what is gone and what has come; both are version by name."""
    found = {}
    for name, version in fresh.items():
        before = [old for old, of_old in gone.items() if of_old == version]
        if len(before) == 1 and list(fresh.values()).count(version) == 1:
            found[name] = before[0]
    return found


class Renames:
    """``scripts`` are those on deck; ``kept``: collection of records -> what is held of it, by script."""

    def __init__(
        self,
        board: Board,
        records: Records,
        logs: Path,
        kept: Mapping[str, dict[str, Any]],
        scripts: Mapping[str, Script],
    ) -> None:
        self._board = board
        self._records = records
        self._logs = logs
        self._kept = kept
        self._scripts = scripts
        self._found: Mapping[str, Found] = {}
        self._coming: dict[str, str] = {}  # new name -> old name, until the past has gone over

    def look(self, found: Mapping[str, Found]) -> dict[str, str]:
        """These are the files that there are: the scripts that have to end, each with the reason."""
        self._found = found
        here = {name: script.found.version for name, script in self._scripts.items() if script.found is not None}
        gone = {name: version for name, version in here.items() if name not in found}
        self._expect(gone)
        news = {name: self._successor(name) for name in gone}
        return {name: f"it was renamed to {new}" if new else "its files are gone" for name, new in news.items()}

    def waits(self, name: str) -> bool:
        """Whether a script of this name must not begin yet: its past is on the way to it, or from it."""
        return name in self._coming or name in self._coming.values()

    async def leave(self, name: str, appear: Callable[[Mapping[str, Found]], None]) -> None:
        """A script has ended: its topics end, or go over to its new name; ``appear`` then begins that one."""
        new = self._successor(name)
        if new is None:
            await end_topics(self._board, name, self._scripts)
            return
        await self._carry_over(name, new)
        if new not in self._found and name in self._found:
            await self._carry_over(new, name)
        elif new not in self._found:
            await end_topics(self._board, new, self._scripts)
        self._coming.pop(new, None)
        appear(self._found)

    async def settle(self, found: Mapping[str, Found]) -> dict[str, str]:
        """What went while no hub was there is renamed, or ends; or its worker lives, and it ends later.

        Returns the old names of those that were renamed with the new ones.
        """
        self._found = found
        page = await self._board.list(parse_query("script", limit=_ALL))
        values = {split(item.topic)[1]: item.state.values for item in page.items}
        missing = {name: str(of.get("tried") or of.get("version")) for name, of in values.items() if name not in found}
        self._expect(missing)
        renamed = {}
        for name in [name for name in missing if name not in self._scripts]:
            new = self._successor(name)
            if new is None:
                await end_topics(self._board, name, self._scripts)
            else:
                await self._carry_over(name, new)
                del self._coming[new]
                renamed[name] = new
        return renamed

    def _successor(self, old: str) -> str | None:
        return next((new for new, before in self._coming.items() if before == old), None)

    def _expect(self, gone: Mapping[str, str]) -> None:
        """Find out which of these, version by name, have another name now."""
        for new, old in list(self._coming.items()):
            if old in self._scripts and (old in self._found or new not in self._found):
                del self._coming[new]  # it came back before its past went over
        fresh = {
            name: each.version
            for name, each in self._found.items()
            if name not in self._scripts and self._board.state(join("script", name)) is None
        }
        self._coming.update(successors(gone, fresh))

    async def _carry_over(self, old: str, new: str) -> None:
        """Let the past of ``old``, which has ended, be that of ``new``, which has not begun.

        A hub that is killed meanwhile has it done by the next one: the script's own topic goes last.
        """
        _move_logs(self._logs, old, new)
        await self._move_runs(old, new)
        for collection, held in self._kept.items():
            value = self._records.records(collection).get(old) or held.get(old)
            held.pop(old, None)
            if value:
                if collection == TURNS:
                    value = {**value, "held": []}  # its worker has ended, and what waited was dropped
                held[new] = value
                self._records.record(collection, new, value)
                self._records.record(collection, old, None)
        await self._move_topics(old, new)

    async def _move_topics(self, old: str, new: str) -> None:
        source, target = join("script", old), join("script", new)
        page = await self._board.list(parse_query("panel", prefix=join("script", old, "panel"), limit=_ALL))
        topics = [f"{source}/store", *(item.topic for item in page.items), source]
        ends = [target + topic.removeprefix(source) for topic in topics]
        for topic in ends:  # of a script that had the name once
            if self._board.state(topic) is not None:
                self._board.publish(topic, [["drop"]])
        await self._board.committed()
        changed = sets(name=new, state="loading", reason="", running=None, worker=None)
        for topic, end in zip(topics, ends, strict=True):
            self._board.rename(topic, end, changed if topic == source else [])
        self._board.publish(target, [], name="script.renamed", data={"from": old})

    async def _move_runs(self, old: str, new: str) -> None:
        place, where = f"script/{segment(old)}/", f"script/{segment(new)}/"
        query = parse_query("run", where=[f"script = {json.dumps(old)}"], limit=AT_ONCE)
        while items := (await self._board.list(query)).items:
            for item in items:
                fields: dict[str, Any] = {"script": new}
                log = item.state.values.get("log")
                if isinstance(log, dict) and str(log.get("file")).startswith(place):
                    file = str(log["file"]).removeprefix(place)
                    if not (self._logs / place / file).exists() and (self._logs / where / file).exists():
                        fields["log"] = {**log, "file": where + file}
                self._board.publish(item.topic, sets(**fields))


def _move_logs(logs: Path, old: str, new: str) -> None:
    """A day's file that the new name has from earlier stays, and so does the one that would take its place."""
    source, target = logs / "script" / segment(old), logs / "script" / segment(new)
    if not source.is_dir():
        return
    target.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        if not (target / file.name).exists():
            file.rename(target / file.name)
    with contextlib.suppress(OSError):
        source.rmdir()

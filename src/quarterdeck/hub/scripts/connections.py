"""Who comes in by the unix socket: the workers of scripts and the processes beside them, known by their tokens."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.hub.frames import Values
    from quarterdeck.hub.scripts.needs import Link
    from quarterdeck.hub.scripts.script.script import Script
    from quarterdeck.hub.scripts.workers.child import Hello


class Connections:
    """``scripts`` are those on deck, by name; it changes."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self._scripts = scripts

    def link_of(self, script: str) -> Link | None:
        """The connection to a script's worker; None if there is none now."""
        return self._scripts[script].worker.link if script in self._scripts else None

    def given(self, script: str, topic: str) -> Values | None:
        """What a run begins with that a process of the script was given; None for all others."""
        found = self._scripts.get(script)
        return None if found is None else found.birth(topic.removeprefix("run/"))

    def script_of(self, token: str) -> str | None:
        """The script of which a process was started with this token; None for a stranger."""
        for script in self._scripts.values():
            mine = script.worker.token and hmac.compare_digest(script.worker.token, token)
            if mine or script.beside.run_of(token) is not None:
                return script.name
        return None

    def beside_of(self, script: str, token: str) -> str | None:
        """The run for which this process runs beside the script's worker; None for the worker itself."""
        return self._scripts[script].beside.run_of(token)

    def connected(self, script: str, link: Link, state: Hello, run: str | None = None) -> None:
        """A process of a script said hello: its worker, or the one that has this ``run`` beside it."""
        if run is None:
            self._scripts[script].worker.connected(link, state)
        else:
            self._scripts[script].beside.connected(run, link, state)

    def disconnected(self, script: str, link: Link) -> None:
        """The connection of a script's process is gone, everything it had sent being read."""
        if script in self._scripts:
            self._scripts[script].worker.disconnected(link)
            self._scripts[script].beside.disconnected(link)

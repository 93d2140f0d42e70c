"""What the script service needs of the hub around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from quarterdeck.hub.retention.ending import Board as Ending
from quarterdeck.hub.retention.ending import Past

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.core.fold import TopicState
    from quarterdeck.core.ops import Event
    from quarterdeck.hub.environments.environment import Environment, Interpreter


class Board(Ending, Protocol):
    """The part of ``hub/delivery/board.py`` that scripts use."""

    def publish(
        self,
        topic: str,
        ops: Event,
        *,
        at: int | None = None,
        name: str | None = None,
        by: str | None = None,
        data: Any = None,
    ) -> None: ...
    def rename(self, topic: str, new: str, ops: Event, /) -> None: ...
    def state(self, topic: str) -> TopicState | None: ...
    def listen(self, prefix: str, callback: Callable[[str, Said, str | None], None], /) -> Callable[[], None]: ...


class Records(Past, Protocol):
    """Small keyed values: handed over for the next commit, read from the store; and what the store says is too much."""

    def record(self, collection: str, key: str, value: Any, /) -> None: ...
    def records(self, collection: str, /) -> dict[str, Any]: ...


class Link(Protocol):
    """The connection to one worker."""

    async def call(self, name: str, args: dict[str, Any]) -> Any:
        """The worker's answer, however long it takes; raises an error with code, message and hint if it fails."""
        ...


class Process(Protocol):
    """A process of ``hub/process.py``."""

    @property
    def pid(self) -> int: ...
    @property
    def started(self) -> float: ...
    def alive(self) -> bool: ...
    def kill(self) -> None: ...
    def ending(self) -> tuple[str, str]: ...
    def when_ended(self, callback: Callable[[], None], /) -> Callable[[], None]: ...


class Processes(Protocol):
    """Starting processes and knowing them again: the module ``hub/process.py``, or what a test puts in its place."""

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path, /
    ) -> Process: ...
    def find(self, pid: int, started: float | None = None, /) -> Process | None: ...
    def boot_time(self) -> float: ...


class Environments(Protocol):
    """The part of ``hub/environments/environments.py`` that workers use."""

    @property
    def package(self) -> Path: ...
    def ready(self, wanted: Environment, /) -> Interpreter | None: ...
    async def prepare(self, wanted: Environment, tell: Callable[[str], None], /) -> Interpreter: ...


class Places(Protocol):
    """The folders of a deck (``hub/deck.py``)."""

    @property
    def folder(self) -> Path: ...
    @property
    def scripts(self) -> Path: ...
    @property
    def logs(self) -> Path: ...
    @property
    def environments(self) -> Path: ...
    @property
    def socket(self) -> Path: ...


class Rules(Protocol):
    """What the deck's settings say for scripts."""

    @property
    def zone(self) -> tzinfo: ...
    @property
    def calendars(self) -> Mapping[str, str]: ...
    def enabled(self, script: str) -> bool: ...
    def python(self, script: str) -> str | None: ...
    def memory(self, script: str) -> int | None: ...


class Around(NamedTuple):
    """All of it that each script needs."""

    board: Board
    records: Records
    places: Places
    rules: Rules
    clock: Clock
    processes: Processes

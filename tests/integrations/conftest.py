"""A hub in this process, and jobs that begin anew with each test."""

from __future__ import annotations

import contextlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import quarterdeck.testing
from quarterdeck.sdk.jobs.process import PARENT
from quarterdeck.sdk.jobs.reporter import Reporter, reporter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.testing.local import LocalHub


class Told:
    """What the hub knows of jobs."""

    def __init__(self, hub: LocalHub) -> None:
        self._hub = hub

    def jobs(self) -> dict[str, dict[str, Any]]:
        """The state of every job that was opened but the process's own, by its name, in the order of their opening.

        With what is told of its place.
        """
        reporter.look()
        self._hub.state("job/none")
        topics = dict.fromkeys(topic for topic, _ in self._hub.events if topic.startswith("job/"))
        states = [self._hub.state(topic) or {} for topic in topics]
        return {str(state["name"]): self._place(state) | state for state in states if "pid" not in state}

    def _place(self, job: dict[str, Any]) -> dict[str, Any]:
        return self._hub.state(f"place/{job.get('place')}") or {}

    def events(self) -> list[str]:
        """The names of all events of jobs but the process's own, in order."""
        reporter.look()
        self._hub.state("job/none")
        happened = [(topic, name) for topic, name in self._hub.events if topic.startswith("job/")]
        return [name for topic, name in happened if "pid" not in (self._hub.state(topic) or {})]

    def state(self, id: str) -> dict[str, Any]:
        """One job."""
        return self._hub.state(f"job/{id}") or {}


@contextlib.contextmanager
def patched(ours: ModuleType, module: ModuleType, kind: type[Any]) -> Iterator[None]:
    """Let one of our modules patch a class of a library's module, which is as it was after the test."""
    before = dict(vars(kind))
    ours.patch(module)
    yield
    for name, value in vars(kind).copy().items():
        if name not in before:
            delattr(kind, name)
        elif before[name] is not value:
            setattr(kind, name, before[name])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    # Tests look for themselves, so that no time passes.
    monkeypatch.setattr(Reporter, "_wake", lambda self: None)
    # Programs of other tests must not take this process for their parent.
    monkeypatch.setenv(PARENT, "")
    reporter.forget()
    with quarterdeck.testing.hub() as hub:
        yield Told(hub)
    reporter.forget()

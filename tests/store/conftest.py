"""Every test of this folder that takes ``store`` runs on every store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.core.series import cell_of
from quarterdeck.kinds.kind import Kind
from quarterdeck.store.contract import Commit, Store, TopicChange
from quarterdeck.store.memory import MemoryStore
from quarterdeck.store.sqlite import SqliteStore

KINDS = (
    Kind("run", "run/*", {"tail": ("list", 200)}, ("script", "state", "started", "note"), (("script", "started"),)),
    Kind("query", "query/*", stored=False),
    Kind("passing", "passing/*", stored=False),
)


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as it is when it is new; copying it is quicker than to make another."""
    path = tmp_path_factory.mktemp("new") / "deck.db"
    SqliteStore(path, KINDS).close()
    return path


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    made = MemoryStore(KINDS)
    yield made
    made.close()


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all tests of a module that only read."""
    made = MemoryStore(KINDS) if request.param == "memory" else copy_of(request, tmp_path_factory.mktemp("lasting"))
    yield made
    made.close()


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    made = copy_of(request, tmp_path)
    yield made
    made.close()


def copy_of(request: pytest.FixtureRequest, folder: Path) -> SqliteStore:
    """A new store in a folder."""
    return SqliteStore(Path(shutil.copy(request.getfixturevalue("new_file"), folder / "deck.db")), KINDS)


@pytest.fixture
def change(store: Store) -> Callable[..., None]:
    """``change(topic, operation, ...)`` commits operations of one topic."""

    def commit(topic: str, *operations: list[Any]) -> None:
        store.commit(commit_of({topic: list(operations)}))

    return commit


def commit_of(changes: dict[str, list[list[Any]]]) -> Commit:
    """A commit of operations by topic, kinds as the names say."""
    return Commit(changes=[TopicChange(topic, kind_named(topic), ops) for topic, ops in changes.items()])


def kind_named(topic: str) -> str | None:
    """The kind of a topic, by ``KINDS``."""
    return next((kind.name for kind in KINDS if kind.matches(topic)), None)


def cells(*pairs: tuple[int, int]) -> dict[str, list[Any]]:
    """One cell a (minute, value in quanta); minutes differ."""
    return {str(minute): cell_of(value, minute * 60_000_000) for minute, value in pairs}

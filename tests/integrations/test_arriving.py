"""Modules are patched as soon as they come, and not made to come."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest

from quarterdeck.integrations import arriving
from quarterdeck.integrations.progress import install, install_again
from quarterdeck.sdk.jobs.arguments import may_tell_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integrations.conftest import Told

NAME = "arrives_in_a_test"
OURS = "patches_in_a_test"


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / f"{NAME}.py").write_text("made = ['library']\n")
    (tmp_path / f"{OURS}.py").write_text("def patch(module):\n    module.made.append('ours')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(arriving, "_awaited", {})
    yield
    for name in (NAME, OURS):
        sys.modules.pop(name, None)


def test_it_is_patched_when_it_comes_and_keeps_its_loader() -> None:
    arriving.await_module(NAME, OURS)
    assert NAME not in sys.modules
    module = importlib.import_module(NAME)
    assert module.made == ["library", "ours"]
    assert "exec_module" not in vars(module.__spec__.loader)
    assert type(module.__loader__).__module__ != arriving.__name__
    assert importlib.reload(module).made == ["library"]


def test_what_is_there_already_is_patched_at_once() -> None:
    module = importlib.import_module(NAME)
    arriving.await_module(NAME, OURS)
    assert module.made == ["library", "ours"]


def test_a_patch_that_fails_leaves_the_library_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    arriving.await_module(NAME, "nothing_of_this_name")
    assert importlib.import_module(NAME).made == ["library"]
    assert "nothing_of_this_name" in capsys.readouterr().err


def test_what_is_not_there_stays_an_import_error() -> None:
    arriving.await_module("nothing_of_this_name", OURS)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nothing_of_this_name")


def test_each_library_can_be_left_alone(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    awaited: list[str] = []
    monkeypatch.setattr("quarterdeck.integrations.progress.await_module", lambda name, ours: awaited.append(name))
    monkeypatch.setattr("quarterdeck.integrations.progress._chosen", {})
    monkeypatch.setattr("quarterdeck.sdk.jobs.arguments._Allowed.now", False)
    install(tqdm=False, rich=False, joblib=False, futures=False, arguments=True)
    assert awaited == ["mpire.progress_bar", "multiprocessing.pool"]
    install_again(stop=False)
    assert awaited == ["mpire.progress_bar", "multiprocessing.pool"] * 2
    assert may_tell_arguments()
    assert told.events() == []

"""Notebooks: the error of a cell ends its jobs, and the program is called as the notebook is."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.progress import track
from quarterdeck.sdk.default import program_name
from quarterdeck.sdk.jobs import deaths

if TYPE_CHECKING:
    from tests.integrations.conftest import Told


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[Any], None]]:
    """What IPython calls after a cell."""
    called: list[Callable[[Any], None]] = []
    ipython = ModuleType("IPython")
    events = SimpleNamespace(
        register=lambda name, callback: called.append(callback) if name == "post_run_cell" else None
    )
    vars(ipython)["get_ipython"] = lambda: SimpleNamespace(events=events)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setattr(deaths, "_heard", [])
    # They are replaced by what listens.
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    return called


@pytest.mark.parametrize(
    ("error", "state"), [(ValueError("bad"), "failed"), (KeyboardInterrupt(), "interrupted"), (None, "stopped")]
)
def test_the_error_of_a_cell_ends_its_jobs(
    told: Told, cells: list[Callable[[Any], None]], error: BaseException | None, state: str
) -> None:
    def cell() -> None:
        for _ in track([1, 2], "rows"):
            if error is not None:
                raise error
            break

    with nullcontext() if error is None else pytest.raises(type(error)):
        cell()
    (after,) = cells
    after(SimpleNamespace(error_in_exec=error))
    assert told.jobs()["rows"]["state"] == state


def test_a_kernel_is_called_as_its_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/x/ipykernel_launcher.py", "-f", "kernel.json"])
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert program_name() == "notebook"
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/someone/prices.ipynb")
    assert program_name() == "prices.ipynb"
    monkeypatch.setattr(sys, "argv", ["/x/train.py", "secret"])
    assert program_name() == "train.py"

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quarterdeck.hub.socket_path import LONGEST, socket_path


def test_a_short_path_stays_in_the_deck() -> None:
    assert socket_path(Path("/deck/.quarterdeck/run")) == Path("/deck/.quarterdeck/run/hub.sock")


@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "TMPDIR"])
def test_a_long_path_moves_to_a_private_folder(
    variable: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("r")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(place))
    if variable == "XDG_RUNTIME_DIR":
        monkeypatch.setenv(variable, str(place))
    long = Path("/deck") / ("x" * 100) / "run"
    found = socket_path(long)
    assert found == socket_path(long) != socket_path(long / "other")
    assert found.is_relative_to(place)
    assert len(os.fsencode(found)) <= LONGEST
    assert found.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "quarterdeck").mkdir(mode=0o755)
    (tmp_path / "quarterdeck").chmod(0o755)
    with pytest.raises(PermissionError, match="only you can enter"):
        socket_path(Path("/deck") / ("x" * 100))

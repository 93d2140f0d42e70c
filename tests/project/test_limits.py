"""The checker of the limits finds what it says it finds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_limits", ROOT / "scripts" / "check_limits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("src/long.py", '"""."""\n' + "x = 1\n" * 400, "401 lines"),
        ("src/deep.py", '"""."""\ndef f():\n    """."""\n' + "    x = 1\n" * 50, "f has 52 lines"),
        ("src/utils.py", '"""."""\n', "a name that says nothing"),
        ("src/bare.py", "x = 1\n", "no docstring"),
        ("src/mute.py", '"""."""\ndef f() -> None: ...\n', "f is public and has no docstring"),
        ("tests/test_lazy.py", "@pytest.mark.skip\ndef test(): ...\n", "a test that is skipped"),
        ("src/later.py", '"""."""\n# TO' + "DO: all of it\n", "work left undone"),
    ],
)
def test_breach_is_found(limits: ModuleType, tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(text)
    assert [breach for breach in limits.breaches(path) if said in breach]
    assert limits.main() == 1


def test_address_in_a_lock_file_is_found(limits: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "test.txt").write_text("--index-url https://example.org/simple\n")
    assert limits.main() == 1


def test_good_file_passes(limits: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "board.py").write_text('"""The board."""\n\n\ndef fold() -> None:\n    """Folds."""\n')
    assert limits.main() == 0

"""The page's fold, in Node, on fresh random histories: the state is that of Python's fold, one by one and merged."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest

from quarterdeck.testing.vectors import random_vectors, write

ROOT = Path(__file__).resolve().parents[2]
VECTORS = 1500


@pytest.fixture(name="page")
def page_scripts() -> ModuleType:
    """What builds and checks the page; it finds npm, also that of PyPI, and installs what is missing."""
    found = importlib.util.spec_from_file_location("build_page", ROOT / "scripts" / "build_page.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_both_languages_fold_alike(page: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = random.SystemRandom().randrange(10**9)
    vectors = random_vectors(seed, VECTORS)
    path = tmp_path / "vectors.json"
    monkeypatch.setenv("QUARTERDECK_VECTORS", str(path))
    fold = ["run", "test", "--silent", "--", "src/core/fold.test.ts"]
    write(path, vectors)
    assert page.run_npm(["ci"], fold) == 0, f"the folds of Python and TypeScript differ; the seed was {seed}"
    vectors[7]["want"]["values"]["never"] = 1
    write(path, vectors[:20])
    assert page.run_npm(fold) != 0, "a wrong vector has passed: the page's test does not read the vectors it is given"

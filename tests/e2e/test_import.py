"""What a user's script pays before it has anything to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cost import USUAL, pace

SRC = str(Path(__file__).parents[2] / "src")
HEAVY = {"json", "socket", "http.client", "ssl", "sqlite3", "typing", "dataclasses", "logging", "asyncio", "uuid"}

MODULES = 80


def _say(code: str) -> str:
    code = f"import sys; sys.path.insert(0, {SRC!r}); {code}"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout


def test_the_bare_import_is_smaller_still() -> None:
    loaded = set(_say("import quarterdeck; print(*sys.modules)").split())
    assert not (HEAVY | {"urllib.parse"}) & loaded
    assert len(loaded) <= MODULES


def test_a_topic_is_there_without_anything_heavy() -> None:
    loaded = _say("import quarterdeck as qd; qd.topic('lab/temperature'); print(*sys.modules)").split()
    assert not HEAVY & set(loaded)
    ours = [name for name in loaded if name.startswith("quarterdeck")]
    foreign = {name.partition(".")[0] for name in loaded if name not in ours} - sys.stdlib_module_names
    assert foreign == {"__main__"}


def test_it_takes_less_than_20_ms() -> None:
    used = "import quarterdeck as qd; qd.topic('a')"
    code = f"import time; t = time.process_time(); {used}; print(time.process_time() - t)"
    taken, paces = zip(*((float(_say(code)), pace()) for _ in range(5)), strict=True)
    assert min(taken) <= 0.020 * max(1.0, min(paces) / USUAL)


def test_an_unknown_name_is_an_attribute_error() -> None:
    code = "import quarterdeck as qd; print(hasattr(qd, 'nothing'), 'topic' in dir(qd), callable(qd.connect))"
    assert _say(code).split() == ["False", "True", "True"]

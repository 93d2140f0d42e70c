"""The plugin of pytest where tests run in several processes, and how a runner is chosen."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from quarterdeck.cli.collect import choose
from quarterdeck.integrations.suite.entering import enter
from quarterdeck.integrations.suite.pytest import Recording
from quarterdeck.sdk.suite.recorder import Recorder


def worker(name: str, output: dict[str, Any]) -> Any:
    return SimpleNamespace(workeroutput=output, gateway=SimpleNamespace(id=name))


def test_results_of_workers_are_joined_and_lost_ones_are_named() -> None:
    lines: list[str] = []
    joined = Recorder()
    plugin = Recording(joined, 1, lambda say: say("finished"))
    for name in ("gw0", "gw1"):
        own = Recorder()
        own.begin(f"test_{name}", 1)
        own.asked(own.running, "GET /", 0.1)
        own.end()
        plugin.pytest_testnodedown(worker(name, {"quarterdeck": {**own.told(), "service": "shop"}}), None)
    plugin.pytest_testnodedown(worker("gw2", {}), "crashed")
    assert ([ran.name for ran in joined.runs], joined.service) == (["test_gw0", "test_gw1"], "shop")
    assert set(joined.requests) == {("test_gw0", 1, "GET /"), ("test_gw1", 1, "GET /")}
    reporter = SimpleNamespace(
        config=SimpleNamespace(option=SimpleNamespace(collectonly=False)),
        section=lines.append,
        write_line=lines.append,
    )
    for status in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED):
        assert list(plugin.pytest_terminal_summary(reporter, status)) == [None]
    assert [line.partition(" ")[0] for line in lines] == ["quarterdeck", "The", "finished", "quarterdeck", "The"]
    assert "gw2 died" in lines[1]


def test_a_framework_knows_better_than_its_client_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Recorder()
    monkeypatch.setattr("quarterdeck.integrations.suite.entering.recorder", found)
    found.begin("t", 1)
    shared: dict[str, Any] = {}
    client = enter(shared, lambda: "GET /cart/*", by_path=True)
    assert client is not None
    assert enter(shared, lambda: "GET /cart/<int:number>") is None
    assert enter(shared, lambda: "a part of it") is None
    client.left()
    assert list(found.requests) == [("t", 1, "GET /cart/<int:number>")]


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({"tests/test_a.py": "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n"}, "unittest"),
        ({"tests/test_a.py": "def test_a(): pass\n"}, "pytest"),
        ({"tests/conftest.py": ""}, "pytest"),
        ({"pyproject.toml": "[tool.pytest.ini_options]\n", "manage.py": ""}, "pytest"),
        ({"manage.py": "", "tests/test_a.py": ""}, "django"),
        ({}, "unittest"),
    ],
)
def test_the_runner_is_what_the_project_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], chosen: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert choose(Path("tests")) == chosen

"""A real hub in a process of its own, and a real browser.  Without a browser these tests fail; they do not skip."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from quarterdeck.sdk.jobs.process import PARENT

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
# Waiting for the page costs nothing where it is quick; five seconds are too few for a busy machine.
expect.set_options(timeout=PATIENCE * 1000)


class UpProcess:
    """``quarterdeck up`` on a deck, as a user starts it; ``port`` stays the same over restarts."""

    def __init__(self, deck: Path, home: Path) -> None:
        self.deck = deck
        self.port = 0
        self.lines: list[str] = []
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUARTERDECK_")},
            "PYTHONPATH": str(ROOT / "src"),
            "XDG_STATE_HOME": str(home),
            "PYTHONUNBUFFERED": "1",
        }
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it has said where it is."""
        command = ["up", str(self.deck), "--port", str(self.port)]
        self.lines = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "quarterdeck", *command],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        end = time.monotonic() + PATIENCE
        while not any("Ctrl-C" in line for line in self.lines):
            assert time.monotonic() < end, f"the hub did not start: {self.lines}"
            time.sleep(0.02)
        found = re.search(r"http://127\.0\.0\.1:(\d+)", "".join(self.lines))
        assert found is not None
        self.port = int(found[1])

    @property
    def link(self) -> str:
        """The login link that it printed."""
        found = re.search(r"http://\S+/login#code=\S+", "".join(self.lines))
        assert found is not None, self.lines
        return found[0]

    def command(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Another command, about the same deck; ``given`` is its standard input."""
        command = [sys.executable, "-m", "quarterdeck", *arguments, "--deck", str(self.deck)]
        asked = {"input": given, "capture_output": True, "text": True, "timeout": 60}
        return subprocess.run(command, env=self._environment, check=False, **asked)

    def kill(self) -> None:
        """kill -9: no chance to write anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        code = self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process = None
        return code

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            self.lines.extend(process.stdout)


MOVES = """() => document.getAnimations().some(
  one => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity
)"""


def stand_still(page: Page) -> None:
    """Wait until nothing fades or slides: colours on their way are no colours to judge."""
    page.wait_for_timeout(300)
    page.wait_for_function(f"() => !({MOVES})()")


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that a test starts are no children of this one, whatever has forked in it."""
    monkeypatch.delenv(PARENT, raising=False)


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[UpProcess]:
    """The documented sample's deck, with a hub that is not started yet."""
    deck = tmp_path / "deck"
    shutil.copytree(ROOT / "examples" / "sample", deck, ignore=shutil.ignore_patterns(".quarterdeck", "__pycache__"))
    process = UpProcess(deck, tmp_path / "state")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium.  Playwright keeps an event loop running meanwhile, beside which no other could run."""
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "scripts" / "prepare.py")
    assert spec is not None
    assert spec.loader is not None
    prepare = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(prepare)
    path = prepare.find_browser()
    assert path is not None, "no Chromium: make browser installs one, or set QUARTERDECK_TEST_BROWSER to its path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new browser window; the test fails if the page threw an error."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    found = context.new_page()
    found.set_default_timeout(PATIENCE * 1000)
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    yield found
    context.close()
    assert errors == []

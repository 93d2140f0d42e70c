"""Scripts in environments of their own: made by uv from a wheel of the test's, without a network."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.hub.environments import uv

MODULE = """
# /// script
# dependencies = [{needs}]
# [tool.uv]
# no-index = true
# find-links = ["{wheels}"]
# ///
import sys
from datetime import timedelta
from quarterdeck import hooks
{more}

@hooks.schedule(run_every=timedelta(seconds=0.5))
def update(panel):
    panel.components["text"].text = f"{{WORD}} {{sys.prefix}}"
"""
HUBS_OWN = "psutil"  # what the hub needs and a worker does not


def wheel(folder: Path, version: str, word: str) -> None:
    """A library ``greeting``, as small as one can be."""
    info = f"greeting-{version}.dist-info"
    files = {
        "greeting.py": f"WORD = {word!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"greeting-{version}-py3-none-any.whl", "w") as made:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            made.writestr(name, text)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "wheels"
    wheel(folder, "1.0", "hello")
    wheel(folder, "2.0", "good morning")
    return folder


def module(wheels: Path, *needs: str, more: str = "from greeting import WORD") -> str:
    return MODULE.format(needs=", ".join(f'"{each}"' for each in needs), wheels=wheels, more=more)


async def test_a_script_with_a_block_runs_in_an_environment_of_its_own(deck: Any, wheels: Path) -> None:
    alone = f"from greeting import WORD\nimport importlib.util\nassert importlib.util.find_spec('{HUBS_OWN}') is None"
    deck.write("sample", module(wheels, "greeting", "quarterdeck", more=alone))
    seen: list[str] = []
    async with deck.hub() as hub:
        hub.hub.board.listen("script/sample", lambda *_: seen.append(hub.values().get("state")))
        await hub.until(lambda: hub.values().get("last_state") == "done")
        assert "preparing" in seen
        word, _, prefix = hub.values("script/sample/panel/text")["text"].partition("morning ")
        assert word == "good "
        places = deck.folder / ".quarterdeck" / "environments"
        assert Path(prefix).parent == places
        deck.write("sample", module(wheels, "greeting", "quarterdeck", more=f"{alone}\nWORD += '!'"))
        await hub.until(lambda: hub.values("script/sample/panel/text").get("text", "").startswith("good morning!"))
        assert hub.values("script/sample/panel/text")["text"].endswith(prefix), "the same block, the same environment"
        deck.write("sample", module(wheels, "greeting<2"))
        await hub.until(lambda: hub.values("script/sample/panel/text").get("text", "").startswith("hello"))
        assert len([each for each in places.iterdir() if (each / "ready").exists()]) == 2


async def test_its_worker_outlives_the_hub_as_any_does(deck: Any, wheels: Path) -> None:
    deck.write("sample", module(wheels, "greeting"))
    program = await deck.program()
    while not (await program.stdout.readline()).startswith(b"run.done"):
        pass
    program.kill()
    await program.wait()
    async with deck.hub() as hub:
        pid = hub.store.records("workers")["sample"]["pid"]
        await hub.until(lambda: (hub.values().get("runs") or {}).get("done", 0) >= 4)
        assert hub.values()["worker"]["pid"] == pid


async def test_what_cannot_be_resolved_is_the_scripts_fault_until_it_is_mended(deck: Any, wheels: Path) -> None:
    deck.write("sample", module(wheels, "greeting>2"))
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values().get("state") == "broken")
        values = hub.values()
        assert "No solution found when resolving" in values["reason"]
        assert "greeting" in values["traceback"]
        assert "it is tried again" in values["error"]["hint"]
        deck.write("sample", module(wheels, "greeting<2"))
        await hub.until(lambda: hub.values().get("last_state") == "done")
        assert hub.values()["error"] is None


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An environment with nothing in it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    return tmp_path / "bare"


async def test_an_interpreter_that_is_chosen_needs_no_quarterdeck_in_it(deck: Any, bare: Path) -> None:
    deck.write("sample", deck_sample())
    (deck.folder / "quarterdeck.toml").write_text(f'[script.sample]\npython = "{bare}/bin/python"\n')
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values().get("last_state") == "done")
        assert hub.values("script/sample/panel/text")["text"] == str(bare)


@pytest.mark.parametrize(
    ("python", "why"),
    [("./nowhere/python", "there is no interpreter"), ("/bin/false", "is no Python that works")],
)
async def test_an_interpreter_that_is_none_is_said(deck: Any, python: str, why: str) -> None:
    (deck.folder / "quarterdeck.toml").write_text(f'[script.sample]\npython = "{python}"\n')
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values().get("state") == "broken")
        assert why in hub.values()["reason"]
        assert "3.11 or newer" in hub.values()["error"]["hint"]


async def test_without_uv_the_mend_is_to_install_it(deck: Any, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uv.shutil, "which", lambda _: None)
    monkeypatch.setitem(sys.modules, "uv", None)
    deck.write("sample", module(wheels, "greeting"))
    async with deck.hub() as hub:
        await hub.until(lambda: hub.values().get("state") == "broken")
        assert "quarterdeck[envs]" in hub.values()["error"]["hint"]


def deck_sample() -> str:
    return (
        "import sys\nfrom datetime import timedelta\nfrom quarterdeck import hooks\n\n"
        "@hooks.schedule(run_every=timedelta(hours=1))\ndef update(panel):\n"
        "    panel.components['text'].text = sys.prefix\n"
    )

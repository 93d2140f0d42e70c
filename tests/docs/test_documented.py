"""What users meet is documented: every setting, command, component and error code; and the snippets run."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck import components
from quarterdeck.cli.main import COMMANDS, load, parser_of
from quarterdeck.core.frames import NAMES, check_frame
from quarterdeck.hub.settings import AppSettings, HubSettings, LimitSettings, RetentionSettings, ScriptSettings
from quarterdeck.sdk.components import KINDS
from quarterdeck.sdk.components.component import Component
from quarterdeck.sdk.services.configuration.keys import IDLE, KEYS
from quarterdeck.worker.script import Script

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# These raise with a code as their first argument, or as the one behind a status.
RAISED = re.compile(
    r'(?:Refused|Refusal|Failed|Error|Denied|error_response|_unknown)\(\s*(?:\d+,\s*)?"([a-z]+(?:-[a-z]+)*)",'
)


def test_every_command_and_option_is_documented() -> None:
    for name in COMMANDS:
        row = next((line for line in REFERENCE.splitlines() if f"`quarterdeck {name}" in line), "")
        assert row, name
        for action in parser_of(name, load(name))._actions:
            for option in action.option_strings:
                if option not in ("-h", "--help", "--deck", "--json"):
                    assert option in row or name == "demo" or action.option_strings[0] in row, f"{name} {option}"
            if isinstance(action, argparse._SubParsersAction):
                for sub in action.choices:
                    assert f"{name} {sub}" in row, f"{name} {sub}"


def test_every_setting_is_documented_and_no_other() -> None:
    tables = {
        "hub": HubSettings,
        "retention": RetentionSettings,
        "limits": LimitSettings,
        "script.NAME": ScriptSettings,
        "app.NAME": AppSettings,
    }
    known = {f"{place}.{field}" for place, table in tables.items() for field in table.__struct_fields__}
    known.add("calendars.NAME")
    section = REFERENCE.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)) == known


def test_every_key_of_a_service_s_configuration_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    rows = {
        name for row in re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    }
    assert rows == {name for key in KEYS.values() for name in (key.name, *key.aliases)} | set(IDLE)


def test_every_component_is_documented_with_what_it_has() -> None:
    section = REFERENCE.partition("## Components")[2].partition("\n## ")[0]
    rows = {row.split("|")[1].strip(" `"): row for row in section.splitlines() if row.startswith("| `")}
    classes = {name: each for name, each in vars(components).items() if isinstance(each, type) and is_shown(each)}
    assert set(rows) == set(classes)
    assert len(classes) == len(KINDS)
    for name, each in classes.items():
        wanted = set(vars(each)) if name != "BarChart" else {"add_bar", "update_bar", "remove_bar"}
        for member in wanted - {"restore", "bind", "take"}:
            assert member.startswith("_") or f"`{member}" in rows[name], f"{name}.{member}"


def is_shown(each: type) -> bool:
    """Whether a class is one that a layout may name."""
    return issubclass(each, Component) and each.__name__ not in ("Component", "Chart", "Input")


def test_every_error_code_is_documented_and_no_other() -> None:
    section = REFERENCE.partition("## Error codes")[2]
    told = set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE))
    raised = set(raised_codes())
    assert raised - told == set(), "raised, and not documented"
    assert len(raised) > 50
    sources = "".join(path.read_text() for path in (ROOT / "src" / "quarterdeck").rglob("*.py"))
    assert [code for code in told if f'"{code}"' not in sources] == [], "documented, and not in the code"


def raised_codes() -> Iterator[str]:
    """The first argument (behind a status) of whatever raises or answers an error with a code."""
    for path in (ROOT / "src" / "quarterdeck").rglob("*.py"):
        yield from RAISED.findall(path.read_text())


def test_every_frame_of_the_protocol_is_one() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text()
    frames = [json.loads(line) for block in blocks(text, "json") for line in block.splitlines()]
    assert {check_frame(frame) for frame in frames} == NAMES
    assert len(frames) >= 15


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


class Link:
    """Where a script's components send what they show."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def emit(self, topic: str, ops: list[Any], name: str | None = None, at: int | None = None) -> None:
        self.sent.append((topic, ops))

    def pusher(self, topic: str, field: str, cap: int, *, plain: bool = False) -> Any:
        return lambda item: self.sent.append((topic, [["push", field, [item], cap]]))


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_scripts_of_a_page_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    text = (ROOT / page).read_text()
    layout = '<Grid><Row><Col><Text id="text" /><LineChart id="chart" /><Statistic id="load" /></Col></Row></Grid>'
    found = [block for block in blocks(text, "python") if "qd.hooks" in block]
    assert found
    for number, block in enumerate(found):
        folder = tmp_path / f"script{number}"
        folder.mkdir()
        (folder / f"documented_in_{Path(page).stem.lower()}_{number}.py").write_text(block)
        (folder / "layout.html").write_text(blocks(text, "html")[0] if page == "README.md" else layout)
        script = Script("documented", str(folder), "1", {})
        link = Link()
        script.show(link, {}, True)
        for function in (*script.hooks.setup, *(hook.function for hook in script.hooks.scheduled.values())):
            function(script.panel)
        assert len({topic for topic, _ in link.sent}) >= 2


def test_layouts_of_the_tutorial_are_layouts() -> None:
    from quarterdeck.sdk.layout.parse import parse_layout

    for block in blocks((ROOT / "docs" / "tutorial.md").read_text(), "html"):
        assert parse_layout(block)[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_commands_of_a_page_exist(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"
    for block in blocks(text, "console"):
        for line in block.splitlines():
            if line.startswith("$ quarterdeck "):
                name, *arguments = line.removeprefix("$ quarterdeck ").split()
                parser_of(name, load(name)).parse_args(arguments)


def test_new_deck_writes_the_script_of_the_tutorial() -> None:
    from quarterdeck.cli.new import _MODULE

    assert _MODULE in blocks((ROOT / "docs" / "tutorial.md").read_text(), "python")

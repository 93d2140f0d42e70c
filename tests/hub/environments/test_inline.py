"""The block of comments in which a module says what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.hub.environments.environment import Interpreter, environment_of
from quarterdeck.hub.environments.environments import fault_in
from quarterdeck.hub.environments.inline import Inline, inline_of

BLOCK = '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "numpy",\n# ]\n# ///\n'


def script(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def test_the_block_of_a_folder_stands_in_any_of_its_modules(tmp_path: Path) -> None:
    script(tmp_path, a="x = 1\n", b=f"#!/usr/bin/env python\n{BLOCK}\nx = 2\n")
    found = inline_of(tmp_path)
    assert found is not None
    assert (found.module, found.requires, found.local, found.fault) == (tmp_path / "b.py", ">=3.11", False, "")
    assert found.text == 'requires-python = ">=3.11"\ndependencies = [\n  "numpy",\n]\n'
    assert inline_of(tmp_path / "b.py") == found, "a single module has it as well"
    assert inline_of(tmp_path / "a.py") is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (BLOCK.replace("numpy", 'numpy"'), "is not TOML"),
        (BLOCK.replace('[\n#   "numpy",\n# ]', "3"), "has 3 as its dependencies"),
        (BLOCK.replace('">=3.11"', "3.11"), "has 3.11 as its requires-python"),
        (BLOCK + "\n" + BLOCK, "has two blocks"),
    ],
)
def test_a_block_that_cannot_be_followed_says_why(tmp_path: Path, text: str, fault: str) -> None:
    found = inline_of(script(tmp_path, a=text))
    assert found is not None
    assert fault in found.fault
    assert found.hint


def test_two_modules_with_a_block_are_a_fault_and_such_words_elsewhere_are_none(tmp_path: Path) -> None:
    both = inline_of(script(tmp_path, a=BLOCK, b=BLOCK))
    assert both is not None
    assert both.fault == "a.py and b.py both have a block # /// script"
    script(tmp_path, a='"""Write # /// script to say what you need."""\n', b="# /// script\nx = 1\n# ///\n")
    assert inline_of(tmp_path) is None
    assert inline_of(script(tmp_path, a=BLOCK.replace("\n", "\r\n"))) is not None


def test_what_is_the_same_is_shared_and_what_names_places_is_not(tmp_path: Path) -> None:
    one, other = Inline(Path("/d/a.py"), "dependencies = []"), Inline(Path("/d/b.py"), "dependencies = []")
    made = environment_of(one, None, tmp_path)
    assert made is not None
    assert made.is_made
    assert environment_of(other, None, tmp_path)[0] == made.key  # type: ignore[index]
    assert environment_of(other._replace(local=True), None, tmp_path)[0] != made.key  # type: ignore[index]
    assert environment_of(one, "3.12", tmp_path)[0] != made.key  # type: ignore[index]
    assert environment_of(None, None, tmp_path) is None
    assert environment_of(one._replace(lock="version = 1"), None, tmp_path)[0] != made.key  # type: ignore[index]
    taken = environment_of(None, "env/bin/python", tmp_path)
    assert taken is not None
    assert (taken.python, taken.is_made) == (str(tmp_path / "env/bin/python"), False)


def test_a_worker_elsewhere_sees_our_package_and_nothing_else_of_the_hubs(tmp_path: Path) -> None:
    hub = {"PATH": "/bin", "PYTHONPATH": "/hub", "PYTHONHOME": "/hub", "VIRTUAL_ENV": "/hub", "HOME": "/home/ada"}
    environ = Interpreter(tmp_path / "bin" / "python", tmp_path).environ(hub, Path("/package"))
    assert environ == {
        "HOME": "/home/ada",
        "PATH": f"{tmp_path / 'bin'}:/bin",
        "PYTHONPATH": "/package",
        "VIRTUAL_ENV": str(tmp_path),
    }
    assert "VIRTUAL_ENV" not in Interpreter(Path("/usr/bin/python")).environ(hub, Path("/package"))


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        ("Using Python\nerror: No solution\n  cause: Because x\n  cause: and y\n", "No solution: Because x"),
        ("  × No solution:\n  ╰─▶ Because only x\n      is there.\n", "No solution: Because only x is there."),
        ("it broke\n", "it broke"),
        ("", "uv said nothing"),
    ],
)
def test_what_uv_says_is_wrong(output: str, fault: str) -> None:
    assert fault_in(output) == f"its environment cannot be made: {fault}"

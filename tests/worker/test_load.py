"""Loading: modules as real modules, hooks, versions, and what a script that does not load says."""

from __future__ import annotations

import pickle
import sys

import pytest

UPDATE = """
@every
def update(panel):
    panel.components["text"].text = {}
"""


def test_helper_modules_and_packages_are_importable(deck, head):
    deck.write(
        main=head + "import helper\nfrom tools.deep import depth\n" + UPDATE.format("f'{helper.NAME} {depth()}'"),
        helper="NAME = 'helper'\n",
        tools__slash____init__="",
        tools__slash__deep="from .other import LEVEL\nfrom . import other\n\ndef depth(): return LEVEL + other.LEVEL\n",
        tools__slash__other="LEVEL = 21\n",
    )
    deck.load()
    deck.run()
    assert deck.panel("text")["text"] == "helper 42"
    assert sys.modules["tools.deep"].__file__ == str(deck.folder / "tools" / "deep.py")


def test_a_folder_with_init_is_a_package_itself(deck, head):
    deck.write(
        __init__="",
        main=head + "from . import helper\nfrom .helper import NAME\n" + UPDATE.format("NAME + helper.NAME"),
        helper="NAME = 'x'\n",
    )
    deck.load()
    deck.run()
    assert deck.panel("text")["text"] == "xx"


def test_what_a_script_defines_can_be_pickled(deck, head):
    deck.write(
        shapes=head + "import pickle\n\nclass Square:\n    side = 2\n"
        + UPDATE.format("str(pickle.loads(pickle.dumps(Square())).side)")
    )  # fmt: skip
    deck.load()
    assert deck.run()["state"] == "done"
    assert deck.panel("text")["text"] == "2"
    assert pickle.loads(pickle.dumps(sys.modules["shapes"].Square)).side == 2


def test_a_new_version_loads_its_files_anew_within_the_same_second(deck, head):
    for version in ("1", "2", "3"):
        deck.write(main=head + "import helper\n" + UPDATE.format("helper.NAME"), helper=f"NAME = '{version}'\n")
        deck.load(version)
        deck.run()
        assert deck.panel("text")["text"] == version
    assert not list(deck.folder.rglob("*.pyc"))


def test_hooks_are_described(deck, head):
    deck.write(
        a=head
        + """
@dash.hooks.schedule(run_every=timedelta(days=2), at=time(7, 30))
def daily(panel): ...

@dash.hooks.schedule(run_every=timedelta(hours=1), aligned=True)
@dash.hooks.setup
def hourly(panel): ...
""",
        b=head + "from a import daily\n" + UPDATE.format("'b'"),
        c=head + UPDATE.format("'c'"),
    )
    result = deck.load()
    told = [(hook["name"], hook["every"], hook["at"], hook["aligned"], hook["module"]) for hook in result["hooks"]]
    assert told == [
        ("daily", 172_800_000_000, "07:30:00", False, "a"),
        ("hourly", 3_600_000_000, None, True, "a"),
        ("b.update", 1_000_000, None, False, "b"),
        ("c.update", 1_000_000, None, False, "c"),
    ]
    assert {hook["kind"] for hook in result["hooks"]} == {"schedule"}
    assert result["setup"] == "setup"
    deck.run("c.update")
    assert deck.panel("text")["text"] == "c"


def test_a_hook_that_another_decorator_wraps_runs_wrapped(deck, head):
    deck.write(
        main=head
        + """
import functools

def twice(function):
    @functools.wraps(function)
    def wrapper(panel):
        function(panel)
        function(panel)
    return wrapper

@twice
@every
def update(panel):
    panel.store["n"] = panel.store.get("n", 0) + 1
"""
    )
    deck.load()
    deck.run()
    assert deck.kept == {"n": "2"}


def test_a_single_module_with_a_layout_in_it(deck, head):
    path = deck.folder.parent / "single.py"
    path.write_text(head + "layout = '<Grid><Text id=text /></Grid>'\n" + UPDATE.format("panel.script_id"))
    deck.worker._path = str(path)
    result = deck.load()
    assert result["grid"]["children"] == [{"type": "Text", "id": "text"}]
    deck.run()
    assert deck.panel("text")["text"] == "sample"


@pytest.mark.parametrize(
    ("files", "message", "hint", "file", "line"),
    [
        ({"main": "x = (\n"}, "SyntaxError: '(' was never closed", "save it", "main.py", 1),
        ({"main": "import helper", "helper": "\n1 / 0\n"}, "ZeroDivisionError: division by", "save it", "helper.py", 2),
        ({"main": "import no_such"}, "ModuleNotFoundError: No module", "name what provides no_such", "main.py", 1),
        ({"main": "x = 1\0\n"}, "SyntaxError: source code", "save it", "main.py", None),
        ({"main": "import sys\nsys.exit(3)\n"}, "SystemExit: the script ended itself", "save it", "main.py", 2),
        ({"main": "x = 1\n"}, "no hook was found", "@hooks.schedule", None, None),
        ({"random": ""}, "random.py has the name of Python's own module random", "my_random.py", "random.py", None),
        ({"quarterdeck": ""}, "quarterdeck.py has the name of Quarterdeck", "rename", "quarterdeck.py", None),
        ({"a.b": ""}, "a.b.py cannot be imported", "rename it", "a.b.py", None),
        ({"layout": "<Grid>\n<Tabel id=t />"}, "there is no tag <Tabel>", "did you mean Table?", "layout.html", 2),
    ],
)  # fmt: skip
def test_a_script_that_does_not_load_says_why(deck, head, files, message, hint, file, line):
    if "layout" in files:
        files = {**files, "main": head + UPDATE.format("''")}
    deck.write(**files)
    error = deck.broken()
    assert error["message"].startswith(message)
    assert hint in error["hint"]
    assert (error["file"], error["line"]) == (file, line)
    assert deck.hub.topics == {}


def test_a_folder_without_a_layout(deck, head):
    deck.write(main=head + UPDATE.format("''"))
    (deck.folder / "layout.html").unlink()
    assert deck.broken()["message"] == "there is no layout.html"


def test_a_traceback_names_only_what_is_not_ours(deck):
    deck.write(main="import helper\n", helper="def f():\n    raise ValueError('no')\n\nf()\n")
    error = deck.broken()
    assert error["type"] == "ValueError"
    assert error["traceback"].startswith("Traceback (most recent call last):")
    assert "quarterdeck/worker" not in error["traceback"]
    assert error["traceback"].count("importlib") == 0


def test_mended_after_it_was_broken(deck, head):
    deck.write(main="x = (\n")
    deck.broken()
    assert deck.give(("r1", "update", {})) == {"states": {}, "refused": {"r1": "sample has no hook 'update'"}}
    deck.write(main=head + UPDATE.format("'well'"))
    deck.load()
    deck.run()
    assert deck.panel("text")["text"] == "well"

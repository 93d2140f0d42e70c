"""The class form: which class, its instance, its hooks, and what of it is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import quarterdeck as qd
from quarterdeck.components import Text
from quarterdeck.grid import Grid

SAMPLE = Path(__file__).parents[2] / "examples" / "classic" / "class" / "scripts" / "sample.py"
HEAD = """
import quarterdeck as qd
from datetime import timedelta
from quarterdeck.components import LineChart, Text
from quarterdeck.grid import Col, Grid, Row
each = qd.hooks.schedule(run_every=timedelta(seconds=1))
"""
COUNTER = (
    HEAD
    + """
class Counter(qd.Script):
    def __init__(self):
        super().__init__('counter')
        self.count = 0
        self.seen = []
        self.text = Text('text')

    @each
    def update(self):
        self.count += 1
        self.seen.append(self.count)
        self.text.text = f"{self.count} {self.script_id}"
        if self.count == 3:
            raise ValueError("three")

    def render(self):
        return Grid(self.text)
"""
)


@pytest.fixture
def write(deck):
    """Puts a script without a layout.html on the deck."""

    def write(**modules):
        deck.write(**modules)
        (deck.folder / "layout.html").unlink()

    return write


def test_the_sample_in_the_class_form(deck):
    deck.worker._path = str(shutil.copy(SAMPLE, deck.folder.parent / "sample.py"))
    result = deck.load()
    assert (result["form"], result["setup"]) == ("class", None)
    assert [(hook["name"], hook["every"], hook["module"]) for hook in result["hooks"]] == [
        ("update", 1_000_000, "sample")
    ]
    line = SAMPLE.read_text().splitlines()[result["hooks"][0]["line"] - 1]
    assert line.strip().startswith("@dash.hooks.schedule")
    assert result["grid"]["children"][1]["children"][0] == {
        "type": "Col", "props": {"md": 6}, "children": [{"type": "Table", "id": "table"}],
    }  # fmt: skip
    assert deck.panel("table")["headers"] == ["Count", "Value"]
    for tick in range(25):
        assert deck.run(run=f"r{tick}")["state"] == "done"
    rows = deck.panel("table")["rows"]
    assert [row[0] for row in rows] == list(range(15, 25))
    assert deck.panel("chart")["points"] == rows
    assert deck.panel("text")["text"] == f"The current value is: {rows[-1][1]}"
    assert deck.kept == {"self.count": "25"}


def test_attributes_go_on_in_the_next_worker_and_begin_anew_with_a_new_version(deck, write):
    write(counter=COUNTER)
    deck.load()
    for number in range(2):
        deck.run(run=f"r{number}")
    assert deck.kept == {"self.count": "2", "self.seen": "[1,2]"}
    deck.new_worker()
    deck.load(setup=False, store=deck.kept, panel=deck.known())
    assert deck.panel("text")["text"] == "2 sample"
    assert deck.run(run="r3")["state"] == "failed"
    assert deck.panel("text")["text"] == "3 sample", "what was shown stays, as the page of a failed run should tell"
    assert deck.kept == {"self.count": "2", "self.seen": "[1,2]"}
    assert deck.run(run="r4")["state"] == "failed", "the count went back to two"
    deck.load("2", store=deck.kept, panel=deck.known())
    assert deck.kept == {}
    assert deck.panel("text")["text"] == ""
    deck.run(run="r5")
    assert deck.kept == {"self.count": "1", "self.seen": "[1]"}


def test_the_store_is_there_in_init_and_kept(deck, write):
    write(
        main=HEAD
        + """
class Keeper(qd.Script):
    def __init__(self):
        self.store.setdefault('n', 40)
        self.began = self.store['n']
        self.connection = object()

    @each
    def update(self):
        self.store['n'] += 1
        self.store['self.n'] = 1
        self.extra = self.began
"""
    )
    deck.load(store={"n": "41"})
    deck.run()
    assert deck.kept == {"n": "42", "self.extra": "41"}
    deck.run(run="r2")
    assert deck.hub.state("script/sample")["unkept"] == [
        {"key": "self.n", "why": "keys that begin with self. are those of the script's attributes"}
    ]


def test_a_failed_run_takes_new_attributes_back(deck, write):
    write(
        main=HEAD
        + """
class Fails(qd.Script):
    def __init__(self):
        self.parts = {"a": [1]}

    @each
    def update(self):
        print(sorted(vars(self)), self.parts)
        self.fresh = 1
        self.parts["a"].append(2)
        raise ValueError("no")
"""
    )
    deck.load()
    for number in range(2):
        run = deck.run(run=f"r{number}")
        assert run["tail"][0][2] == "['parts'] {'a': [1]}"


def test_the_class_is_the_scripts_own_and_no_other_is_made_from_it(deck, write):
    write(
        a="from b import Middle\nimport quarterdeck as qd\nfrom quarterdeck import Script\n",
        b=HEAD
        + """
class Base(qd.Script):
    def __init__(self):
        super().__init__('x')
        self.text = Text('text')
    @each
    def update(self): self.text.text = self.word()
    def render(self): return Grid(self.text)

class Middle(Base):
    def word(self): return "middle"

class Other(Base):
    def word(self): return "other"
""",
    )
    assert [hook["name"] for hook in deck.load()["hooks"]] == ["update"]
    deck.run()
    assert deck.panel("text")["text"] == "middle"


def test_hooks_of_base_classes_setup_static_and_async_methods(deck, write):
    write(
        main=HEAD
        + """
class Base(qd.Script):
    @qd.hooks.setup
    def prepare(self): print("prepared")
    @each
    def second(self): print("never")

class Mine(Base):
    @each
    async def first(self): print("first")
    @each
    def second(self): print("mine")
    @each
    @staticmethod
    def third(): print("third")
    def plain(self): print("plain")
"""
    )
    result = deck.load()
    assert ([hook["name"] for hook in result["hooks"]], result["setup"]) == (["first", "second", "third"], "setup")
    for hook, word in (("setup", "prepared"), ("first", "first"), ("second", "mine"), ("third", "third")):
        assert deck.run(hook, hook)["tail"][0][2] == word


def test_a_class_without_hooks_is_a_page_that_stands_still(deck, write):
    write(
        main=HEAD + "class Still(qd.Script):\n    def render(self): return Grid(Row(Col(Text('t', 'Hello'), md=3)))\n"
    )
    assert deck.load()["hooks"] == []
    assert deck.panel("t")["text"] == "Hello"


@pytest.mark.parametrize(
    ("body", "message", "hint", "line"),
    [
        ("def __init__(self): 1 / 0", "ZeroDivisionError", "mend the file", 9),
        ("def __init__(self, name): pass", "TypeError", "mend the file", None),
        ("def render(self): return Row()", "Mine.render() gave <quarterdeck.sdk.grid.Row", "return a Grid", None),
        ("def render(self): return Grid(Row(Text('t')))", "ValueError: only Col can stand in a Row", "mend", 9),
        ("def render(self): return Grid(Text('t'), Text('t'))", "the id 't' stands twice", "another id", None),
        ("pass\n@each\ndef stray(panel): pass", "the function stray is marked as a hook outside", "a method of", None),
    ],
)
def test_a_class_that_cannot_be_shown_says_why(deck, write, body, message, hint, line):
    write(main=HEAD + "\nclass Mine(qd.Script):\n    " + body)
    error = deck.broken()
    assert error["message"].startswith(message)
    assert hint in error["hint"]
    assert error["line"] == line


def test_a_layout_beside_a_class_is_refused(deck):
    deck.write(main=HEAD + "class Mine(qd.Script): pass\n")
    error = deck.broken()
    assert "both a layout.html and the class Mine" in error["message"]
    assert error["file"] == "layout.html"


def test_a_script_on_no_deck_is_an_object_like_others():
    class Lonely(qd.Script):
        def __init__(self):
            super().__init__(id="lonely")
            self.text = Text("t")

        @qd.hooks.setup
        def greet(self, name):
            return f"Hello {name}"

    script = Lonely()
    assert (script.id, script.script_id, script.store) == ("lonely", "", {})
    assert script.greet("Mark") == "Hello Mark"
    assert script.render().state == Grid().state
    script.store = {"a": 1}
    assert script.store == {"a": 1}
    assert set(vars(script)) == {"id", "text"}

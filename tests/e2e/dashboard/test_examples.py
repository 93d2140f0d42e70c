"""The examples, and the tutorial that shows them: each is run as it stands there, but for the port."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.dashboard.conftest import Dashboard

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "jobs"
TUTORIAL = (ROOT / "docs" / "progress-tutorial.md").read_text()
CALLS = 1000
JOBS = {
    "loop.py": {"epochs": 5, "rows": 200},
    "pool.py": {"square": CALLS},
    "with_mpire.py": {"square": CALLS},
    "with_joblib.py": {"square": CALLS},
    "with_rich.py": {"download": 300, "unpack": 300},
}


@pytest.fixture
def dashboard(home: Any, ports: range) -> Dashboard:
    return Dashboard(home, "--port-range", f"{ports[0]}-{ports[-1] + 1}")


def test_every_example_is_run_here() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == {*JOBS, "remote.py", "notebook.ipynb"}


@pytest.mark.parametrize("name", JOBS)
def test_an_example_is_seen(dashboard: Dashboard, home: Any, name: str) -> None:
    text = (EXAMPLES / name).read_text()
    program = home.program(text.replace("(8099)", f"({dashboard.port})"))
    program.communicate(timeout=60)
    assert program.returncode == 0, home.errors()
    for job, done in JOBS[name].items():
        assert dashboard.wait_for(job, "done")["done"] == done
    dashboard.wait_for("program.py", "done")


def test_the_remote_example_takes_a_host_and_a_token(dashboard: Dashboard, elsewhere: Any) -> None:
    token = dashboard.command("token", "new", "there", "--scope", "producer")
    program = elsewhere.start(str(EXAMPLES / "remote.py"), "localhost", str(dashboard.port), token)
    assert program.wait(60) == 0, elsewhere.errors()
    assert dashboard.wait_for("rows, from afar", "done")["done"] == 500


def test_the_cells_of_the_notebook_run_in_their_order(home: Any, ports: range) -> None:
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    text = "\n".join(code).replace("start_dashboard()", f"start_dashboard(range({ports[0]}, {ports[-1]}))", 1)
    program = home.program(text)
    assert program.communicate(timeout=60)[0] == "2.0\n4.0\na part of nothing\n", home.errors()
    assert home.files() == []


def test_what_the_tutorial_shows_stands_in_the_examples() -> None:
    examples = "".join(path.read_text() for path in EXAMPLES.glob("*.py"))
    shown: list[str] = re.findall(r"^```python\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    found = [block for block in shown if block.strip("\n") in examples]
    # The rest: a failure to write into the loop, another machine's name and token, and the first cell of the notebook.
    assert len(found) == len(shown) - 3

"""quarterdeck dashboard, and the programs that connect to it: of the same user, and as if from another machine."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest
from tests.e2e.dashboard.conftest import Dashboard, is_free

PROGRAM = """
import json, os, sys, time
from quarterdeck.dashboard import connect_to_dashboard, get_stacklevel, set_stacklevel
from quarterdeck.progress import tqdm
port, host, token, fails = json.loads(sys.argv[1])
try:
    connect_to_dashboard(port, host, **({"token": token} if token else {}))
except OSError as error:
    sys.exit(f"{type(error).__name__}: {error}")

def read(rows):
    for row in tqdm(range(rows), desc="rows", file=open(os.devnull, "w")):
        time.sleep(0.005)

def work():
    read(20)
    if fails:
        raise ValueError("the work is bad")

set_stacklevel(get_stacklevel() + 1)
work()
"""


@pytest.fixture
def dashboard(home: Any, ports: range) -> Dashboard:
    # 127.0.0.2 stands for the address at which other machines reach this one.
    return Dashboard(home, "--port-range", f"{ports[0]}-{ports[-1] + 1}", "--host", "0.0.0.0")


def run(home: Any, port: int, host: str | None = None, token: str = "", fails: bool = False, **environment: str) -> str:
    """The program; what it said on standard error, if it failed."""

    program = home.program(PROGRAM, json.dumps([port, host, token, fails]), **environment)
    program.communicate(timeout=60)
    said: str = home.errors()
    assert program.returncode == (1 if said else 0)
    return said


def test_a_program_of_the_same_user_needs_a_port_and_nothing_else(
    dashboard: Dashboard, home: Any, ports: range
) -> None:
    assert (dashboard.page, dashboard.port) == (ports[0], ports[-1])
    assert f"http://localhost:{dashboard.page}/jobs#code=" in dashboard.command("login-link")
    assert "ValueError: the work is bad" in run(home, dashboard.port, fails=True)
    # The program died; its dashboard goes on, and says what it died of.
    assert "the work is bad" in dashboard.wait_for("program.py", "failed")["traceback"]
    dashboard.wait_for("rows", "done")
    [place] = [found for found in dashboard.states("prefix=place") if "read(20)" in str(found["called"])]
    assert place["function"]["name"] == "work"
    assert "read(20)" in dict(place["called"]["code"])[place["called"]["line"]]


def test_from_another_machine_a_token_is_needed(dashboard: Dashboard, elsewhere: Any) -> None:
    port = dashboard.port
    assert "PermissionError" in run(elsewhere, port, "127.0.0.2")
    assert "wants a token" in run(elsewhere, port, "127.0.0.2")
    (elsewhere.folder / "errors").unlink()
    assert "does not know this token" in run(elsewhere, port, "127.0.0.2", "guessed")
    (elsewhere.folder / "errors").unlink()
    producer = dashboard.command("token", "new", "there", "--scope", "producer")
    guest = dashboard.command("token", "new", "looking", "--scope", "guest")
    assert "may only look" in run(elsewhere, port, "127.0.0.2", guest)
    (elsewhere.folder / "errors").unlink()
    assert run(elsewhere, port, "127.0.0.2", producer) == ""
    dashboard.wait_for("rows", "done")
    assert run(elsewhere, port, "127.0.0.2", QUARTERDECK_TOKEN=producer) == ""


def test_it_keeps_its_jobs_and_a_second_one_beside_it_does_not(dashboard: Dashboard, home: Any, ports: range) -> None:
    assert run(home, dashboard.port) == ""
    dashboard.wait_for("rows", "done")
    other = Dashboard(home, "--port-range", f"{ports[0]}-{ports[-1] + 1}")
    assert "keeps its jobs only until it ends" in other.text
    assert dashboard.page < other.page < other.port < dashboard.port
    assert run(home, other.port) == ""
    for each in (other, dashboard):
        each.process.send_signal(signal.SIGINT)
        assert each.process.wait(60) == 0
        assert is_free(each.port)
    assert home.files() == []
    again = Dashboard(home, "--port-range", f"{ports[0]}-{ports[-1] + 1}")
    assert again.wait_for("rows", "done")["done"] == 20


TOLD = """
import sys
from quarterdeck.dashboard import connect_to_dashboard
from quarterdeck.progress import install, track
install()
connect_to_dashboard(int(sys.argv[1]))
list(track("abc", "letters"))
"""


def test_a_program_that_was_told_of_the_same_hub_stays_one_program(dashboard: Dashboard, home: Any) -> None:
    token = dashboard.command("token", "new", "there", "--scope", "producer")
    told = {"QUARTERDECK_URL": f"http://localhost:{dashboard.page}", "QUARTERDECK_TOKEN": token}
    program = home.program(TOLD, str(dashboard.port), **told)
    assert program.wait(60) == 0, home.errors()
    dashboard.wait_for("letters", "done")
    assert [job["name"] for job in dashboard.all_jobs() if job["role"] == "program"] == ["program.py"]


def test_what_listens_but_is_no_dashboard_is_refused(elsewhere: Any) -> None:
    server = elsewhere.start("-u", "-m", "http.server", "0", "--bind", "127.0.0.1")
    port = int(next(iter(server.stdout)).split(" port ")[1].split()[0])
    assert "ConnectionRefusedError: what answers at" in run(elsewhere, port)

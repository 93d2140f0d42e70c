"""The hub that an application starts: when, by whom, for how long, and what happens where it cannot be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.conftest import UpProcess
from tests.e2e.embedded.conftest import GUNICORN, WAITRESS, Application, lives, wait_for

Made = Callable[..., Application]
EXAMPLE = Path(__file__).parents[3] / "examples" / "service"
OWN = "[dashboard]\nUSERNAME=admin\nPASSWORD=correct horse\n"
FAST = """
from fastapi import FastAPI
from quarterdeck import monitor

monitor.config.from_file("config.cfg")
shop = FastAPI(title="shop")

@shop.get("/")
async def index():
    return "the shop"

monitor.bind(app=shop)
"""
DJANGO = """
import django
from django.conf import settings
from django.core.{kind} import get_{kind}_application
from django.http import HttpResponse
from django.urls import path
from quarterdeck import monitor

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF="shop", SECRET_KEY="x", DEBUG=False)
urlpatterns = [path("", lambda request: HttpResponse("the shop"))]
monitor.config.from_file("config.cfg")
app = monitor.bind(app=get_{kind}_application(), name="shop")
"""
PLAIN = """
from quarterdeck import monitor

monitor.config.from_file("config.cfg")

def app(environ, start_response):
    start_response("200 OK", [])
    return [b"the shop"]

app = monitor.bind(app=app, name="shop")
"""
MOUNTED = """
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from flask import Flask
from quarterdeck import monitor

monitor.config.from_file("config.cfg")
shop, desk = Flask("shop"), Flask("desk")
for app, link in ((shop, "dashboard"), (desk, "insight")):
    app.add_url_rule("/", "index", lambda: "the shop")
    monitor.config.custom_link = link
    monitor.bind(app=app)
both = DispatcherMiddleware(shop, {"/desk": desk})
"""
UVICORN = ("uvicorn", "--port", "{port}", "--log-level", "warning")


@pytest.mark.parametrize(
    ("source", "server"),
    [
        (FAST, (*UVICORN, "shop:shop")),
        (DJANGO.format(kind="asgi"), (*UVICORN, "shop:app")),
        (DJANGO.format(kind="wsgi"), (*WAITRESS[:-1], "shop:app")),
        (PLAIN, (*WAITRESS[:-1], "shop:app")),
    ],
    ids=["fastapi", "django-asgi", "django-wsgi", "wsgi"],
)
def test_every_framework_has_it_and_counts_nothing_of_it(made: Made, source: str, server: tuple[str, ...]) -> None:
    shop = made(source, OWN)
    shop.start(*server)
    for _ in range(3):
        assert shop.ask("/")[0] == 200
    shop.ready()
    status, _, body = shop.ask("/dashboard/services/shop")
    assert status == 200
    assert b'src="/dashboard/assets/' in body
    assert shop.ask("/dashboards")[0] in (200, 404)
    status, cookie = shop.login("admin", "correct horse")
    assert status == 200
    wait_for(lambda: sum(shop.counted(cookie).values()) == 4, "count of what was asked beside the dashboard")


def test_it_is_one_for_all_workers_and_outlives_the_one_that_started_it(made: Made) -> None:
    shop = made(config=OWN)
    shop.start(*GUNICORN, "--max-requests", "4")
    assert list(shop.state.rglob("hub.json")) == []
    for _ in range(8):
        shop.ask("/")
    shop.ready()
    hub = shop.hub()
    folder = shop.state / "quarterdeck" / "services" / "shop"
    assert (folder / ".quarterdeck").is_dir()
    for _ in range(40):
        assert shop.ask("/")[0] == 200
    shop.ready()
    assert shop.hub() == hub
    shop.end()
    assert lives(hub)
    shop.start(*WAITRESS)
    shop.ask("/")
    shop.ready()
    assert shop.hub() == hub
    cookie = shop.login("admin", "correct horse")[1]
    wait_for(lambda: shop.counted(cookie) == {"GET /": 49}, "count of every request")


def test_what_the_configuration_says_anew_holds_though_the_hub_runs_already(made: Made) -> None:
    shop = made(config=OWN)
    shop.start(*WAITRESS)
    shop.ask("/")
    shop.ready()
    assert shop.login("admin", "correct horse")[0] == 200
    shop.end()
    (shop.folder / "config.cfg").write_text(OWN.replace("correct horse", "another horse"))
    shop.start(*WAITRESS)
    shop.ask("/")
    wait_for(lambda: shop.login("admin", "another horse")[0] == 200, "login with the new password")
    assert shop.login("admin", "correct horse")[0] == 401


def test_several_applications_of_a_process_have_a_link_each_and_one_hub(made: Made) -> None:
    shop = made(MOUNTED, OWN)
    shop.start(*WAITRESS[:-1], "shop:both")
    for path in ("/", "/desk/", "/desk/"):
        assert shop.ask(path)[0] == 200
    shop.ready()
    status, cookie = shop.login("admin", "correct horse", "desk/insight")
    assert (status, cookie.partition("=")[0]) == (200, f"quarterdeck-desk-insight-{shop.port}")
    assert b'src="/desk/insight/assets/' in shop.ask("/desk/insight")[2]
    assert shop.ask("/insight")[0] == 404
    wait_for(lambda: len(shop.read("/desk/insight/api/topics?kind=service", cookie)["topics"]) == 2, "both services")


def test_without_the_hub_installed_the_page_says_the_mend(made: Made) -> None:
    shop = made(config=OWN)
    (shop.folder / "sitecustomize.py").write_text("import sys\nsys.modules['uvicorn'] = None\n")
    shop.environment["PYTHONPATH"] += os.pathsep + str(shop.folder)
    shop.start(*WAITRESS)
    assert shop.ask("/")[0] == 200
    wait_for(lambda: b"pip install &quot;quarterdeck[hub]&quot;" in shop.ask("/dashboard")[2], "page with the mend")
    assert shop.ask("/")[0] == 200


def test_a_deck_that_cannot_be_written_is_said_and_harms_nothing(made: Made) -> None:
    shop = made(config="[dashboard]\nDATABASE=sqlite:///{folder}/log/dashboard.db\n")  # which is a file
    shop.start(*WAITRESS)
    assert shop.ask("/")[0] == 200
    wait_for(lambda: b"standard error" in shop.ask("/dashboard")[2], "page that says where to look")
    assert str(shop.folder / "log") in shop.said()
    assert shop.ask("/")[0] == 200


def test_one_that_dies_at_once_is_started_again(made: Made) -> None:
    shop = made(config=OWN)
    shop.start(*WAITRESS)
    for _ in range(2):
        shop.ask("/")
        shop.ready()
        os.kill(shop.hub(), signal.SIGKILL)
    wait_for(lambda: b"is starting" in shop.ask("/dashboard")[2], "page that comes back by itself")
    shop.ready()
    assert shop.ask("/")[0] == 200


def test_scripts_that_happen_to_be_beside_the_database_are_not_run(made: Made) -> None:
    shop = made(config=OWN + "DATABASE=sqlite:///{folder}/dashboard.db\n")
    (shop.folder / "scripts").mkdir()
    trace = shop.folder / "was-run"
    (shop.folder / "scripts" / "cleanup.py").write_text(f"open({str(trace)!r}, 'w')\n")
    shop.start(*WAITRESS)
    shop.ask("/")
    shop.ready()
    cookie = shop.login("admin", "correct horse")[1]
    assert shop.read("/dashboard/api/topics?kind=script", cookie)["topics"] == []
    assert not trace.exists()


def test_a_hub_that_runs_already_is_used_and_none_is_started(made: Made, sample: UpProcess) -> None:
    shop = made(config="[dashboard]\nPASSWORD=correct horse\n")
    shop.environment["XDG_STATE_HOME"] = str(sample.deck.parent / "state")
    sample.start()
    shop.start(*GUNICORN)
    shop.ask("/")
    shop.ready()
    assert not (sample.deck.parent / "state" / "quarterdeck" / "services").exists()
    assert "the hub in use has its own" in shop.said()
    sample.command("user", "add", "ada", "--role", "guest", given="correct horse\n")
    status, cookie = shop.login("ada", "correct horse")
    assert status == 200
    wait_for(lambda: shop.counted(cookie) == {"GET /": 1}, "count of the request")
    sample.stop()
    assert b"quarterdeck up" in shop.ask("/dashboard")[2]
    assert shop.ask("/")[0] == 200


def test_it_ends_when_nobody_needs_it_any_longer(made: Made) -> None:
    shop = made(config=OWN)
    program = "from quarterdeck.web.quiet import Quiet; Quiet.__init__.__defaults__ = (3.0,); "
    program += "from quarterdeck.cli.main import main; main(['dashboard', '--embedded', 'deck'])"
    hub = subprocess.Popen(
        [sys.executable, "-c", program], env=shop.environment, cwd=shop.folder, stdin=subprocess.PIPE
    )
    assert hub.stdin is not None
    hub.stdin.write(b"{}")
    hub.stdin.close()
    assert hub.wait(60) == 0
    assert shop.hub() == 0


def test_the_example_runs_as_it_stands(made: Made) -> None:
    shop = made(
        (EXAMPLE / "shop.py").read_text(), (EXAMPLE / "config.cfg").read_text().replace("{", "{{").replace("}", "}}")
    )
    shop.start("flask", "--app", "shop", "run", "--port", "{port}")
    assert [shop.ask(path)[0] for path in ("/", "/cart/1", "/cart/13", "/cart/100")] == [200, 200, 500, 404]
    shop.ready()
    assert (shop.folder / ".quarterdeck").is_dir()
    cookie = shop.login("guest", "one for the customer")[1]
    wait_for(lambda: shop.counted(cookie) == {"GET /": 1, "GET /cart/<int:number>": 3}, "count of every request")


def test_it_lives_on_though_who_started_it_has_ended_before_it_was_ready(made: Made) -> None:
    shop = made(config=OWN)
    command = [sys.executable, "-m", "quarterdeck", "dashboard", "--embedded", str(shop.folder)]
    with (shop.folder / "log").open("ab") as log:
        hub = subprocess.Popen(command, env=shop.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    assert hub.stdin is not None
    assert hub.stdout is not None
    hub.stdout.close()
    hub.stdin.write(b"{}")
    hub.stdin.close()
    wait_for(shop.hub, "hub")
    (shop.folder / "config.cfg").write_text(OWN + "DATABASE=sqlite:///dashboard.db\n")
    shop.start(*WAITRESS)
    shop.ready()
    assert shop.hub() == hub.pid
    assert shop.said().count("Traceback") == 0
    hub.terminate()
    hub.wait(60)

"""Programs that measure requests and are no web servers: without threads, with children, at their abrupt end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ASKED = 40
PROGRAM = """
import multiprocessing, os, sys, threading
from flask import Flask
from quarterdeck import monitor

shop = Flask("shop")

@shop.get("/cart/<int:number>")
def cart(number):
    return f"cart {number}"

monitor.bind(app=shop, include_dashboard=False)

def ask(requests):
    client = shop.test_client()
    for number in range(requests):
        client.get(f"/cart/{number}", buffered=True, environ_overrides={"REMOTE_ADDR": f"10.0.0.{number % 7}"})

def children(way):
    context = multiprocessing.get_context(way)
    made = [context.Process(target=ask, args=(10,)) for _ in range(3)]
    for each in made:
        each.start()
    for each in made:
        each.join()

def threadless():
    def refuse(self):
        raise RuntimeError("can't start new thread")
    threading.Thread.start = refuse
    ask(40)

def forked():
    ask(10)
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            ask(10)
            sys.exit()
        os.waitpid(pid, 0)

def let_go():
    # Applications of a factory, as tests make them: neither they nor their threads stay.
    import gc, time, weakref
    def left():
        threads = [each for each in threading.enumerate() if each.name == "quarterdeck-service"]
        return [*(each() for each in made if each()), *threads[1:]]  # one is that of the shop above

    made = []
    for number in range(40):
        app = Flask("shop")
        app.add_url_rule("/cart/<int:number>", "cart", cart)
        monitor.bind(app=app, include_dashboard=False)
        address = {"REMOTE_ADDR": f"10.0.0.{number % 7}"}
        app.test_client().get(f"/cart/{number}", buffered=True, environ_overrides=address)
        made.append(weakref.ref(app))
        del app
    until = time.monotonic() + 40
    while left():
        assert time.monotonic() < until, left()
        time.sleep(0.1)
        gc.collect()

if __name__ == "__main__":
    way = sys.argv[1]
    if way in ("fork", "spawn"):
        ask(10)
        children(way)
    else:
        globals()[way]()
"""


@pytest.mark.parametrize("way", ["fork", "spawn", "forked", "threadless", "let_go"])
def test_totals_are_exact(deck: Any, tmp_path: Path, way: str) -> None:
    deck.up()
    (tmp_path / "shop.py").write_text(PROGRAM)
    environment = {**deck.environment, "QUARTERDECK_URL": deck.url, "QUARTERDECK_TOKEN": deck.tokens["producer"]}
    command = [sys.executable, "shop.py", way]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ("no thread can be started" in ran.stderr) == (way == "threadless")
    deck.bring()
    shop, callers = deck.state("service/shop"), deck.state("service/shop/callers/1.0")
    assert shop["status"] == {"200": ASKED}
    assert (sum(callers["ips"].values()), len(callers["ips"])) == (ASKED, 7)
    assert way == "let_go" or shop["processes"] == {}

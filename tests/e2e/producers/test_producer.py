"""A program, a hub, and HTTP between them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.producers.servers import until

from quarterdeck.sdk import default
from quarterdeck.sdk.client import Client
from quarterdeck.sdk.http import HttpTransport
from quarterdeck.sdk.topic import Topic


@pytest.fixture
def client(deck: Any) -> Any:
    deck.up()
    client = Client(HttpTransport(deck.url, deck.tokens["producer"]), name="test")
    yield client
    client.close(0)


def test_topics_arrive(deck: Any, client: Client) -> None:
    topic = Topic("lab/temperature", lambda: client)
    topic.set(value=21.5, unit="°C")
    topic.push("latest", 1, 2, 3, cap=2)
    topic.add("seen", a=1)
    topic.record("measured", 21.5)
    topic.add("value", a=1)
    assert client.flush(60)
    assert deck.state("lab/temperature") == {"value": 21.5, "unit": "°C", "latest": [2, 3], "seen": {"a": 1}}
    assert client.refused == 1


def test_a_hub_that_ends_lets_go_of_requests_that_wait(deck: Any) -> None:
    deck.up()
    hello = {"t": "hello", "version": 1, "name": "a test", "claims": ["job/1"]}
    answers: list[Any] = []
    held = threading.Thread(target=lambda: answers.append(deck.ask("POST", "/api/frames?stream=s&wait=30", hello)))
    held.start()
    until(lambda: deck.state("hub").get("producers"), bool)
    os.kill(deck.pid, signal.SIGTERM)
    held.join(60)
    assert [status for status, _ in answers] == [200]
    assert "ERROR" not in (deck.folder.parent / "hub.log").read_text()


def test_blobs_arrive_before_what_names_them(deck: Any, client: Client, tmp_path: Path) -> None:
    large, report = tmp_path / "large.bin", tmp_path / "report.csv"
    large.write_bytes(bytes(9 << 20))
    report.write_text("a,b\n1,2\n")
    topic = Topic("lab/files", lambda: client)
    topic.blob("large", large)
    topic.blob("report", report)
    topic.blob("text", "plain", name="a.txt")
    assert client.flush(60)
    state = deck.state("lab/files")
    assert [(value["name"], value["type"], value["size"]) for value in state.values()] == [
        ("large.bin", "application/octet-stream", 9 << 20),
        ("report.csv", "text/csv", 8),
        ("a.txt", "text/plain", 5),
    ]
    for field, path in (("large", large), ("report", report)):
        assert deck.bytes(f"/api/blobs/{state[field]['sha256']}") == path.read_bytes()
    too_large = tmp_path / "too_large.bin"
    with too_large.open("wb") as file:
        file.truncate(101_000_000)
    topic.blob("large", too_large)
    topic.set(after=1)
    assert client.flush(60)
    assert deck.state("lab/files") == {**state, "after": 1}, "it is refused, and the rest goes on"
    assert client.refused >= 1


def test_a_watch_brings_the_snapshot_and_then_patches(deck: Any, client: Client) -> None:
    topic = Topic("lab/a b".replace(" ", "%20"), lambda: client)
    topic.set(done=1)
    assert client.flush(60)
    frames = topic.watch()
    first = next(frames)
    assert (first["t"], first["topic"], first["state"]) == ("snapshot", "lab/a%20b", {"done": 1})
    topic.set(done=2)
    assert next(frames)["ops"] == [["set", "done", 2]]
    # Watchers may see what is not yet durable, so this waits for the acknowledgement.
    assert client.flush(60)
    # A new hub is a new epoch: the watch goes on with a snapshot.
    deck.kill()
    deck.up()
    again = next(frames)
    assert (again["t"], again["state"]) == ("snapshot", {"done": 2})


def test_who_may_not_watch_is_told(deck: Any, client: Client) -> None:
    with pytest.raises(ConnectionError, match="403"):
        next(Topic("user/ada", lambda: client).watch())


def test_calls_reach_the_program_that_claims_the_topic(deck: Any) -> None:
    deck.up()
    client = Client(HttpTransport(deck.url, deck.tokens["producer"]), name="callee", claims=["job/1"])

    def handle(call: Any) -> None:
        client.emit("job/1", [["set", "called_by", call.by]])
        call.reply({"echo": call.args})

    client.on_call(handle)
    client.start()
    until = time.monotonic() + 60
    while not client.connected:
        assert time.monotonic() < until
        time.sleep(0.01)
    for number in range(3):
        status, answer = deck.ask("POST", "/api/calls", {"topic": "job/1", "name": "cancel", "args": {"n": number}})
        assert (status, answer) == (200, {"reply": {"echo": {"n": number}}})
    assert deck.state("job/1")["called_by"] is not None
    assert client.flush(60)
    assert client.close()


DENIED = "quarterdeck: denied: the hub does not take our events"


def test_a_wrong_token_is_said_once_and_harms_nobody(deck: Any, capsys: Any) -> None:
    deck.up()
    client = Client(HttpTransport(deck.url, "qd_wrong"))
    client.emit("lab/x", [["set", "x", 1]])
    said, until = "", time.monotonic() + 60
    while DENIED not in said:
        assert not client.flush(1)
        assert time.monotonic() < until, said
        said += capsys.readouterr().err
    assert not client.flush(1)
    assert (said + capsys.readouterr().err).count(DENIED) == 1
    client.close(0)


PROGRAM = """
import sys
import quarterdeck as qd
qd.topic("lab/program").set(started=True)
for number in range(1000):
    qd.topic("lab/program").add("count", all=1)
"""


def test_a_program_finds_the_hub_and_all_is_sent_when_it_ends(deck: Any) -> None:
    deck.up()
    connected = PROGRAM.replace("for number", "qd.connect().flush(60)\nfor number")
    subprocess.run([sys.executable, "-c", connected], env=deck.environment, check=True, timeout=60)
    assert deck.state("lab/program") == {"started": True, "count": {"all": 1000}}


def test_a_program_that_says_much_and_ends_at_once_is_heard_whole(deck: Any) -> None:
    deck.up()
    text = "import quarterdeck as qd\nfor n in range(3000): qd.topic(f'many/{n}').set(value=n)"
    environment = {
        **deck.environment,
        "QUARTERDECK_URL": deck.url,
        "QUARTERDECK_TOKEN": deck.tokens["producer"],
    }
    subprocess.run([sys.executable, "-c", text], env=environment, check=True, timeout=60)
    deck.bring()
    assert deck.state("many/2999") == {"value": 2999}


def test_what_a_program_says_while_the_hub_is_away_comes_with_the_next_one(deck: Any) -> None:
    deck.up()
    deck.kill()
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=deck.environment, check=True, timeout=60, capture_output=True)
    assert done.stderr == b""
    deck.up()
    subprocess.run([sys.executable, "-c", PROGRAM], env=deck.environment, check=True, timeout=60)
    deck.bring()
    assert deck.state("lab/program") == {"started": True, "count": {"all": 2000}}


FORKS = """
import os
import quarterdeck as qd
from multiprocessing import get_context

def work(number):
    qd.topic("lab/forks").add("count", child=1)

if __name__ == "__main__":
    qd.topic("lab/forks").add("count", parent=1)
    with get_context("fork").Pool(3) as pool:
        pool.map(work, range(30))
        pool.close()
        pool.join()
    qd.topic("lab/forks").add("count", parent=1)
"""


def test_forked_workers_are_heard_each_once(deck: Any, tmp_path: Path) -> None:
    deck.up()
    program = tmp_path / "forks.py"
    program.write_text(FORKS)
    subprocess.run([sys.executable, "-W", "ignore", str(program)], env=deck.environment, check=True, timeout=60)
    deck.bring()
    assert deck.state("lab/forks") == {"count": {"parent": 2, "child": 30}}


def test_connecting_elsewhere_takes_the_program_along(deck: Any, monkeypatch: Any) -> None:
    deck.up()
    monkeypatch.setattr(default, "_in_use", default._InUse())
    client = default.connect(deck.url, deck.tokens["producer"])
    threading.Thread(target=lambda: default.topic("lab/x").set(x=1)).start()
    default.topic("lab/y").set(y=1)
    assert client.flush(60)
    assert default.connect(deck.url, deck.tokens["producer"]) is client
    default.topic("lab/y").set(y=2)
    other = default.connect(deck.url, deck.tokens["admin"])
    assert default.current() is other
    until = time.monotonic() + 60
    while deck.state("lab/y") != {"y": 2}:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert other.flush(60)
    assert other.close()

"""Frames that are broken in every way, on a connection and by POST: each is answered or ignored, and harms nobody.

The seed is in the test's name, and it names the frames.
"""

from __future__ import annotations

import asyncio
import copy
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from tests.many import many

from quarterdeck.hub import peers
from quarterdeck.hub.session import Session

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio
FRAMES = 2000
ODD: list[Any] = [
    None, True, 0, -1, 2**53, 2**64, 10**400, 1.5, -0.0, 1e308, "", "a", "\0", "__proto__", "../..", "a" * 3000, "%00",
    [], [[]], {}, {"": ""}, [None] * 50, "job/x", "free/x", "script/a", "run/1", "query/x",
]  # fmt: skip
RAW = [
    b'{"t":"patch","topic":"free/n","batch":1,"ops":[["set","a",NaN]]}',
    b'{"t":"patch","topic":"free/n","batch":1,"ops":[["set","a",-Infinity]]}',
    b'{"t":"patch","topic":"free/n","batch":1,"ops":[["set","a",1e999]]}',
    b'{"t":"patch","topic":"free/s","batch":1,"ops":[["set","a","\\ud800"]]}',
    b'{"t":"patch","topic":"free/d","batch":1,"ops":[["set","a",' + b"[" * 10_000 + b"]" * 10_000 + b"]]}",
    b'{"t":"patch","topic":"free/d","batch":1,"ops":[["set","a",' + b"[" * 100 + b"]" * 100 + b"]]}",
    b'{"t":"patch","topic":"free/e","batch":1,"set":{"a":' + b"[" * 10_000 + b"]" * 10_000 + b'},"ops":[]}',
    b'{"t":"patch","topic":"free/e","batch":1,"set":{"a":1,"a":1e999},"ops":[]}',
    b'{"t":"hello","t":"watch","version":1,"version":2}',
    b'{"t":"hello","version":' + b"9" * 5000 + b"}",
    b'{"t":"watch","id":"\\udfff","topics":["a"]}',
    b'\xef\xbb\xbf{"t":"hello","version":1}',
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"x"',
    b"{",
]
GOOD: list[dict[str, Any]] = [
    {"t": "hello", "version": 1, "features": [], "name": "f", "stream": "fuzz", "claims": ["job/f"], "state": {}},
    {"t": "watch", "id": "w", "topics": ["free/1", "hub"], "epoch": "e", "after": 3, "window": 5},
    {"t": "watch", "id": "p", "prefix": "free"},
    {"t": "watch", "id": "q", "query": {"kind": "run", "where": ["state = done"], "order": "-started", "limit": 5}},
    {"t": "unwatch", "id": "w"},
    {"t": "snapshot", "topic": "free/1", "seq": 1, "state": {}},
    {"t": "patch", "topic": "free/1", "batch": 1, "at": 1, "name": "x.y", "ops": [["push", "l", [1, 2], 10]]},
    {"t": "patch", "topic": "free/2", "batch": 1, "ops": [["put", "m", {"k": 1}], ["add", "c", {"k": 1}], ["drop"]]},
    {"t": "patch", "topic": "free/3", "batch": 1, "ops": [["record", "s", {"1": [1, 1, 1, 1, [1, 1], {"1": 1}]}]]},
    {
        "t": "patch",
        "topic": "free/4",
        "batch": 1,
        "set": {"a": 1, "b": [], "c": {"d": "e"}},
        "ops": [["push", "l", [1], 9]],
    },
    {"t": "call", "id": "c", "topic": "job/none", "name": "x", "args": {}, "deadline": 1},
    {"t": "reply", "id": "c", "result": 1, "error": None},
]


def odd(rnd: random.Random, depth: int = 0) -> Any:
    if depth > 3 or rnd.random() < 0.75:
        return copy.deepcopy(rnd.choice(ODD))
    if rnd.random() < 0.5:
        return [odd(rnd, depth + 1) for _ in range(rnd.randrange(5))]
    return {rnd.choice(["t", "id", "topic", "ops", "10"]): odd(rnd, depth + 1) for _ in range(rnd.randrange(4))}


def twist(rnd: random.Random, value: Any) -> Any:
    """The value with something odd at one place."""
    if value and isinstance(value, dict | list) and rnd.random() < 0.85:
        key = rnd.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if isinstance(value, dict) and rnd.random() < 0.2:
            del value[key]
        else:
            value[key] = twist(rnd, value[key])
        return value
    return odd(rnd)


def line(rnd: random.Random) -> bytes:
    if rnd.random() < 0.1:
        return rnd.choice(RAW)
    frame = json.loads(json.dumps(rnd.choice(GOOD)))
    for _ in range(rnd.randrange(4)):
        frame = twist(rnd, frame)
    text = bytearray(json.dumps(frame, separators=rnd.choice(((",", ":"), (", ", ": ")))).encode())
    if rnd.random() < 0.1:
        text[rnd.randrange(len(text))] = rnd.randrange(256)
    if rnd.random() < 0.1:
        del text[rnd.randrange(len(text)) :]
    return bytes(text).replace(b"\n", b" ")


def judge(frames: list[Any]) -> int:
    """How many refusals there are; each says what, where and how to mend it."""
    errors = [frame["error"] for frame in frames if frame.get("error")]
    errors += [refused for frame in frames for refused in frame.get("refused") or ()]
    for error in errors:
        assert all(type(error[part]) is str and error[part] for part in ("code", "message", "hint")), error
    return len(errors)


@pytest.mark.long
@pytest.mark.parametrize("seed", many(6))
async def test_broken_frames_on_a_connection(hub: Any, seed: int) -> None:
    rnd = random.Random(seed)
    exchange, answers = hub.exchange, []

    async def send(text: str) -> None:
        answers.extend(json.loads(each) for each in text.splitlines())

    session = Session(exchange, send, rnd.choice([peers.ADMIN, peers.GUEST, peers.producer("p")]), "p")
    for _ in range(FRAMES):
        await session.receive(line(rnd))
    await exchange.board.committed()
    await asyncio.sleep(0)
    assert judge(answers) > FRAMES / 4
    await session.receive(b'{"t":"watch","id":"end","topics":["lab"]}')
    assert answers[-1]["id"] == "end"
    exchange.board.publish("lab", [["set", "still", "here"]])
    await session.run(asyncio.sleep(0))
    assert len(exchange.peers) == 0


@pytest.mark.long
@pytest.mark.parametrize("seed", many(6))
async def test_broken_frames_by_post(client: httpx.AsyncClient, seed: int) -> None:
    rnd, refusals = random.Random(seed), 0
    for number in range(FRAMES // 10):
        query = rnd.choice(
            [f"stream=p&batch={number}", "stream=p&batch=x", "", f"stream={'x' * 200}&batch=1", "batch=-1"]
        )
        body = b"\n".join(line(rnd) for _ in range(10))
        answer = await client.post(f"/api/frames?{query}", content=body)
        assert answer.status_code in (200, 400, 403, 409, 413), answer.text
        refusals += judge([answer.json()])
    assert refusals > FRAMES / 40

"""POST /api/frames: once and only once, whatever comes."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from quarterdeck.hub.streams import bound
from quarterdeck.web.leaving import ENDING, left

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio
HELLO = {"t": "hello", "version": 1, "name": "a test"}
PRODUCER = {"authorization": "Bearer producer"}


def lines(*frames: Any) -> bytes:
    return b"\n".join(frame if isinstance(frame, bytes) else json.dumps(frame).encode() for frame in frames)


def patch(topic: str, *ops: Any, **more: Any) -> dict[str, Any]:
    return {"t": "patch", "topic": topic, "ops": list(ops), **more}


async def post(client: httpx.AsyncClient, body: bytes, batch: int | None = None, **more: Any) -> httpx.Response:
    params = {"stream": "s1", **({} if batch is None else {"batch": batch}), **more}
    return await client.post("/api/frames", params=params, content=body, headers=PRODUCER)


async def test_a_batch_is_applied_once_and_answered_alike(hub: Any, client: httpx.AsyncClient) -> None:
    good, unfit = patch("lab", ["add", "n", {"k": 1}]), patch("lab", ["set", "n", "x"])
    body = lines(HELLO, good, unfit, patch("deck", ["set", "n", 1]))
    first, second = await post(client, body, 1), await post(client, body, 1)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert first.json()["acked"] == 1
    refused = [(refusal["topic"], refusal["code"]) for refusal in first.json()["refused"]]
    assert refused == [("lab", "type-mismatch"), ("deck", "forbidden")]
    assert hub.exchange.board.state("lab").values == {"n": {"k": 1}}


async def test_the_answer_comes_after_the_commit(hub: Any, client: httpx.AsyncClient) -> None:
    await post(client, lines(HELLO, patch("lab", ["set", "x", 1])), 1)
    assert hub.exchange.store.stream(bound("s1", "producer-1"))[0] == 1
    assert hub.exchange.store.load("lab").values == {"x": 1}


async def test_another_hub_on_the_same_store_knows_the_batch(hub: Any, client: httpx.AsyncClient) -> None:
    body = lines(HELLO, patch("lab", ["add", "n", {"k": 1}]), patch("deck", ["set", "n", 1]))
    first = await post(client, body, 1)
    hub.exchange.streams._last.clear()
    assert (await post(client, body, 1)).json() == first.json()
    assert hub.exchange.board.state("lab").values == {"n": {"k": 1}}


async def test_a_gap_is_a_conflict_that_names_the_last(client: httpx.AsyncClient) -> None:
    await post(client, lines(HELLO), 1)
    answer = await post(client, lines(HELLO), 3)
    assert answer.status_code == 409
    assert (answer.json()["error"]["code"], answer.json()["last"]) == ("gap", 1)


async def test_a_hello_alone_tells_the_last_batch(client: httpx.AsyncClient) -> None:
    await post(client, lines(HELLO), 1)
    assert (await post(client, lines(HELLO))).json() == {"acked": 1, "refused": [], "calls": []}


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff\xfe",
        b"[" * 10_000,
        b'{"a":' * 10_000,
        b'{"t":"dance"}',
        b"17",
        b'{"t":"patch","topic":"lab","ops":7}',
        b'{"t":"patch","topic":"lab","ops":[["set"]]}',
        b'{"t":"patch","topic":"a//b","ops":[]}',
        b'{"t":"patch","topic":17,"ops":[]}',
        b'{"t":"watch","id":"w","topics":[]}',
        b'{"t":"patch","topic":"lab","ops":[["set","x",1e999]]}',
        b'{"t":"patch","topic":"lab","ops":[["set","x",' + b"[" * 100 + b"]" * 100 + b"]]}",
        b'{"t":"patch","topic":"lab","ops":[["set","x","' + b"x" * 70_000 + b'"]]}',
        b'{"t":"patch","topic":"lab","ops":[["set","x","\\ud800"]]}',
    ],
)
async def test_bad_lines_are_refused_with_a_reason_and_harm_no_other(
    hub: Any, client: httpx.AsyncClient, bad: bytes
) -> None:
    answer = await post(client, lines(HELLO, patch("good", ["set", "x", 1]), bad, patch("good", ["set", "y", 2])), 1)
    assert answer.status_code == 200
    (refusal,) = answer.json()["refused"]
    assert refusal["code"]
    assert refusal["message"]
    assert refusal["hint"]
    assert hub.exchange.board.state("good").values == {"x": 1, "y": 2}
    assert hub.exchange.board.state("lab") is None


@pytest.mark.parametrize(
    ("params", "body", "code"),
    [
        ({}, b"", "no-stream"),
        ({"stream": "s1"}, lines(patch("lab", ["set", "x", 1])), "no-batch"),
        ({"stream": "s1", "batch": "one"}, b"", "malformed"),
        ({"stream": "x" * 200, "batch": "1"}, b"", "malformed"),
        ({"stream": "s1", "batch": "1"}, b'{"t":"hello","version":99}', "version"),
        ({"stream": "s1"}, b"nonsense", "malformed"),
    ],
)
async def test_bad_requests_say_why(client: httpx.AsyncClient, params: dict[str, str], body: bytes, code: str) -> None:
    answer = await client.post("/api/frames", params=params, content=body, headers=PRODUCER)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


async def test_a_body_over_a_mebibyte_is_refused_with_the_mend(client: httpx.AsyncClient) -> None:
    answer = await post(client, b" " * (2**20 + 1), 1)
    assert answer.status_code == 413
    assert "fewer" in answer.json()["error"]["hint"]


async def test_who_has_no_rights_patches_nothing(hub: Any, client: httpx.AsyncClient) -> None:
    params, body = {"stream": "s2", "batch": 1}, lines(HELLO, patch("lab", ["set", "x", 1]))
    for role in ("guest", "nobody"):
        answer = await client.post("/api/frames", params=params, content=body, headers={"authorization": role})
        assert answer.json()["error"]["code"] == "forbidden"
        # Nor does it number batches in the store.
        assert hub.exchange.streams.last("s2") == 0
    assert hub.exchange.board.state("lab") is None


async def test_a_producer_patches_its_own_runs_and_no_others(hub: Any, client: httpx.AsyncClient) -> None:
    hub.exchange.board.publish("run/script", [["set", "script", "a"]])
    body = lines(HELLO, patch("run/mine", ["set", "state", "running"]), patch("run/script", ["set", "state", "done"]))
    answer = await post(client, body, 1)
    assert [r["topic"] for r in answer.json()["refused"]] == ["run/script"]
    again = await post(client, lines(HELLO, patch("run/mine", ["set", "state", "done"])), 2)
    assert again.json()["refused"] == []
    assert hub.exchange.board.state("run/mine").values["state"] == "done"


async def test_a_call_reaches_who_waits_and_its_reply_comes_back(hub: Any, client: httpx.AsyncClient) -> None:
    hello = {**HELLO, "claims": ["job/1", "script/a"]}
    waiting = asyncio.create_task(post(client, lines(hello), wait=20))
    await until(lambda: hub.exchange.peers.owner("job/1"))
    assert hub.exchange.peers.owner("script/a") is None
    call = asyncio.create_task(hub.exchange.calls.call("job/1", "cancel", {"soft": True}, by="ada"))
    (frame,) = (await waiting).json()["calls"]
    assert (frame["t"], frame["topic"], frame["name"], frame["args"], frame["by"]) == (
        "call", "job/1", "cancel", {"soft": True}, "ada"
    )  # fmt: skip
    assert frame["deadline"] > hub.exchange.clock.now()
    await post(client, lines(hello, {"t": "reply", "id": frame["id"], "result": "stopped"}))
    assert await call == "stopped"


async def test_who_waits_is_let_go_when_the_server_ends() -> None:
    async def receive() -> Any:
        await asyncio.Event().wait()

    ending = asyncio.Event()
    waiting = asyncio.create_task(left(Request({"type": "http", "state": {ENDING: ending}}, receive)))
    await asyncio.sleep(0)
    assert not waiting.done()
    ending.set()
    await asyncio.wait_for(waiting, 60)


async def test_a_stream_belongs_to_the_account_that_sends_it(hub: Any, client: httpx.AsyncClient) -> None:
    await post(client, lines(HELLO, patch("lab", ["add", "n", {"k": 1}])), 1)
    other = {"authorization": "Bearer admin"}
    asked = {"stream": "s1", "batch": 2}
    forged = await client.post("/api/frames", params=asked, content=lines(patch("lab", ["set", "x", 1])), headers=other)
    assert (forged.status_code, forged.json()["last"]) == (409, 0)
    own = await client.post("/api/frames", params={**asked, "batch": 1}, content=lines(HELLO), headers=other)
    assert own.json()["acked"] == 1
    assert (await post(client, lines(HELLO, patch("lab", ["add", "n", {"k": 1}])), 2)).json()["acked"] == 2
    assert hub.exchange.board.state("lab").values == {"n": {"k": 2}}


async def test_a_claimed_topic_is_its_claimers_while_that_is_here(hub: Any, client: httpx.AsyncClient) -> None:
    hello = {**HELLO, "claims": ["job/1", "job"]}
    first = (await post(client, lines(hello), 1)).json()["refused"]
    assert [(refusal["topic"], refusal["code"]) for refusal in first] == [("job", "forbidden")]
    owner = hub.exchange.peers.owner("job/1")
    thief = {"authorization": "Bearer admin"}
    wanted = lines({**HELLO, "claims": ["job/1", "job/1/part", "job/2"]})
    answer = (await client.post("/api/frames", params={"stream": "s1"}, content=wanted, headers=thief)).json()
    assert [(refusal["topic"], refusal["code"]) for refusal in answer["refused"]] == [
        ("job/1", "claimed"),
        ("job/1/part", "claimed"),
    ]
    assert all(refusal["hint"] for refusal in answer["refused"])
    assert hub.exchange.peers.owner("job/1/part") is owner
    assert hub.exchange.peers.owner("job/2").account == "admin-1"
    hub.exchange.peers.remove(owner)
    assert (await client.post("/api/frames", params={"stream": "s1"}, content=wanted, headers=thief)).json()[
        "refused"
    ] == []
    assert hub.exchange.peers.owner("job/1").account == "admin-1"


async def test_an_empty_body_holds_no_longer_than_wait(client: httpx.AsyncClient) -> None:
    assert (await post(client, b"", wait=0)).json() == {"acked": 0, "refused": [], "calls": []}


async def until(found: Any) -> None:
    for _ in range(1000):
        if found():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came")

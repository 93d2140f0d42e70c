"""Test results over HTTP: accepted once, kept for a number of builds, and refused with the mend."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from quarterdeck.hub.allowance import Allowance

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.asyncio


def results(*names: str, **more: Any) -> dict[str, Any]:
    runs = [{"name": name, "exec_time": 5.0, "time": "", "successful": True, "iter": 1} for name in names]
    return {"test_runs": runs, "grouped_tests": [], **more}


async def send(client: httpx.AsyncClient, sent: Any, query: str = "", role: str = "producer") -> httpx.Response:
    headers = {"Authorization": f"Bearer {role}"}
    return await client.post(f"/submit-test-results{query}", content=json.dumps(sent), headers=headers)


@pytest_asyncio.fixture
async def topics(hub: Any) -> Any:
    async def found(kind: str) -> dict[str, Any]:
        from quarterdeck.store.query import parse_query

        page = await hub.exchange.board.list(parse_query(kind))
        return {item.topic: item.state.values for item in page.items}

    return found


async def test_results_are_told_once_however_often_they_come(client: httpx.AsyncClient, topics: Any) -> None:
    for _ in range(2):
        answer = await send(client, results("t1", "t2", app_version="v7\n"))
        assert (answer.status_code, answer.text) == (204, "")
    (build,) = (await topics("build")).values()
    (found,) = (await topics("results")).values()
    assert (build["service"], build["version"], found["tests"]["t1"]) == ("tests", "v7", {"took": [0.005], "failed": 0})
    tests = await topics("test")
    assert {topic: len(test["results"]) for topic, test in tests.items()} == {
        "service/tests/test/t1": 1,
        "service/tests/test/t2": 1,
    }
    assert list(await topics("service")) == ["service/tests"]


async def test_results_belong_to_the_service_that_is_named(hub: Any, client: httpx.AsyncClient, topics: Any) -> None:
    hub.exchange.board.publish("service/shop", [["set", "name", "shop"], ["set", "version", "2.1"]])
    assert (await send(client, results("t"))).status_code == 204
    hub.exchange.board.publish("service/blog", [["set", "name", "blog"]])
    assert (await send(client, results("t"), "?service=blog")).status_code == 204
    assert (await send(client, results("t", service="shop"), "?service=blog")).status_code == 204
    refused = await send(client, results("t"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "service-unnamed")
    found = {(build["service"], build["version"]) for build in (await topics("build")).values()}
    assert found == {("shop", "2.1"), ("blog", None)}
    assert (await send(client, {"test_runs": 3})).status_code == 400
    assert (await send(client, results("t", service="ü" * 100))).status_code == 400
    assert (await send(client, results("t"), "?service=shop", role="guest")).status_code == 403


async def test_a_program_makes_only_so_many_tests_a_day(hub: Any, client: httpx.AsyncClient, topics: Any) -> None:
    hub.exchange.allowance = Allowance(2, lambda: 0.0)
    refused = await send(client, results("t1", "t2", "t3"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "too-many")
    assert await topics("build") == {}
    for _ in range(2):
        assert (await send(client, results("t1", "t2"))).status_code == 204
    assert [len(test["results"]) for test in (await topics("test")).values()] == [2, 2]
    assert (await send(client, results("t1", "t2", "t3"), role="admin")).status_code == 204

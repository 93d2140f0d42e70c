"""What is read of scripts: their source, and what their schedules will start."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from quarterdeck.core.schedule import SECOND, Schedule
from quarterdeck.hub.schedules.plan import Plan
from quarterdeck.hub.schedules.preview import Ahead
from quarterdeck.hub.scripts.finder import Finder
from quarterdeck.web import shapes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import httpx

pytestmark = pytest.mark.asyncio


@pytest.fixture
def deck(hub: Any, tmp_path: Path) -> Path:
    """A deck with a script in a folder and one that is a module, and secrets beside them."""
    folder = tmp_path / "deck"
    inside = folder / "scripts" / "big" / "sub"
    inside.mkdir(parents=True)
    (inside.parent / "layout.html").write_text("<Grid></Grid>")
    (inside.parent / "main.py").write_text("x = 1\n")
    (inside / "part.py").write_bytes(b"y = '\xff'\n")
    (inside.parent / "notes.txt").write_text("secret")
    (folder / "scripts" / "one.py").write_text("z = 1\n")
    (folder / "quarterdeck.toml").write_text("")
    (tmp_path / "outside.py").write_text("secret")
    (inside / "out.py").symlink_to(tmp_path / "outside.py")
    found = Finder(folder / "scripts").look()
    hub.deck.folder = folder
    hub.scripts = SimpleNamespace(found=found.get, agenda=list)
    return folder


async def read(client: httpx.AsyncClient, topic: str, file: str | None = None, role: str = "guest") -> Any:
    params: Mapping[str, str] = {} if file is None else {"file": file}
    headers = {"authorization": f"Bearer {role}"}
    return await client.get(f"/api/source/{topic.replace('/', '%2F')}", params=params, headers=headers)


async def test_the_files_of_a_script_can_be_read_by_who_may_look(deck: Path, client: httpx.AsyncClient) -> None:
    listed = (await read(client, "script/big")).json()
    assert [each["file"] for each in listed["files"]] == ["layout.html", "main.py", "sub/out.py", "sub/part.py"]
    assert msgspec.to_builtins(msgspec.convert(listed, shapes.Source)) == listed
    assert listed["text"] is None
    assert (await read(client, "script/big", "sub/part.py")).json()["text"] == "y = '\ufffd'\n"
    alone = (await read(client, "script/one", "one.py")).json()
    assert (alone["text"], [each["file"] for each in alone["files"]]) == ("z = 1\n", ["one.py"])
    assert alone["version"] != listed["version"]
    assert (await read(client, "script/one", role="nobody")).status_code == 403


@pytest.mark.parametrize(
    ("topic", "file", "status"),
    [
        ("script/big", "notes.txt", 404),
        ("script/big", "../one.py", 404),
        ("script/big", "../../quarterdeck.toml", 404),
        ("script/big", "/etc/passwd", 404),
        ("script/big", "sub/../main.py", 404),
        ("script/big", "sub", 404),
        ("script/big", "", 404),
        ("script/big", "sub/out.py", 403),
        ("script/one", "../big/main.py", 404),
        ("script/..", None, 404),
        ("script/none", None, 404),
        ("run/1", None, 404),
    ],
)
async def test_no_other_file_can_be_read(
    deck: Path, client: httpx.AsyncClient, topic: str, file: str | None, status: int
) -> None:
    answer = await read(client, topic, file)
    assert answer.status_code == status, answer.text
    assert "secret" not in answer.text
    assert answer.json()["error"]["hint"]


async def test_a_file_that_is_too_large_is_not_shown(deck: Path, client: httpx.AsyncClient) -> None:
    (deck / "scripts" / "one.py").write_text("#" * 1_000_001)
    assert (await read(client, "script/one", "one.py")).status_code == 413


async def test_what_comes_next_is_told(hub: Any, client: httpx.AsyncClient, clock: Any) -> None:
    zone = ZoneInfo("Europe/Berlin")
    begin = clock.micros
    hooks = [Ahead(name, "tick", Plan(Schedule(60 * SECOND)), zone, begin + SECOND, 5) for name in ("a", "b")]
    hub.scripts = SimpleNamespace(agenda=lambda: hooks)
    found = (await client.get("/api/fires", params={"to": begin + 130 * SECOND, "limit": 2})).json()
    assert msgspec.to_builtins(msgspec.convert(found, shapes.Fires)) == found
    assert found["now"] == begin
    assert [hook["script"] for hook in found["hooks"]] == ["a", "b"]
    assert found["hooks"][0] == {
        "script": "a",
        "hook": "tick",
        "zone": "Europe/Berlin",
        "usual": 5,
        "times": [{"at": begin + n * SECOND, "skipped": None} for n in (1, 61)],
        "more": True,
    }
    alone = (await client.get("/api/fires", params={"script": "b"})).json()
    assert [(hook["script"], len(hook["times"]), hook["more"]) for hook in alone["hooks"]] == [("b", 60, False)]
    assert (await client.get("/api/fires", params={"limit": 501})).status_code == 400
    assert (await client.get("/api/fires", params={"to": 10**17})).status_code == 400

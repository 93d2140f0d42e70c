"""A failing script under ``quarterdeck up``, a receiver that is away, a hub that is killed: the message comes once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

SCRIPT = """
from datetime import timedelta
from pathlib import Path
from quarterdeck import hooks

@hooks.schedule(run_every=timedelta(seconds=0.5))
def update(panel):
    print("looking for the file")
    if not Path("/MARK").exists():
        raise LookupError("the file is not there")
"""


def wait_for(wanted: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def told_to(receiver: Any) -> list[dict[str, Any]]:
    """The messages, without those of runs that start late on a busy machine."""
    return [body for body in receiver.got if body["event"] != "slipped"]


def test_what_fails_is_told_through_a_killed_hub_and_seen_on_the_page(
    sample: Any, receiver: Any, page: Page, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    folder = sample.deck / "scripts" / "fragile"
    folder.mkdir()
    (folder / "layout.html").write_text("<Grid><Row><Col><Text id=t /></Col></Row></Grid>")
    (folder / "fragile.py").write_text(SCRIPT.replace("/MARK", str(mark)))
    (sample.deck / "quarterdeck.toml").write_text(
        f'[hub]\nwebhook = "{receiver.url}"\nurl = "https://deck.example.org"\n'
    )
    receiver.status = 503
    sample.start()
    wait_for(lambda: len(receiver.kinds) >= 2, "it is tried again")

    doctor = sample.command("doctor")
    assert doctor.returncode == 1
    assert "it answered 503" in doctor.stdout
    page.goto(sample.link)
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_text("does not learn what fails")).to_be_visible()
    sample.kill()
    receiver.status = 200
    sample.start()
    wait_for(lambda: told_to(receiver), "the message outlives the hub")
    (told,) = told_to(receiver)
    assert (told["event"], told["script"], told["hook"]) == ("failed", "fragile", "update")
    assert told["error"]["message"] == "the file is not there"
    assert told["log"][-1] == "looking for the file" or "LookupError" in "".join(told["log"])
    assert told["link"] == f"https://deck.example.org/runs/{told['run']}"
    mark.touch()
    wait_for(lambda: len(told_to(receiver)) == 2, "and its end")
    assert told_to(receiver)[1]["event"] == "recovered"

    page.goto(f"{sample.url}/settings/hub")
    card = page.get_by_role("region", name="Webhook")
    expect(card).to_contain_text("Works")
    card.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The receiver took the test")).to_be_visible()
    assert told_to(receiver)[2]["event"] == "test"
    assert "secret-part" not in page.content()
    receiver.status = 404
    card.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("it answered 404")).to_be_visible()
    assert not any("secret-part" in line for line in sample.lines)
    assert "takes what it is told" in sample.command("doctor").stdout

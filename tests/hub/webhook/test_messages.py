"""What a message says, to programs and to people."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quarterdeck.hub.webhook.messages import Letterhead
from quarterdeck.hub.webhook.streaks import News, Who

HEAD = Letterhead("home", ZoneInfo("Europe/Berlin"), "https://deck.example.org/")
AT = 1_795_230_012_000_000  # 2026-11-21T03:00:12Z
HOOK = Who("my prices", "update")


def news(event: str = "failed", who: Who = HOOK, run: str | None = "01abc", **more: Any) -> News:
    return News(event, who, run, at=AT, since=more.pop("since", AT), times=more.pop("times", 1), **more)


def test_a_failure_has_its_cause_its_log_and_where_to_look() -> None:
    state = {
        "state": "failed",
        "reason": "the hook raised an error",
        "error": {"type": "ValueError", "message": "no rows for today"},
        "tail": [[AT, "O", f"line {number}"] for number in range(50)],
    }
    said = HEAD.of_news("id1", news(), state)
    assert said["error"] == {"type": "ValueError", "message": "no rows for today", "hint": None}
    assert (said["id"], said["event"], said["deck"], said["script"], said["hook"]) == (
        "id1", "failed", "home", "my prices", "update",
    )  # fmt: skip
    assert said["at"] == "2026-11-21T03:00:12+00:00"
    assert (len(said["log"]), said["log"][-1]) == (20, "line 49")
    assert said["link"] == "https://deck.example.org/runs/01abc"
    assert said["text"] == said["content"]
    assert said["text"].splitlines()[:4] == [
        "my prices (update) on the deck home failed at 2026-11-21 04:00:12 CET.",
        "ValueError: no rows for today",
        "https://deck.example.org/runs/01abc",
        "```",
    ]
    assert said["text"].endswith("line 49\n```")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (news(times=3, since=AT - 60_000_000), "failed at 2026-11-21 04:00:12 CET, 3 times since 2026-11-21 03:59:12"),
        (news(changes=7), "It failed and recovered 7 more times since it was told last."),
        (news("recovered", times=2), "is well again, after 2 failures since 2026-11-21 04:00:12 CET."),
        (news("slipped", late=12_340_000), "has slipped: it started 12.3 s late."),
        (news("slipped", late=2_000_000, times=9), "it started 2 s late, and 9 times since"),
        (news(who=Who("my prices"), run=None), "my prices on the deck home does not load, since"),
        (news(who=Who(), run=None), "The hub on the deck home cannot store anything, since"),
    ],
)  # fmt: skip
def test_the_first_line_says_what_happened(told: News, words: str) -> None:
    assert words in HEAD.of_news("id1", told, {})["text"].splitlines()[0]


def test_a_lost_run_says_why_and_a_broken_script_links_to_itself() -> None:
    lost = HEAD.of_news("id1", news(), {"state": "lost", "reason": "its worker was killed by SIGKILL"})
    assert "was lost at" in lost["text"]
    assert "its worker was killed by SIGKILL" in lost["text"]
    broken = HEAD.of_news("id1", news(who=Who("my prices"), run=None), {"error": {"type": "NameError", "message": "x"}})
    assert broken["link"] == "https://deck.example.org/scripts/my%20prices"
    full = HEAD.of_news(
        "id1", news(who=Who(), run=None), {}, {"code": "full", "message": "The disk is full.", "hint": "Free it."}
    )
    assert full["text"].splitlines()[1:] == ["The disk is full.", "Free it.", "https://deck.example.org"]


def test_what_a_log_says_calls_nobody_and_breaks_nothing() -> None:
    lines = ["@everyone look", "<!channel> and <@U1>", "``` end", "ada@example.org", "x" * 3000]
    said = HEAD.of_news("id1", news(), {"tail": [[AT, "E", line] for line in lines], "error": {"message": "@here"}})
    for call in ("@everyone", "<!channel", "<@U1", "@here"):
        assert call not in said["text"]
    assert "ada@example.org" in said["text"]
    assert said["text"].count("```") == 2
    assert len(said["text"]) < 2000
    assert said["allowed_mentions"] == {"parse": []}
    assert said["log"][0] == "@everyone look", "programs get it as it was"


def test_a_test_says_that_it_is_one() -> None:
    said = HEAD.of_test("id1", AT, "ada")
    assert said["event"] == "test"
    assert "test by ada" in said["text"]

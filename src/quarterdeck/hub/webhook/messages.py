"""What a message says: fields for programs, and the same as text for chat rooms.  Pure.

``text`` is what Slack and Mattermost show, ``content`` what Discord does; both stand in every message.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from quarterdeck.core.topics import segment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from quarterdeck.hub.webhook.streaks import News

LINES = 20
TEXT_LINES = 10
_LONGEST_LINE = 500
_LONGEST_TEXT = 1900
"""Discord takes 2,000 characters."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# <!channel>, <@U1>, @everyone: what a log says must not call people, nor become a link of Slack's.
_CALLS = re.compile(r"<(?=[!@#\w/])|@(?=(?:everyone|here|channel|all)\b)")


class Letterhead:
    """What all messages of a deck share: its name, its zone, and the address under which people reach it."""

    def __init__(self, deck: str, zone: tzinfo, address: str) -> None:
        self.deck = deck
        self._zone = zone
        self._address = address.rstrip("/")

    def of_news(
        self, id: str, news: News, state: Mapping[str, Any], trouble: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The message; ``state`` is the run's, or the script's if that does not load, ``trouble`` the hub's."""
        cause = trouble or state.get("error") or {}
        log = [str(line[2])[:_LONGEST_LINE] for line in (state.get("tail") or ())[-LINES:]]
        body = {
            "id": id,
            "event": news.event,
            "deck": self.deck,
            "script": news.who.script or None,
            "hook": news.who.hook or None,
            "run": news.run,
            "state": state.get("state"),
            "at": iso(news.at),
            "since": iso(news.since),
            "times": news.times,
            "changes": news.changes,
            "late": news.late / 1e6 if news.event == "slipped" else None,
            "reason": state.get("reason"),
            "error": {key: cause.get(key) for key in ("type", "message", "hint")} if cause else None,
            "log": log,
            "link": self._link(news),
        }
        if news.event != "failed":
            body.update(reason=None, error=None, log=[])
        return self._with_text(body, [self._headline(news, body), *_cause(body)])

    def of_test(self, id: str, now: int, by: str | None) -> dict[str, Any]:
        """What "Send a test" sends."""
        body: dict[str, Any] = {"id": id, "event": "test", "deck": self.deck, "at": iso(now), "link": self._address}
        words = f"This is a test{f' by {by}' if by else ''}: failures on the deck {self.deck} will be told here."
        return self._with_text(body, [words])

    def _with_text(self, body: dict[str, Any], words: list[str]) -> dict[str, Any]:
        head = _tamed("\n".join([*words, body["link"]]))[:_LONGEST_TEXT]
        text = head + _quoted(body.get("log") or [], _LONGEST_TEXT - len(head))
        return {**body, "text": text, "content": text, "allowed_mentions": {"parse": []}}

    def _headline(self, news: News, body: Mapping[str, Any]) -> str:
        who = " ".join(filter(None, (news.who.script, f"({news.who.hook})" if news.who.hook else "")))
        since = self._clock(news.since)
        match news.event:
            case "recovered":
                said = f"is well again, after {_counted(news.times, 'failure')} since {since}.{_flaps(news)}"
            case "slipped":
                often = f", and {_counted(news.times, 'time')} since {since}" if news.times > 1 else ""
                said = f"has slipped: it started {news.late / 1e6:.3g} s late{often}."
            case _ if news.run is None:
                what = "does not load" if news.who.script else "cannot store anything"
                said = f"{what}, since {since}.{_flaps(news)}"
            case _:
                what = "was lost" if body["state"] == "lost" else "failed"
                often = f", {_counted(news.times, 'time')} since {since}" if news.times > 1 else ""
                said = f"{what} at {self._clock(news.at)}{often}.{_flaps(news)}"
        return f"{who or 'The hub'} on the deck {self.deck} {said}"

    def _clock(self, moment: int) -> str:
        at = (_EPOCH + timedelta(microseconds=moment)).astimezone(self._zone)
        return f"{at:%Y-%m-%d %H:%M:%S %Z}"

    def _link(self, news: News) -> str:
        if news.run is not None:
            return f"{self._address}/runs/{segment(news.run)}"
        return f"{self._address}/scripts/{segment(news.who.script)}" if news.who.script else self._address


def iso(moment: int) -> str:
    """Microseconds UTC as ISO 8601."""
    return (_EPOCH + timedelta(microseconds=moment)).isoformat()


def _flaps(news: News) -> str:
    if not news.changes:
        return ""
    return f" It failed and recovered {_counted(news.changes, 'more time')} since it was told last."


def _cause(body: Mapping[str, Any]) -> list[str]:
    error = body.get("error") or {}
    said = ": ".join(str(part) for part in (error.get("type"), error.get("message")) if part)
    found = [said or str(body.get("reason") or ""), str(error.get("hint") or "")]
    return [words[:_LONGEST_LINE] for words in found if words]


def _quoted(log: list[str], room: int) -> str:
    """The last lines that fit, as chat rooms set them apart."""
    kept: list[str] = []
    for line in reversed(log[-TEXT_LINES:]):
        # A fence in the log would end ours.
        tame = _tamed(line).replace("```", "'''")
        room -= len(tame) + 1
        if room < 10:
            break
        kept.insert(0, tame)
    return "\n```\n" + "\n".join(kept) + "\n```" if kept else ""


def _tamed(text: str) -> str:
    return _CALLS.sub("\\g<0>\u200b", text)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"

"""Decks whose time is played, as for scripts; and a receiver that takes what it is sent, or does not."""

from __future__ import annotations

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.hub.scripts.conftest import play

from quarterdeck.hub.webhook.deliveries import Answer
from quarterdeck.hub.webhook.messages import Letterhead
from quarterdeck.hub.webhook.webhook import Webhook

__all__ = ["play"]


class Receiver:
    """``answer`` is how it answers; ``takes`` seconds go by before that."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.tries = 0
        self.answer = Answer()
        self.takes = 0.01

    async def post(self, url: str, body: dict[str, Any]) -> Answer:
        self.tries += 1
        await asyncio.sleep(self.takes)
        if not self.answer.why:
            self.got.append(body)
        return self.answer

    def events(self) -> list[tuple[str, str | None]]:
        return [(body["event"], body["hook"] or body["script"]) for body in self.got]

    def watch(self, deck: Any, url: str | None = "https://chat.example.org/hooks/secret") -> Webhook:
        """What the hub makes before its scripts start."""
        head = Letterhead("home", ZoneInfo("Europe/Berlin"), "https://deck.example.org/")
        webhook = Webhook(url, head, board=deck.board, records=deck.board, clock=deck.clock, post=self.post)
        webhook.start()
        return webhook


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()

"""Listens to the board for what failed, recovered and slipped, and sees to it that the receiver learns of it.

A message is kept in the commit of the event that it tells of, and goes out after that commit; it is let go of when the
receiver has taken it.  So it comes at least once, whatever happens to the hub; by its id a receiver drops doubles.
"""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import Refused
from quarterdeck.core.schedule import SECOND
from quarterdeck.core.topics import join, new_id, split
from quarterdeck.hub.schedules.plan import BACKOFF, pause_after
from quarterdeck.hub.scripts.topics.run_topics import topic_of
from quarterdeck.hub.tasks import Tasks
from quarterdeck.hub.webhook.deliveries import UNREADABLE, Deliveries, Message, message_of
from quarterdeck.hub.webhook.post import post, shown
from quarterdeck.hub.webhook.streaks import Streaks, Who

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from quarterdeck.core.begin import Said
    from quarterdeck.core.clock import Clock
    from quarterdeck.hub.frames import Args
    from quarterdeck.hub.scripts.needs import Board, Records
    from quarterdeck.hub.webhook.deliveries import Answer
    from quarterdeck.hub.webhook.messages import Letterhead
    from quarterdeck.hub.webhook.streaks import News

    Post = Callable[[str, dict[str, Any]], Awaitable[Answer]]

MESSAGES, STREAKS = "webhook", "webhook streaks"
"""The collections of records: what waits, and what was told."""
TOPIC = "hub"
TEST = "test-webhook"
_BAD = ("run.failed", "run.lost")
_TELLING = ("run.started", "run.queued", "run.done", "run.cancelled")
_HUB, _HUB_KEY = Who(), "/"
AGAIN_SECONDS, LONGEST_SLEEP = 1.0, 60.0
_log = logging.getLogger(__name__)


class Webhook:
    """``url`` None: nobody is told.  All of it belongs to the event loop; only ``post`` waits for the receiver."""

    def __init__(
        self, url: str | None, head: Letterhead, *, board: Board, records: Records, clock: Clock, post: Post = post
    ) -> None:
        self._url = url
        self._head = head
        self._board = board
        self._records = records
        self._clock = clock
        self._post = post
        self._streaks = Streaks(self._keep)
        self._deliveries = Deliveries()
        self._durable: set[str] = set()
        self._slips: dict[str, int] = {}  # by script: when the last slip was that is known here
        self._started = 0  # the hub before has told of what slipped until then
        self._trouble: dict[str, Any] | None = None
        self._said: dict[str, Any] | None = None
        self._wake = asyncio.Event()
        self._tasks = Tasks("the webhook")
        self._unlisten: list[Callable[[], None]] = []

    # --- start and stop

    def start(self) -> None:
        """Begin to listen.  Before scripts are adopted, so that runs which were lost with an earlier hub are told."""
        self._started = self._clock.now()
        if self._url is None:
            self._forget_all()
            self._tell()
            return
        for id, plain in sorted(self._records.records(MESSAGES).items()):
            self._deliveries.add(message_of(id, plain))
            self._durable.add(id)
        for name, plain in self._records.records(STREAKS).items():
            self._streaks.restore(Who(*split(name)) if name != _HUB_KEY else _HUB, plain)
        for message in self._deliveries.outdated(self._clock.now()):
            self._deliveries.let_go(message)
            self._let_go(message, arrived=False)
        listen = self._board.listen
        self._unlisten = [listen("run", self._on_run), listen("script", self._on_script), listen(TOPIC, self._on_hub)]
        self._tasks.start(self._deliver())
        self._tell()

    def _forget_all(self) -> None:
        """Whoever is told again some day is not told of the days when nobody was."""
        for collection in (MESSAGES, STREAKS):
            for key in self._records.records(collection):
                self._records.record(collection, key, None)

    def stop(self) -> None:
        """End; what waits is delivered by the next hub."""
        for unlisten in self._unlisten:
            unlisten()
        self._tasks.cancel()

    async def answer(self, _topic: str, name: str, _args: Args, by: str | None) -> dict[str, Any]:
        """``test-webhook`` sends a message at once, and answers when the receiver has taken it; raises Refused."""
        if name != TEST:
            raise Refused("unknown", f"the hub has no call {name!r}", f"it has {TEST}")
        if self._url is None:
            raise Refused(
                "no-webhook", "no webhook is set", 'write [hub] webhook = "https://..." into quarterdeck.toml'
            )
        now = self._clock.now()
        told = await self._post(self._url, self._head.of_test(_new_id(now), now, by))
        if told.why:
            hint = "look at the address in quarterdeck.toml, and at the receiver"
            raise Refused("webhook-failed", f"{shown(self._url)} did not take the test: {told.why}", hint)
        return {"status": "taken"}

    # --- what happens on the board

    def _on_run(self, topic: str, _ops: Said, name: str | None) -> None:
        if name not in _BAD and (not self._streaks or name not in _TELLING):
            return  # thousands of good runs a second cost nothing here
        state = self._board.state(topic)
        values = state.values if state is not None else {}
        if not values.get("script"):
            return
        who, run, now = Who(str(values["script"]), str(values.get("hook") or "")), split(topic)[1], self._clock.now()
        if name in _BAD:
            retries, pause = self._retry(who, int(values.get("attempt") or 1))
            self._streaks.failed(who, run, now, retries=retries, pause=pause)
        elif name == "run.done":
            self._streaks.went_well(who, run, now)
        elif name == "run.cancelled":
            self._streaks.gave_up(who)
        else:
            self._streaks.began(who)
        self._collect()

    def _retry(self, who: Who, attempt: int) -> tuple[int, int | None]:
        """How often the hook is retried, and after what pause it is now; None if this was the last try."""
        state = self._board.state(join("script", who.script))
        entry = (state.values.get("hooks") or {}).get(who.hook) or {} if state is not None else {}
        retries, backoff = int(entry.get("retries") or 0), entry.get("backoff")
        pause = pause_after(attempt, BACKOFF if backoff is None else int(backoff))
        return retries, pause if attempt <= retries else None

    def _on_script(self, topic: str, _ops: Said, name: str | None) -> None:
        if name is None or topic.count("/") != 1:
            return
        script, now = split(topic)[1], self._clock.now()
        if name == "script.broken":
            self._streaks.failed(Who(script), None, now)
        elif name == "script.loaded":
            self._streaks.went_well(Who(script), None, now)
            self._streaks.forget(script, {"", *self._map(topic, "hooks")})
        elif name == "script.removed":
            self._streaks.forget(script)
            self._slips.pop(script, None)
        elif name == "script.slipped":
            self._note_slip(script, self._map(topic, "lately"), now)
        self._collect()

    def _map(self, topic: str, field: str) -> dict[str, dict[str, Any]]:
        state = self._board.state(topic)
        return dict(state.values.get(field) or {}) if state is not None else {}

    def _note_slip(self, script: str, lately: dict[str, dict[str, Any]], now: int) -> None:
        known = self._slips.get(script, self._started)
        for hook, entry in lately.items():
            slip = entry.get("last_slip") or {}
            if slip.get("at", 0) > known:
                self._streaks.slipped(Who(script, hook), str(slip["run"]), int(slip["late"]), now)
                self._slips[script] = max(self._slips.get(script, known), slip["at"])

    def _on_hub(self, _topic: str, ops: Said, _name: str | None) -> None:
        """Nothing can be stored: then nothing runs, so this cannot wait until it is stored."""
        said = next((op for op in ops if op[:2] == ["set", "trouble"]), None)
        if said is None:
            return
        self._trouble, now = said[2], self._clock.now()
        if self._trouble is None:
            self._streaks.went_well(_HUB, None, now)
        else:
            self._streaks.failed(_HUB, None, now)
        self._collect()

    # --- messages

    def _collect(self) -> None:
        """What is worth a message by now waits for delivery."""
        now = self._clock.now()
        for news in list(self._streaks.take(now, self._deliveries.room)):
            id = _new_id(now)
            body = self._head.of_news(id, news, self._state_of(news), self._trouble if news.who == _HUB else None)
            message = Message(id, now, body, urgent=news.who == _HUB)
            self._records.record(MESSAGES, id, message.plain())
            self._deliveries.add(message)
            self._tasks.start(self._settle(message))
            self._tell()
        self._wake.set()

    def _state_of(self, news: News) -> dict[str, Any]:
        if news.who == _HUB:
            return {}
        topic = join("script", news.who.script) if news.run is None else topic_of(news.run)
        state = self._board.state(topic)
        return state.values if state is not None else {}

    def _keep(self, who: Who, plain: dict[str, Any] | None) -> None:
        self._records.record(STREAKS, _HUB_KEY if who == _HUB else join(*filter(None, who)), plain)

    async def _settle(self, message: Message) -> None:
        if not message.urgent:
            await self._board.committed()
        self._durable.add(message.id)
        self._wake.set()

    # --- delivery

    async def _deliver(self) -> None:
        while True:
            try:
                await self._step()
            except Exception:
                _log.exception("the webhook failed and begins anew")
                await asyncio.sleep(AGAIN_SECONDS)

    async def _step(self) -> None:
        """Try the first message, or sleep until something is due."""
        now, first = self._clock.now(), self._deliveries.first()
        try_at = self._deliveries.wake() if first is not None and first.id in self._durable else math.inf
        collect_at = self._streaks.wake() if self._deliveries.room else math.inf
        if first is not None and try_at <= now:
            await self._try(first)
        elif collect_at <= now:
            self._collect()
        else:
            self._wake.clear()
            seconds = min((min(try_at, collect_at) - now) / SECOND, LONGEST_SLEEP)
            timer = asyncio.get_running_loop().call_later(seconds, self._wake.set)
            await self._wake.wait()
            timer.cancel()

    async def _try(self, message: Message) -> None:
        assert self._url is not None
        was_well = self._deliveries.failing is None
        answer = await self._post(self._url, message.body)
        if answer.why and was_well:
            _log.warning("the webhook at %s does not take messages: %s", shown(self._url), answer.why)
        if self._deliveries.tried(message, answer, self._clock.now()):
            self._let_go(message, arrived=not answer.why or answer.status in UNREADABLE)
        self._tell()

    def _let_go(self, message: Message, *, arrived: bool) -> None:
        self._durable.discard(message.id)
        self._records.record(MESSAGES, message.id, None)
        if not arrived and message.body["event"] == "failed":
            self._streaks.untell(Who(message.body["script"] or "", message.body["hook"] or ""))

    def _tell(self) -> None:
        """How it is, on the hub's topic; the address' path is a secret."""
        said = None if self._url is None else {"receiver": shown(self._url), **self._deliveries.status()}
        if said != self._said or said is None:
            self._said = said
            self._board.publish(TOPIC, [["set", "webhook", said]])


def _new_id(now: int) -> str:
    return new_id(now, secrets.randbits(45))

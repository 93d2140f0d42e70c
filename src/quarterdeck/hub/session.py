"""One connection that goes both ways, a WebSocket or a unix socket: says hello, watches, sends, calls and is called."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any

import msgspec

from quarterdeck.core.frames import MAX_VALUE, VERSION, check_frame
from quarterdeck.core.ops import Refused
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.brief import Brief, read
from quarterdeck.hub.calls import TIMEOUT, CallFailed
from quarterdeck.hub.delivery.patches import encode
from quarterdeck.hub.delivery.viewer import Turn, Viewer
from quarterdeck.hub.peers import NONE, Rights
from quarterdeck.hub.streams import Gap, bound
from quarterdeck.hub.tasks import Tasks
from quarterdeck.hub.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from quarterdeck.hub.delivery.borders import Inflow
    from quarterdeck.hub.exchange import Exchange
    from quarterdeck.hub.frames import Frame
    from quarterdeck.hub.tasks import Work

    Admit = Callable[[Frame], Rights | None]

MAX_TASKS = 64
MAX_ANSWERS = 1000
"""Batches of one connection that wait for the same commit; whoever sends more is read when it is done."""
LINGER = 15.0
"""Seconds in which a page that was reloaded, or lost its connection, can go on from where it was."""
_log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder().decode


class Denied(Exception):
    """The peer may not speak to this hub; the connection is to be closed."""


def check_version(hello: Frame) -> None:
    """Raises Refused for another version of the protocol."""
    if hello["version"] != VERSION:
        hint = f"this hub speaks version {VERSION}; install the same quarterdeck on both sides"
        raise Refused("version", f"version {hello['version']} of the protocol is not known here", hint)


class Session:
    """``send`` takes one message (lines of JSON) and waits as long as the other side is slow.

    ``write``, where there is one, writes a text at once if it can, or returns False: for what goes to many viewers.
    ``inflow``, where there is one, can hold what comes: of a connection that does nothing but send batches.
    ``rights`` and ``account`` are what is known before hello; ``admit`` gives the rights of who shows a token in it.
    """

    def __init__(
        self,
        exchange: Exchange,
        send: Callable[[str], Awaitable[None]],
        rights: Rights = NONE,
        account: str | None = None,
        admit: Admit | None = None,
        write: Callable[[str], bool] | None = None,
        inflow: Inflow | None = None,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.name = ""
        self.rights = rights
        self.claims: tuple[str, ...] = ()
        self.gone = False
        self.hello: Frame = {}
        self._exchange = exchange
        self._raw_send = send
        self.account = account
        self._admit = admit
        self._stream: str | None = None
        self._tasks = Tasks("a message", self._not_sent)
        self._durable: asyncio.Future[None] | None = None
        self._answers: list[Frame] = []  # to the batches that wait for it
        self._inflow = inflow
        self._viewer = Viewer(exchange.board, exchange.windows, write)
        self._lock = Turn(self._viewer)
        self._watcher = Watcher(exchange, self._viewer)
        self._writer = asyncio.get_running_loop().create_task(self._write())

    # --- what comes in

    async def receive(self, message: str | bytes) -> None:
        """Handle one message. What is malformed is answered, and changes nothing; raises Denied."""
        batches: dict[int, list[Frame | Brief]] = {}
        for line in (message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message).splitlines():
            if line and not line.isspace():
                brief = read(line)
                if brief is not None:
                    batches.setdefault(brief.batch, []).append(brief)
                    continue
                try:
                    frame = decode(line)
                except Refused as refusal:
                    await self.refuse(refusal)
                    continue
                # The stream checks its form: a batch counts as one even if not all of it is well-formed.
                if type(frame) is dict and frame.get("t") == "patch" and type(frame.get("batch")) is int:
                    batches.setdefault(frame["batch"], []).append(frame)
                else:
                    await self._take(frame, line)
        for number, frames in batches.items():
            await self._answer(self._accept(number, frames))
        if batches and self._inflow is not None and not self.claims:
            self._exchange.board.borders.sent(self._inflow, len(message))

    async def watch(self, frame: Frame) -> None:
        """Begin a watch, and say so; raises Refused."""
        async with self._lock:
            await self._raw_send(await self._watcher.watch(frame, self.rights))

    @property
    def seq(self) -> int:
        """Up to where the other side has been brought, in the midst of being sent a message: by that message."""
        return self._viewer.seq

    async def refuse(self, refusal: Refused) -> None:
        """Tell the other side what was wrong with what it sent."""
        await self._send(error_reply(refusal, None))

    async def _take(self, frame: Any, line: bytes) -> None:
        """Handle a frame that belongs to no batch."""
        try:
            if type(frame) is dict and frame.get("t") == "patch":
                hint = 'number batches from 1 under "batch"'
                raise Refused("malformed", "a patch came without its batch number", hint)
            check_hello(frame, line)
            await self._handle(check_frame(frame), frame)
        except (Refused, QuarterdeckError) as refusal:
            id = frame.get("id") if isinstance(frame, dict) else None
            await self._send(error_reply(refusal, id if isinstance(id, str) else None))

    async def _handle(self, kind: str, frame: Frame) -> None:
        if kind == "hello":
            await self._hello(frame)
            return
        # Whoever does more than send is read as it speaks, from now on.
        self._inflow = None
        if kind == "watch":
            await self.watch(frame)
        elif kind == "unwatch":
            async with self._lock:
                self._watcher.unwatch(frame["id"])
        elif kind == "call":
            await self._spawn(self._call(frame))
        elif kind == "reply" and "id" in frame:
            self._exchange.calls.reply(self, frame)

    async def _hello(self, frame: Frame) -> None:
        check_version(frame)
        if self._admit is not None:
            rights = self._admit(frame)
            if rights is None:
                hint = "only what the hub has started connects here"
                await self.refuse(Refused("forbidden", "this hello has no known token", hint))
                raise Denied
            self.rights = rights
        stream = frame.get("stream")
        answer = self._exchange.hello(stream, self.account)
        if self._admit is not None:
            answer["url"] = self._exchange.url  # what was started here puts its blobs over HTTP, like everybody
        claims, refused = self._exchange.peers.granted(frame.get("claims") or (), self.rights, self.account)
        if refused:
            answer["refused"] = refused
        self._leave()
        self._stream, self.id = stream, bound(stream, self.account) if stream else self.id
        self.name, self.hello, self.claims = frame.get("name") or "", frame, claims
        self._exchange.peers.add(self)
        await self._send(encode(answer))

    def _accept(self, number: int, frames: list[Frame | Brief]) -> Frame:
        try:
            if self._stream is None:
                raise Refused("no-stream", "a batch came before a hello with a stream", 'say hello with "stream" first')
            answer = self._exchange.streams.accept(self._stream, number, frames, self.rights, self.account)
            return {"t": "reply", "batch": number, **answer}
        except Gap as gap:
            return {"t": "reply", "batch": number, "error": _error(gap), "last": gap.last}
        except (Refused, QuarterdeckError) as refusal:
            return {"t": "reply", "batch": number, "error": _error(refusal)}

    async def _answer(self, reply: Frame) -> None:
        """Answer a batch once it is durable: all that one commit makes so are answered in one message."""
        # Whoever holds a connection sends its next batches meanwhile: no commit is hurried for each.
        durable = self._exchange.commits.coming()
        if durable is None or durable is not self._durable:
            self._durable, self._answers = durable, []
            self._tasks.start(self._acknowledge(durable, self._answers))
        self._answers.append(reply)
        if durable is not None and len(self._answers) >= MAX_ANSWERS:
            await asyncio.wait((durable,))

    async def _acknowledge(self, durable: asyncio.Future[None] | None, answers: list[Frame]) -> None:
        if durable is not None:
            await asyncio.shield(durable)
        await self._send("\n".join(map(encode, answers)))

    async def _call(self, frame: Frame) -> None:
        caller, topic, timeout = f"peer {self.id}", frame["topic"], TIMEOUT
        if frame.get("deadline") is not None:
            timeout = max(0.0, min((frame["deadline"] - self._exchange.clock.now()) / 1e6, 3600.0))
        try:
            self.rights.check_call(topic, name := frame["name"])
            result = await self._exchange.calls.once(
                caller,
                frame["id"],
                topic,
                name,
                frame.get("args") or {},
                by=self.account,
                timeout=timeout,
            )
            await self._send(encode({"t": "reply", "id": frame["id"], "result": result}))
        except CallFailed as failure:
            await self._send(encode({"t": "reply", "id": frame["id"], "error": failure.error}))
        except (Refused, QuarterdeckError) as refusal:
            await self._send(error_reply(refusal, frame["id"]))

    # --- what goes out

    def send(self, frame: Frame) -> None:
        """See Peer."""
        self._tasks.start(self._send(encode(frame)))

    async def _send(self, text: str) -> None:
        async with self._lock:
            await self._raw_send(text)

    async def _write(self) -> None:
        """The one task that follows the board for this connection."""
        while True:
            await self._viewer.wait()
            async with self._lock:
                text = await self._viewer.take()
                if text:
                    await self._raw_send(text)

    async def _spawn(self, work: Work) -> None:
        """Run beside the reading; who asks for very much at once is read more slowly."""
        self._tasks.start(work)
        while len(self._tasks) > MAX_TASKS:
            await asyncio.wait([*self._tasks], return_when=asyncio.FIRST_COMPLETED)

    def _not_sent(self, error: BaseException) -> None:
        _log.debug("a message to %s was not sent: %r", self.name or self.id, error)

    # --- the end

    async def run(self, reading: Work) -> None:
        """Read until the other side has gone or may not go on, or until nothing can be written to it; then clean up."""
        reader = asyncio.get_running_loop().create_task(reading)
        try:
            await asyncio.wait({reader, self._writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._leave()
            self._watcher.close(LINGER)
            tasks = [reader, self._writer, *self._tasks]
            for task in tasks:
                task.cancel()
            for end in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(end, Exception) and not isinstance(end, (OSError, Denied)):
                    _log.error("a connection of %s failed", self.name or self.id, exc_info=end)

    def _leave(self) -> None:
        self._exchange.peers.remove(self)


def decode(line: bytes) -> Any:
    """One frame from its line; raises Refused."""
    try:
        return _decode(line)
    except UnicodeDecodeError as fault:
        raise Refused("malformed", f"a line is not UTF-8: {fault}", "send JSON as UTF-8") from fault
    except (msgspec.MsgspecError, RecursionError, ValueError) as fault:
        raise Refused("malformed", f"a line is not JSON: {fault}", "send one JSON object a line") from fault


def check_hello(frame: Any, line: bytes) -> None:
    """Raise Refused if it is a hello of more than 64 kB: the hub keeps it for as long as its peer is here."""
    if type(frame) is dict and frame.get("t") == "hello" and len(line) > MAX_VALUE:
        raise Refused("too-large", f"a hello takes {len(line)} bytes, and {MAX_VALUE} are the most", "claim less")


def error_reply(refusal: Refused | QuarterdeckError, id: str | None) -> str:
    """The reply frame that says what was wrong."""
    frame: Frame = {"t": "reply", "error": _error(refusal)}
    if id is not None:
        frame["id"] = id
    return encode(frame)


def _error(refusal: Refused | QuarterdeckError | Gap) -> Frame:
    return {"code": refusal.code, "message": refusal.message, "hint": refusal.hint}

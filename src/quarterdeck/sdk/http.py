"""HTTP: one POST a batch, over a connection that is kept; one more that waits for calls, if we take any."""

from __future__ import annotations

import threading

from quarterdeck.sdk.transport import Denied, loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck.sdk.blob import Blob
    from quarterdeck.sdk.frame import Answer, Frame
    from quarterdeck.sdk.outbox import Batch
    from quarterdeck.sdk.post import Post
    from quarterdeck.sdk.transport import Link

WAIT = 25


class HttpTransport:
    """POST /api/frames of the hub at ``url`` with ``token``; what is not given is looked for at each connection."""

    window = 1

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        self._url = url
        self._token = token
        self._post: Post | None = None
        self._link: Link | None = None
        self._calls: _Calls | None = None

    def find(self) -> tuple[str, str | None]:
        """The hub's (url, token) as of now; raises Denied if there is none to be found."""
        with loading:
            from quarterdeck.sdk.discovery import find  # json and socket are for those who connect
        return find(self._url, self._token)

    def spool_file(self) -> str | None:
        """Where to keep what this hub does not get; None if nothing shall be kept."""
        with loading:
            from quarterdeck.sdk.discovery import spool_file
        return spool_file(self._url)

    def open(self, link: Link) -> int | None:
        """See Transport.  Each request says hello by itself; the first one carries nothing else."""
        with loading:
            # On the sender's thread, while the program goes on: http and ssl are heavy.
            from quarterdeck.sdk.post import Post
        self.close()
        url, token = self.find()
        post = Post(url, token, link.hello)
        try:
            answer = post.send({})
        except BaseException:
            post.close()
            raise
        self._post, self._link = post, link
        if link.wants_calls:
            self._calls = _Calls(Post(url, token, link.hello), link)
            self._calls.start()
        _deliver(answer, link)
        acked: int | None = answer.get("acked")
        return acked

    def send(self, batch: Batch | None, replies: list[Frame]) -> None:
        """See Transport."""
        post, link = self._post, self._link
        if post is None or link is None:
            raise OSError("the connection to the hub is closed")
        answer = post.send_batch(batch, replies)
        if batch is not None:
            outcome = answer if answer.get("error") else {"refused": answer.get("refused") or []}
            link.receive({"t": "reply", "batch": batch.number, **outcome})
        _deliver(answer, link)

    def put(self, blob: Blob) -> None:
        """See Transport."""
        with loading:
            from quarterdeck.sdk.put import put
        put(*self.find(), blob)

    def forward(self, stream: str, number: int, lines: bytes) -> Answer:
        """Send a batch of another stream; the hub's answer."""
        if self._post is None:
            raise OSError("the connection to the hub is closed")
        return self._post.forward(stream, number, lines)

    def leave(self, stream: str, number: int, lines: bytes) -> None:
        """Send a batch and do not wait for an answer; OSError if not even that was possible at once."""
        if self._post is None:
            raise OSError("the connection to the hub is closed")
        self._post.leave(stream, number, lines)

    def close(self) -> None:
        """See Transport."""
        calls, self._calls = self._calls, None
        if calls is not None:
            calls.stop()
        post, self._post = self._post, None
        if post is not None:
            post.close()

    def forget(self) -> None:
        """See Transport."""
        self._post = self._calls = None


class _Calls:
    """A thread that keeps one request open, in which the hub passes on calls."""

    def __init__(self, post: Post, link: Link) -> None:
        self._post = post
        self._link = link
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="quarterdeck-calls", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._thread.start()

    def stop(self) -> None:
        """End without waiting for the open request; its answer goes nowhere, and the hub passes the call again."""
        self._stopped = True

    def _run(self) -> None:
        reason = ""
        while not self._stopped:
            try:
                answer = self._post.send({"wait": WAIT})
            except (OSError, Denied) as error:
                reason = str(error)
                break
            if not self._stopped:
                _deliver(answer, self._link)
        self._post.close()
        if not self._stopped:
            self._link.lost(reason)


def _deliver(answer: Answer, link: Link) -> None:
    for call in answer.get("calls") or ():
        link.receive({**call, "t": "call"})

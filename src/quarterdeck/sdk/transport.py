"""What a producer needs of a connection to the hub; the unix socket and HTTP are two of them."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from quarterdeck.sdk.blob import Blob
    from quarterdeck.sdk.frame import Frame
    from quarterdeck.sdk.outbox import Batch

    class Transport(Protocol):
        """Used by the sender's thread alone; ``receive`` and ``lost`` may be called from threads of its own."""

        window: int

        def open(self, link: Link) -> int | None:
            """Connect and say hello.  The number of the last batch that the hub has, None if it does not tell.

            Raises OSError while the hub is away, Denied if it will not have us.
            """

        def send(self, batch: Batch | None, replies: list[Frame]) -> None:
            """Send a batch, replies to calls, or both; raises OSError if that failed."""

        def put(self, blob: Blob) -> None:
            """Give the hub the bytes of a blob; OSError if that failed, Refused if it never will, Denied."""

        def close(self) -> None:
            """Close without waiting; sends nothing."""

        def find(self) -> tuple[str, str | None]:
            """The hub's address over HTTP and a token for it; raises Denied if there is none to be found."""

        def forget(self) -> None:
            """Give up what a parent process has open, in its forked child."""


# Held while a module is loaded on another thread than the program's own: who forks meanwhile waits, or the child would
# have half of a module for ever.  Of two locks a client's is taken first.
loading = threading.Lock()


class Denied(Exception):
    """The hub does not accept this producer: ``message`` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Away(OSError):
    """The hub cannot take anything now; ``retry_after`` is the least number of seconds to wait."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Link:
    """What a transport gets when it opens.

    ``hello`` is the frame that opens the connection (``stream`` in it), ``wants_calls`` whether calls are
    wanted; ``receive(frame)`` takes each frame that comes in, ``lost(reason)`` says that the connection has ended.
    """

    __slots__ = ("hello", "lost", "receive", "wants_calls")

    def __init__(
        self,
        hello: Frame,
        wants_calls: bool,
        receive: Callable[[Frame], None],
        lost: Callable[[str], None],
    ) -> None:
        self.hello = hello
        self.wants_calls = wants_calls
        self.receive = receive
        self.lost = lost

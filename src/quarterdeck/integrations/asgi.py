"""Any ASGI application: each HTTP request is measured from its arrival to the last byte of its answer."""

from __future__ import annotations

from _thread import get_ident
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.ending import live
from quarterdeck.integrations.paths import EndpointsByPath
from quarterdeck.sdk.hidden import told_request
from quarterdeck.sdk.services.levels import LAST
from quarterdeck.sdk.services.sampling.sampler import sampler
from quarterdeck.sdk.services.sampling.stack import enters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from quarterdeck.sdk.services.asking import Asking
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]
    FindEndpoint = Callable[[Scope], Endpoint]

FAILED = 500
_NOBODY: tuple[str | None, str | None] = (None, None)


class Monitored:
    """The application ``inner``, measured; ``endpoint`` says which one a request was for, asked after its answer.

    What an application does after the last byte (background tasks) does not count.  A request whose client left before
    that counts until the application ended it.  ``request`` makes of the scope what ``get_group_by`` and ``get_ip`` may
    ask; the scope itself without it.
    """

    def __init__(
        self,
        inner: Application,
        service: Service,
        endpoint: FindEndpoint | None = None,
        request: Callable[[Scope], Any] | None = None,
    ) -> None:
        self.inner = inner
        self.service = service
        self._endpoint = endpoint or self._by_path
        self._paths = EndpointsByPath(service)
        self.asking = service.asking(request)
        self.loops: dict[int, Any] = {}
        """By thread, the event loop that was seen there."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await live(self.inner, scope, receive, send)
            else:
                await self.inner(scope, receive, send)
            return
        began = perf_counter_ns()
        status = 0
        asked: tuple[str | None, str | None] | None = None
        thread = get_ident()
        if thread not in self.loops:
            self.loops[thread] = _running_loop()
        _flights[began] = (self, scope, began, thread)
        if not sampler.awake:
            sampler.wake()

        async def sent(message: Any) -> None:
            nonlocal status, asked
            kind = message["type"]
            if kind == "http.response.start":
                status = message["status"]
                if status.__class__ is not int or not 99 < status < 1000:
                    status = _code(status)
                if self.asking is not None:
                    asked = self._ask(self.asking, scope)
            await send(message)
            if kind == "http.response.body" and status > 0 and not message.get("more_body"):
                self._note(scope, began, status, asked)
                status = -1

        try:
            await self.inner(scope, receive, sent)
        except BaseException as error:
            if status >= 0:
                self._note(scope, began, FAILED, asked)
                status = -1
            self._failed(scope, error)
            raise
        finally:
            if status >= 0:
                self._note(scope, began, status or FAILED, asked)

    def find(self, scope: Scope) -> Endpoint | None:
        """The endpoint of a request; None if it cannot be told."""
        try:
            return self._endpoint(scope)
        except Exception as error:  # whatever it is, the request goes on
            self.service.fault(error)
            return None

    def told(self, scope: Scope) -> dict[str, Any]:
        """What was asked, without secrets."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        return told_request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers)

    def _ask(self, asking: Asking, scope: Scope) -> tuple[str | None, str | None]:
        try:
            return asking(scope) if self._endpoint(scope).level > LAST else _NOBODY
        except Exception as error:
            self.service.fault(error)
            return _NOBODY

    def _note(self, scope: Scope, began: int, status: int, asked: tuple[str | None, str | None] | None) -> None:
        now = perf_counter_ns()
        taken = (now - began) // 1000
        _flights.pop(began, None)
        try:
            if self.asking is None:
                client = scope.get("client")
                ip, user = client[0] if client else None, None
            else:
                ip, user = asked or _NOBODY
            self.service.note(self._endpoint(scope), now, taken, status, ip, user)
            if _slow and (slow := _slow.pop(began, None)):
                self.service.outliers.note(slow, taken, status, lambda: self.told(scope))
        except Exception as error:  # whatever it is, the request goes on
            self.service.fault(error)

    def _failed(self, scope: Scope, error: BaseException) -> None:
        endpoint = self.find(scope)
        if endpoint is not None:
            self.service.failed(error, endpoint)

    def _by_path(self, scope: Scope) -> Endpoint:
        return self._paths[scope["method"], scope["path"]]


def _code(status: Any) -> int:
    """A status that is no plain number, or none of HTTP's."""
    try:
        number = int(status)
    except (TypeError, ValueError):
        return FAILED
    return number if 99 < number < 1000 else FAILED


def _running_loop() -> Any:
    from asyncio import get_running_loop  # once a thread

    try:
        return get_running_loop()
    except RuntimeError:  # an event loop that is not asyncio's
        return None


_flights, _slow = sampler.flights, sampler.slow
enters(Monitored.__call__.__code__)

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

    from quarterdeck.integrations.forwarding import AsgiDashboard
    from quarterdeck.integrations.interfaces import AsgiApplication, Receive, Scope, Send
    from quarterdeck.sdk.services.asking import Asking
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service

    FindEndpoint = Callable[[Scope], Endpoint]

FAILED = 500
_NOBODY: tuple[str | None, str | None] = (None, None)


class Monitored:
    """The application ``inner``, measured; ``endpoint`` says which one a request was for, asked after its answer.

    What an application does after the last byte (background tasks) does not count.  A request whose client left before
    that counts until the application ended it.  ``request`` makes of the scope what ``get_group_by`` and ``get_ip`` may
    ask; the scope itself without it.  Requests to the ``dashboard`` are nobody's.
    """

    def __init__(
        self,
        inner: AsgiApplication,
        service: Service,
        endpoint: FindEndpoint | None = None,
        request: Callable[[Scope], Any] | None = None,
        dashboard: AsgiDashboard | None = None,
    ) -> None:
        self.inner = inner
        self.service = service
        self.endpoint = endpoint or self._by_path
        self._paths = EndpointsByPath(service)
        self.asking = service.asking(request)
        self.dashboard = dashboard
        self.loops: dict[int, Any] = {}
        """By thread, the event loop that was seen there."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await live(self.inner, scope, receive, send)
            else:
                await self.inner(scope, receive, send)
            return
        dashboard = self.dashboard
        if dashboard is not None and dashboard.within in scope["path"]:
            page = dashboard(scope, receive, send)
            if page is not None:
                await page
                return
        # Made without a call of its own, as in ``wsgi``.
        request = _Request()
        request.monitored = self
        request.scope = scope
        request.pass_on = send
        request.status = 0
        request.asked = _NOBODY
        request.began = began = perf_counter_ns()
        thread = get_ident()
        if thread not in self.loops:
            self.loops[thread] = _running_loop()
        _flights[request] = (self, scope, began, thread)
        if not sampler.awake:
            sampler.wake()
        try:
            await self.inner(scope, receive, request.send)
        except BaseException as error:
            request.end(FAILED)
            self._failed(scope, error)
            raise
        finally:
            request.end(request.status or FAILED)

    def find(self, scope: Scope) -> Endpoint | None:
        """The endpoint of a request; None if it cannot be told."""
        try:
            return self.endpoint(scope)
        except Exception as error:  # whatever it is, the request goes on
            self.service.fault(error)
            return None

    def told(self, scope: Scope) -> dict[str, Any]:
        """What was asked, without secrets."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        return told_request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers)

    def _failed(self, scope: Scope, error: BaseException) -> None:
        endpoint = self.find(scope)
        if endpoint is not None:
            self.service.failed(error, endpoint)

    def _by_path(self, scope: Scope) -> Endpoint:
        return self._paths[scope["method"], scope["path"]]


class _Request:
    """One request; ``send`` is what the application calls to answer it."""

    __slots__ = ("asked", "began", "monitored", "pass_on", "scope", "status")
    monitored: Monitored | None
    """None once it has ended."""
    scope: Scope
    pass_on: Send
    status: int
    began: int
    asked: tuple[str | None, str | None]

    def send(self, message: Any) -> Awaitable[None]:
        """What is to be awaited: for all but the last message that of the server itself, without a detour."""
        kind = message["type"]
        if kind == "http.response.start":
            self.status = status = message["status"]
            if status.__class__ is not int or not 99 < status < 1000:
                self.status = _code(status)
            if self.monitored is not None and self.monitored.asking is not None:
                self._ask(self.monitored, self.monitored.asking)
        elif kind == "http.response.body" and self.status and not message.get("more_body"):
            return self._send_last(message)
        return self.pass_on(message)

    async def _send_last(self, message: Any) -> None:
        await self.pass_on(message)
        self.end(self.status)

    def _ask(self, monitored: Monitored, asking: Asking) -> None:
        try:
            if monitored.endpoint(self.scope).level > LAST:
                self.asked = asking(self.scope)
        except Exception as error:
            monitored.service.fault(error)

    def end(self, status: int) -> None:
        monitored = self.monitored
        if monitored is None:
            return
        self.monitored = None
        now = perf_counter_ns()
        taken = (now - self.began) // 1000
        _flights.pop(self, None)
        scope = self.scope
        try:
            if monitored.asking is None:
                client = scope.get("client")
                ip, user = client[0] if client else None, None
            else:
                ip, user = self.asked
            monitored.service.note(monitored.endpoint(scope), now, taken, status, ip, user)
            if _slow and (slow := _slow.pop(self, None)):
                monitored.service.outliers.note(slow, taken, status, lambda: monitored.told(scope))
        except Exception as error:  # whatever it is, the request goes on
            monitored.service.fault(error)


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

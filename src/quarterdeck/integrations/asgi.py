"""Any ASGI application: each HTTP request is measured from its arrival to the last byte of its answer."""

from __future__ import annotations

from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.services.routes import known_method, name_of, route_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from quarterdeck.sdk.services.service import Endpoint, Service

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]
    FindEndpoint = Callable[[Scope], Endpoint]

FAILED = 500


class Monitored:
    """The application ``inner``, measured; ``endpoint`` says which one a request was for, asked after its answer.

    What an application does after the last byte (background tasks) does not count.  A request whose client left before
    that counts until the application ended it.
    """

    def __init__(self, inner: Application, service: Service, endpoint: FindEndpoint | None = None) -> None:
        self.inner = inner
        self._service = service
        self._endpoint = endpoint or self._by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        began = perf_counter_ns()
        status = 0

        async def sent(message: Any) -> None:
            nonlocal status
            kind = message["type"]
            await send(message)
            if kind == "http.response.start":
                status = message["status"]
            elif kind == "http.response.body" and not message.get("more_body") and status > 0:
                self._note(scope, began, status)
                status = -1

        try:
            await self.inner(scope, receive, sent)
        except BaseException as error:
            if status >= 0:
                self._note(scope, began, FAILED)
                status = -1
            self._failed(scope, error)
            raise
        finally:
            if status >= 0:
                self._note(scope, began, status or FAILED)

    def _note(self, scope: Scope, began: int, status: int) -> None:
        taken = (perf_counter_ns() - began) // 1000
        try:
            self._service.note(self._endpoint(scope), time_ns() // 1000, taken, status)
        except Exception as error:  # whatever it is, the request goes on
            self._service.fault(error)

    def _failed(self, scope: Scope, error: BaseException) -> None:
        try:
            self._service.failed(error, self._endpoint(scope))
        except Exception as fault:
            self._service.fault(fault)

    def _by_path(self, scope: Scope) -> Endpoint:
        method, route = known_method(scope["method"]), route_of(scope["path"])
        return self._service.endpoint(name_of(method, route), method=method, route=route)

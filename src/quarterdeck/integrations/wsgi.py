"""Any WSGI application: each request is measured from its arrival to the last byte of its answer."""

from __future__ import annotations

from _thread import get_ident
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.paths import EndpointsByPath
from quarterdeck.sdk.hidden import told_request
from quarterdeck.sdk.services.levels import LAST
from quarterdeck.sdk.services.sampling.sampler import sampler
from quarterdeck.sdk.services.sampling.stack import enters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quarterdeck.integrations.forwarding import WsgiDashboard
    from quarterdeck.integrations.interfaces import Environ, StartResponse, WsgiApplication
    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service

    Answer = Iterable[bytes]
    FindEndpoint = Callable[[Environ], Endpoint]


FAILED = "500"
_MOST_CODES = 500


class Monitored:
    """The application ``inner``, measured.

    ``endpoint`` says which one a request is for: it is asked when the application begins its answer, or has failed.
    ``request`` makes of the environ what ``get_group_by`` and ``get_ip`` may ask; the environ itself without it.
    Requests to the ``dashboard`` are nobody's.
    """

    loops: Mapping[int, Any] = {}

    def __init__(
        self,
        inner: WsgiApplication,
        service: Service,
        endpoint: FindEndpoint | None = None,
        request: Callable[[Environ], Any] | None = None,
        dashboard: WsgiDashboard | None = None,
    ) -> None:
        self.inner = inner
        self.service = service
        self.endpoint = endpoint or self._by_path
        self._paths = EndpointsByPath(service)
        self.asking = service.asking(request)
        self.dashboard = dashboard

    def __call__(self, environ: Environ, start_response: StartResponse) -> Answer:
        dashboard = self.dashboard
        if dashboard is not None and dashboard.within in (environ.get("PATH_INFO") or ""):
            page = dashboard(environ, start_response)
            if page is not None:
                return page
        # Made without a call of its own: that alone would be a tenth of what a request costs.
        request = _Request()
        request.monitored = self
        request.environ = environ
        request.pass_on = start_response
        request.endpoint = None
        request.status = FAILED
        request.began = began = perf_counter_ns()
        _flights[request] = (self, environ, began, get_ident())
        if not sampler.awake:
            sampler.wake()
        try:
            answer = self.inner(environ, request.start)
        except BaseException as error:
            request.end(FAILED, error)
            raise
        kind = type(answer)
        if kind is list or kind is tuple or kind is environ.get("wsgi.file_wrapper"):
            # It is whole; and servers send files of their own wrapper faster.
            request.end()
            return answer
        parts = _parts(answer, request)
        next(parts)
        return parts

    def find(self, environ: Environ) -> Endpoint | None:
        """The endpoint of a request; None if it cannot be told."""
        try:
            return self.endpoint(environ)
        except Exception as error:  # whatever it is, the request goes on
            self.service.fault(error)
            return None

    def told(self, environ: Environ) -> dict[str, Any]:
        """What was asked, without secrets."""
        headers = [(name[5:].replace("_", "-"), str(value)) for name, value in environ.items() if name[:5] == "HTTP_"]
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        text = path.encode("latin-1", "replace").decode("utf-8", "replace")  # as WSGI has it
        return told_request(environ.get("REQUEST_METHOD", ""), text, environ.get("QUERY_STRING", ""), headers)

    def _by_path(self, environ: Environ) -> Endpoint:
        return self._paths[environ.get("REQUEST_METHOD") or "", environ.get("PATH_INFO") or ""]


class _Request:
    """One request; ``start`` is what the application calls to begin its answer."""

    __slots__ = ("asked", "began", "endpoint", "environ", "monitored", "pass_on", "status")
    monitored: Monitored | None
    """None once it has ended."""
    environ: Environ
    pass_on: StartResponse
    endpoint: Endpoint | None
    status: str
    began: int
    asked: tuple[str | None, str | None]

    def start(self, status: str, headers: Any, error: Any = None) -> Any:
        self.status = status
        monitored = self.monitored
        if self.endpoint is None and monitored is not None:
            try:  # as ``find`` does, which every request would have to call
                self.endpoint = endpoint = monitored.endpoint(self.environ)
                if monitored.asking is not None and endpoint.level > LAST:
                    self.asked = monitored.asking(self.environ)
            except Exception as fault:
                monitored.service.fault(fault)
        if error is None:
            return self.pass_on(status, headers)
        return self.pass_on(status, headers, error)

    def end(self, status: str = "", error: BaseException | None = None) -> None:
        monitored = self.monitored
        if monitored is None:
            return
        self.monitored = None
        _flights.pop(self, None)
        environ = self.environ
        endpoint = self.endpoint or monitored.find(environ)
        if endpoint is not None:
            now = perf_counter_ns()
            taken = (now - self.began) // 1000
            code = _CODES.get(status or self.status) or _code(status or self.status)
            ip, user = (
                (environ.get("REMOTE_ADDR"), None) if monitored.asking is None else getattr(self, "asked", _NOBODY)
            )
            monitored.service.note(endpoint, now, taken, code, ip, user)
            if _slow and (slow := _slow.pop(self, None)):
                monitored.service.outliers.note(slow, taken, code, lambda: monitored.told(environ))
        if error is not None:
            monitored.service.failed(error, endpoint)


def _parts(answer: Answer, request: _Request) -> Iterator[bytes]:
    """What the server iterates over and closes in place of the answer."""
    try:
        yield b""  # Not for the server: what has begun is told that it is closed, even before its first part.
        for part in answer:  # noqa: UP028  # "yield from" would close it as well: twice
            yield part
        request.end()
    except GeneratorExit:  # whoever iterates has had enough
        raise
    except BaseException as error:
        request.end(FAILED, error)
        raise
    finally:
        try:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        finally:
            if request.monitored is not None:
                request.end()


_flights, _slow = sampler.flights, sampler.slow
enters(Monitored.__call__.__code__, _parts.__code__)
_NOBODY: tuple[str | None, str | None] = (None, None)
_CODES = {FAILED: 500}


def _code(status: str) -> int:
    """The number of a status line; 500 if it has none, as servers see it."""
    if not isinstance(status, str):
        return _CODES[FAILED]
    number = int(status[:3]) if status[:3].isdecimal() else 500
    if len(_CODES) < _MOST_CODES:
        _CODES[status] = number
    return number

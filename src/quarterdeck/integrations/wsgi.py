"""Any WSGI application: each request is measured from its arrival to the last byte of its answer."""

from __future__ import annotations

from _thread import get_ident
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.services.hidden import told_request
from quarterdeck.sdk.services.routes import known_method, name_of, route_of
from quarterdeck.sdk.services.sampling import sampler
from quarterdeck.sdk.services.stack import enters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.service import Service

    Environ = dict[str, Any]
    Answer = Iterable[bytes]
    Application = Callable[[Environ, Callable[..., Any]], Answer]
    FindEndpoint = Callable[[Environ], Endpoint]


FAILED = "500"


class Monitored:
    """The application ``inner``, measured.

    ``endpoint`` says which one a request is for: it is asked when the application begins its answer, or has failed.
    """

    loops: Mapping[int, Any] = {}

    def __init__(self, inner: Application, service: Service, endpoint: FindEndpoint | None = None) -> None:
        self.inner = inner
        self.service = service
        self._endpoint = endpoint or self._by_path

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Answer:
        request = _Request(self, environ, start_response)
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
        request.answer = answer
        return request

    def find(self, environ: Environ) -> Endpoint | None:
        """The endpoint of a request; None if it cannot be told."""
        try:
            return self._endpoint(environ)
        except Exception as error:  # whatever it is, the request goes on
            self.service.fault(error)
            return None

    def note(self, endpoint: Endpoint, request: _Request, status: str) -> None:
        """A request was answered with this status line."""
        taken = (perf_counter_ns() - request.began) // 1000
        try:
            code = int(status[:3])
            self.service.note(endpoint, time_ns() // 1000, taken, code)
            if _slow and (slow := _slow.pop(request, None)):
                self.service.outliers.note(slow, taken, code, self.told(request.environ))
        except Exception as error:
            self.service.fault(error)

    def told(self, environ: Environ) -> dict[str, Any]:
        """What was asked, without secrets."""
        headers = [(name[5:].replace("_", "-"), str(value)) for name, value in environ.items() if name[:5] == "HTTP_"]
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        text = path.encode("latin-1", "replace").decode("utf-8", "replace")  # as WSGI has it
        return told_request(environ.get("REQUEST_METHOD", ""), text, environ.get("QUERY_STRING", ""), headers)

    def _by_path(self, environ: Environ) -> Endpoint:
        method, route = known_method(environ.get("REQUEST_METHOD", "")), route_of(environ.get("PATH_INFO", ""))
        return self.service.endpoint(name_of(method, route), method=method, route=route)


class _Request:
    """One request: what the application calls to begin its answer, and what the server iterates over and closes."""

    __slots__ = ("_endpoint", "_monitored", "_start", "_status", "answer", "began", "environ")

    def __init__(self, monitored: Monitored, environ: Environ, start: Callable[..., Any]) -> None:
        self.began = began = perf_counter_ns()
        self._monitored: Monitored | None = monitored
        self.environ = environ
        self._start = start
        self._endpoint: Endpoint | None = None
        self._status = FAILED
        self.answer: Answer = ()
        _flights[self] = (monitored, environ, began, get_ident())
        if not sampler.awake:
            sampler.wake()

    def start(self, status: str, headers: Any, *more: Any) -> Any:
        self._status = status
        if self._endpoint is None and self._monitored is not None:
            self._endpoint = self._monitored.find(self.environ)
        return self._start(status, headers, *more)

    def end(self, status: str = "", error: BaseException | None = None) -> None:
        monitored, self._monitored = self._monitored, None
        if monitored is None:
            return
        _flights.pop(self, None)
        endpoint = self._endpoint or monitored.find(self.environ)
        if endpoint is not None:
            monitored.note(endpoint, self, status or self._status)
        if error is not None:
            monitored.service.failed(error, endpoint)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.answer
            self.end()
        except GeneratorExit:  # whoever iterates has had enough
            raise
        except BaseException as error:
            self.end(FAILED, error)
            raise

    def close(self) -> None:
        try:
            close = getattr(self.answer, "close", None)
            if close is not None:
                close()
        finally:
            self.end()


_flights, _slow = sampler.flights, sampler.slow
enters(Monitored.__call__.__code__, _Request.__iter__.__code__)

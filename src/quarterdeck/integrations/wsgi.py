"""Any WSGI application: each request is measured from its arrival to the last byte of its answer."""

from __future__ import annotations

from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any

from quarterdeck.sdk.services.routes import known_method, name_of, route_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from quarterdeck.sdk.services.service import Endpoint, Service

    Environ = dict[str, Any]
    Answer = Iterable[bytes]
    Application = Callable[[Environ, Callable[..., Any]], Answer]
    FindEndpoint = Callable[[Environ], Endpoint]


FAILED = "500"


class Monitored:
    """The application ``inner``, measured.

    ``endpoint`` says which one a request is for: it is asked when the application begins its answer, or has failed.
    """

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

    def note(self, endpoint: Endpoint, began: int, status: str) -> None:
        """A request that began at ``began`` (of ``perf_counter_ns``) was answered with this status line."""
        taken = (perf_counter_ns() - began) // 1000
        try:
            self.service.note(endpoint, time_ns() // 1000, taken, int(status[:3]))
        except Exception as error:
            self.service.fault(error)

    def _by_path(self, environ: Environ) -> Endpoint:
        method, route = known_method(environ.get("REQUEST_METHOD", "")), route_of(environ.get("PATH_INFO", ""))
        return self.service.endpoint(name_of(method, route), method=method, route=route)


class _Request:
    """One request: what the application calls to begin its answer, and what the server iterates over and closes."""

    __slots__ = ("_began", "_endpoint", "_environ", "_monitored", "_start", "_status", "answer")

    def __init__(self, monitored: Monitored, environ: Environ, start: Callable[..., Any]) -> None:
        self._began = perf_counter_ns()
        self._monitored: Monitored | None = monitored
        self._environ = environ
        self._start = start
        self._endpoint: Endpoint | None = None
        self._status = FAILED
        self.answer: Answer = ()

    def start(self, status: str, headers: Any, *more: Any) -> Any:
        self._status = status
        if self._endpoint is None and self._monitored is not None:
            self._endpoint = self._monitored.find(self._environ)
        return self._start(status, headers, *more)

    def end(self, status: str = "", error: BaseException | None = None) -> None:
        monitored, self._monitored = self._monitored, None
        if monitored is None:
            return
        endpoint = self._endpoint or monitored.find(self._environ)
        if endpoint is not None:
            monitored.note(endpoint, self._began, status or self._status)
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

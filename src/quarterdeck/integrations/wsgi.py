"""Any WSGI application: each request is measured from its arrival to the last byte of its answer."""

from __future__ import annotations

from _thread import get_ident
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any

from quarterdeck.integrations.paths import EndpointsByPath
from quarterdeck.sdk.hidden import told_request
from quarterdeck.sdk.services.levels import LAST
from quarterdeck.sdk.services.sampling.sampler import sampler
from quarterdeck.sdk.services.sampling.stack import enters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quarterdeck.sdk.services.endpoint import Endpoint
    from quarterdeck.sdk.services.sampling.outliers import Slow
    from quarterdeck.sdk.services.service import Service

    Environ = dict[str, Any]
    Answer = Iterable[bytes]
    Application = Callable[[Environ, Callable[..., Any]], Answer]
    FindEndpoint = Callable[[Environ], Endpoint]


FAILED = "500"
_MOST_CODES = 500


class Monitored:
    """The application ``inner``, measured.

    ``endpoint`` says which one a request is for: it is asked when the application begins its answer, or has failed.
    ``request`` makes of the environ what ``get_group_by`` and ``get_ip`` may ask; the environ itself without it.
    """

    loops: Mapping[int, Any] = {}

    def __init__(
        self,
        inner: Application,
        service: Service,
        endpoint: FindEndpoint | None = None,
        request: Callable[[Environ], Any] | None = None,
    ) -> None:
        self.inner = inner
        self.service = service
        self.endpoint = endpoint or self._by_path
        self._paths = EndpointsByPath(service)
        self.asking = service.asking(request)

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
            return self.endpoint(environ)
        except Exception as error:  # whatever it is, the request goes on
            self.service.fault(error)
            return None

    def tell_slow(self, slow: Slow, taken: int, status: int, environ: Environ) -> None:
        """A request that was found slow has ended."""
        try:
            self.service.outliers.note(slow, taken, status, self.told(environ))
        except Exception as error:
            self.service.fault(error)

    def told(self, environ: Environ) -> dict[str, Any]:
        """What was asked, without secrets."""
        headers = [(name[5:].replace("_", "-"), str(value)) for name, value in environ.items() if name[:5] == "HTTP_"]
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        text = path.encode("latin-1", "replace").decode("utf-8", "replace")  # as WSGI has it
        return told_request(environ.get("REQUEST_METHOD", ""), text, environ.get("QUERY_STRING", ""), headers)

    def _by_path(self, environ: Environ) -> Endpoint:
        return self._paths[environ.get("REQUEST_METHOD") or "", environ.get("PATH_INFO") or ""]


class _Request:
    """One request: what the application calls to begin its answer, and what the server iterates over and closes."""

    __slots__ = ("_asked", "_endpoint", "_monitored", "_start", "_status", "answer", "began", "environ")
    answer: Answer
    _asked: tuple[str | None, str | None]

    def __init__(self, monitored: Monitored, environ: Environ, start: Callable[..., Any]) -> None:
        self.began = began = perf_counter_ns()
        self._monitored: Monitored | None = monitored
        self.environ = environ
        self._start = start
        self._endpoint: Endpoint | None = None
        self._status = FAILED
        _flights[self] = (monitored, environ, began, get_ident())
        if not sampler.awake:
            sampler.wake()

    def start(self, status: str, headers: Any, error: Any = None) -> Any:
        self._status = status
        monitored = self._monitored
        if self._endpoint is None and monitored is not None:
            try:  # as ``find`` does, which every request would have to call
                self._endpoint = endpoint = monitored.endpoint(self.environ)
                if monitored.asking is not None and endpoint.level > LAST:
                    self._asked = monitored.asking(self.environ)
            except Exception as fault:
                monitored.service.fault(fault)
        if error is None:
            return self._start(status, headers)
        return self._start(status, headers, error)

    def end(self, status: str = "", error: BaseException | None = None) -> None:
        monitored = self._monitored
        if monitored is None:
            return
        self._monitored = None
        _flights.pop(self, None)
        environ = self.environ
        endpoint = self._endpoint or monitored.find(environ)
        if endpoint is not None:
            taken = (perf_counter_ns() - self.began) // 1000
            code = _CODES.get(status or self._status) or _code(status or self._status)
            ip, user = (
                (environ.get("REMOTE_ADDR"), None) if monitored.asking is None else getattr(self, "_asked", _NOBODY)
            )
            monitored.service.note(endpoint, time_ns() // 1000, taken, code, ip, user)
            if _slow and (slow := _slow.pop(self, None)):
                monitored.tell_slow(slow, taken, code, environ)
        if error is not None:
            monitored.service.failed(error, endpoint)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.answer
        except GeneratorExit:  # whoever iterates has had enough
            raise
        except BaseException as error:
            self.end(FAILED, error)
            raise
        self.end()

    def close(self) -> None:
        try:
            close = getattr(self.answer, "close", None)
            if close is not None:
                close()
        finally:
            if self._monitored is not None:
                self.end()


_flights, _slow = sampler.flights, sampler.slow
enters(Monitored.__call__.__code__, _Request.__iter__.__code__)
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

"""``config.get_group_by`` and ``config.get_ip``: asked while a request is answered, and never to its harm."""

from __future__ import annotations

import inspect
import time

from quarterdeck.sdk.report import in_words
from quarterdeck.sdk.services.callers import LONGEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from quarterdeck.sdk.report import Report

    class Said(Protocol):
        """The part of a configuration that says whom to ask."""

        get_group_by: Any
        get_ip: Any

        @property
        def keep_ips(self) -> bool: ...


DEEPEST = 8
"""Functions that give functions, and tuples in tuples."""
SLOW = 0.1
"""Seconds: whoever takes longer to say who asks is not asked for a while."""
REST = 60.0


class Asking:
    """Both of them.  ``request`` makes of what a server gives (an environ, a scope) what functions get as argument."""

    def __init__(self, said: Said, request: Callable[[Any], Any] | None, report: Report) -> None:
        self._user = _Question("get_group_by", said.get_group_by, report)
        self._ip = _Question("get_ip", said.get_ip, report) if said.get_ip is not None else None
        self._keeps = said.keep_ips
        self._request = request

    def __call__(self, given: Any) -> tuple[str | None, str | None]:
        """From where a request comes, and who asks; None for what is not known, or not to be kept."""
        request = given if self._request is None else self._request(given)
        if not self._keeps:
            return None, self._user(request)
        return self._ip(request) if self._ip is not None else address(given), self._user(request)


def asking(said: Said, request: Callable[[Any], Any] | None, report: Report) -> Asking | None:
    """What answers both as the configuration says; None if nobody is to be asked: what the server says is all."""
    if said.get_group_by is None and said.get_ip is None and said.keep_ips:
        return None
    return Asking(said, request, report)


def address(given: Any) -> str | None:
    """From where a request comes as the server says, by its environ or scope."""
    if "REMOTE_ADDR" in given:
        return given["REMOTE_ADDR"] or None
    client = given.get("client")
    return client[0] if client else None


class _Question:
    """Calls one of them: ``what`` is a value, a function, or a tuple or list of such; ``name`` is its name in words.

    A function gets the request if it takes an argument.  What it raises is said once.
    """

    def __init__(self, name: str, what: Any, report: Report) -> None:
        self._name = name
        self._what = what
        self._report = report
        self._wants: dict[Any, bool] = {}
        self._rests = 0.0

    def __call__(self, request: Any) -> str | None:
        """The text of it for this request; None if there is none."""
        began = time.monotonic()
        if began < self._rests:
            return None
        try:
            found = self._text(self._what, request, DEEPEST)
        except Exception as error:
            self._report("monitor", f"{self._name} failed: {in_words(error)}"[:LONGEST])
            return None
        took = time.monotonic() - began
        if took > SLOW:
            self._rests = began + took + REST
            self._report("monitor", f"{self._name} took longer than {SLOW:g} s; it is asked again in {REST:g} s")
        return found[:LONGEST] if found else None

    def _text(self, what: Any, request: Any, deep: int) -> str | None:
        if what is None or deep == 0:
            return None
        if isinstance(what, str):
            return what
        if isinstance(what, tuple | list):
            return f"({','.join(str(self._text(each, request, deep - 1)) for each in what[:DEEPEST])})"
        if callable(what):
            return self._text(self._called(what, request), request, deep - 1)
        return str(what)

    def _called(self, function: Callable[..., Any], request: Any) -> Any:
        wants = self._wants.get(function)
        if wants is None:
            wants = _takes_one(function)
            if len(self._wants) < DEEPEST:
                self._wants[function] = wants
        found = function(request) if wants else function()
        if inspect.iscoroutine(found):
            found.close()
            raise TypeError(f"{self._name} is a coroutine; it has to answer at once")
        return found


def _takes_one(function: Callable[..., Any]) -> bool:
    """Whether the function cannot be called without an argument."""
    try:
        inspect.signature(function).bind()
    except TypeError:
        return True
    except ValueError:  # built in, and says nothing of its arguments
        return False
    return False

"""What WSGI (PEP 3333) and ASGI name, as types; never loaded at run time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Environ = dict[str, Any]
"""A request of WSGI."""
StartResponse = Callable[..., Any]
WsgiApplication = Callable[[Environ, StartResponse], Iterable[bytes]]

Scope = dict[str, Any]
"""A connection of ASGI."""
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]

"""What a request brings, read as the type that its route names."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from starlette.requests import Request

T = TypeVar("T")


class BodyError(QuarterdeckError):
    """The body is not what the route takes; ``code`` is body-malformed."""


async def read_body(request: Request, wanted: type[T]) -> T:
    """The body as ``wanted``; raises BodyError."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BodyError("body-malformed", f"The body is not as expected: {error}.", "It is a JSON object.") from None

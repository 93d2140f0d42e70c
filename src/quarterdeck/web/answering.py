"""How the routes of the hub's data answer what goes wrong."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from quarterdeck.core.ops import Refused
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.calls import CallFailed
from quarterdeck.store.contract import StoreError
from quarterdeck.web.errors import client_left, error_of, json_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    Endpoint = Callable[[Request], Awaitable[Response]]

STATUS = {"forbidden": 403, "missing": 404, "unclaimed": 404, "too-large": 413, "no-answer": 504}
"""Status by code; what is refused otherwise is 400, a call that failed otherwise 409, a store in trouble 503."""


def answering(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with its errors in the one shape."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ClientDisconnect:
            return client_left()
        except CallFailed as failed:
            return json_response({"error": failed.error}, STATUS.get(failed.code, 409))
        except Refused as refused:
            return error_of(refused, STATUS.get(refused.code, 400))
        except StoreError as failure:
            return error_of(failure, 503)
        except QuarterdeckError as error:
            return error_of(error, STATUS.get(error.code, 400))

    return answer

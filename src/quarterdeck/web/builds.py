"""POST /submit-test-results: what tests said, as CI sends it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from quarterdeck.hub.builds.builds import Builds
from quarterdeck.web.answering import answering
from quarterdeck.web.rules import RESULTS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from quarterdeck.web.served import Served


def routes(hub: Served) -> list[BaseRoute]:
    """The route of test results."""

    @cache
    def builds() -> Builds:
        return Builds(hub.exchange.board, hub.exchange.clock, hub.exchange.allowance)

    async def submit(request: Request) -> Response:
        account = request.state.account
        rights, service = hub.accounts.rights(account), request.query_params.get("service")
        await builds().take(await request.body(), service, rights, account.name)
        return Response(status_code=204)

    return [Route(RESULTS, answering(submit), methods=["POST"])]

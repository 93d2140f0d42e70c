"""POST /submit-test-results: what tests said, as CI sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
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
    builds: list[Builds] = []

    async def submit(request: Request) -> Response:
        if not builds:
            exchange = hub.exchange
            builds.append(Builds(exchange.board, exchange.store, exchange.clock, exchange.allowance))
        account = request.state.account
        rights, service = hub.accounts.rights(account), request.query_params.get("service")
        taken = await builds[0].take(await request.body(), service, rights, account.name)
        return Response(status_code=204, background=BackgroundTask(builds[0].trim, taken))

    return [Route(RESULTS, answering(submit), methods=["POST"])]

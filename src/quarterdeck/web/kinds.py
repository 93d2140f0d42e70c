"""GET /api/kinds: the kinds that are shown by what they declare, so that the page needs no script of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from quarterdeck.kinds import all_kinds
from quarterdeck.web.errors import json_response
from quarterdeck.web.shapes import KindField, Kinds, ShownKind

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from quarterdeck.kinds import Kind, Page
    from quarterdeck.web.served import Served


def routes(_hub: Served) -> list[BaseRoute]:
    """The route of kinds."""

    async def kinds(_request: Request) -> Response:
        """Every kind with a page."""
        return json_response(Kinds([_shown(kind, kind.page) for kind in all_kinds() if kind.page is not None]))

    return [Route("/api/kinds", kinds, methods=["GET"])]


def _shown(kind: Kind, page: Page) -> ShownKind:
    fields = {name: KindField(each.label, each.form, each.unit, each.tones) for name, each in page.fields.items()}
    return ShownKind(
        name=kind.name,
        title=page.title,
        pattern=" ".join(map("/".join, kind.patterns)),
        names=page.name,
        about=page.about,
        command=page.command,
        columns=list(kind.columns),
        fields=fields,
    )

"""What the parameters of a request mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.core.ops import Refused
from quarterdeck.kinds import all_kinds
from quarterdeck.store.query import check_query, parse_query

if TYPE_CHECKING:
    from starlette.requests import Request

    from quarterdeck.store.query import Query


def number(request: Request, name: str) -> int | None:
    """A whole number of at most 18 digits, or None if it is not there; raises Refused."""
    text = request.query_params.get(name)
    if text is None or text == "":
        return None
    digits = text.removeprefix("-")
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 18:
        raise Refused("malformed", f"{name}={text[:40]} is not a number", f"write {name} as a whole number")
    return int(text)


def text(request: Request, name: str) -> str:
    """A parameter that must be there; raises Refused."""
    found = request.query_params.get(name)
    if not found:
        raise Refused("malformed", f"the request has no {name}", f"add {name}= to the address")
    return found


def names(request: Request, name: str) -> list[str] | None:
    """Names with commas between them, or None if the parameter is not there."""
    found = request.query_params.get(name)
    return None if found is None else [each for each in found.split(",") if each]


def query(request: Request) -> Query:
    """The list that a request asks for; raises Refused."""
    asked = request.query_params
    found = parse_query(
        asked.get("kind"),
        asked.get("prefix", ""),
        asked.getlist("where"),
        asked.get("order"),
        asked.get("q", ""),
        asked.get("after"),
        number(request, "limit"),
    )
    check_query(found, {kind.name: kind for kind in all_kinds()})
    return found

"""The watch frame that the address of a request stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import Refused
from quarterdeck.web import asked

if TYPE_CHECKING:
    from starlette.requests import Request

    from quarterdeck.hub.frames import Frame

_QUERY = ("kind", "order", "q")


def watch_frame(request: Request) -> Frame:
    """``topics=a,b`` or ``prefix=a``, or the parameters of a list with its ``kind``; raises Refused.

    Also ``window`` in minutes.
    """
    said = request.query_params
    frame: Frame = {"t": "watch", "id": "w", "window": asked.number(request, "window")}
    if said.get("topics"):
        frame["topics"] = said["topics"].split(",")
    elif said.get("kind"):
        query: dict[str, Any] = {name: said[name] for name in _QUERY if said.get(name)}
        query |= {"where": said.getlist("where"), "prefix": said.get("prefix"), "limit": asked.number(request, "limit")}
        frame["query"] = query
    elif "prefix" in said:
        frame["prefix"] = said["prefix"]
    else:
        raise Refused("malformed", "the request names nothing to watch", "add topics=a,b or prefix=a or kind=run")
    return frame

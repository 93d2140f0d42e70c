"""Where the function behind an endpoint stands in the code."""

from __future__ import annotations

from quarterdeck.core.plain import plain
from quarterdeck.sdk.jobs.place import doc, signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def place_of(function: Any) -> dict[str, Any] | None:
    """The field ``function`` of an endpoint; None for what has no code in Python."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    view = getattr(function, "view_class", None)  # of Flask and Django
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    name = view.__qualname__ if view is not None else code.co_qualname
    said = {"name": name, "file": code.co_filename, "line": code.co_firstlineno}
    return plain({**said, "signature": signature(code), "doc": doc(code)})  # type: ignore[no-any-return]

"""A watched list query, ``query/<hash>``: the map ``rows`` holds topic -> sort key.  It dies with the hub."""

from __future__ import annotations

from quarterdeck.kinds.kind import Kind

QUERY = Kind("query", "query/*", fields={"rows": ("map",)}, stored=False)

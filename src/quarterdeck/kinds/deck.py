"""The topic ``deck``: what the overview counts.

Scalars: name, tz, version, started (microseconds), recent (list of at most 8 latest ends).
Counters are written as scalars by the hub: scripts, running, failing, waiting (numbers of scripts).
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Kind

DECK = Kind("deck", "deck", fields={"ended": ("list", 50), "hours": ("series", 1)})

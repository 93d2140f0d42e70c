"""The kinds of topics: one file a kind, registered as a third party's is.

``docs/kinds.md`` says how a distribution brings kinds of its own.
"""

from __future__ import annotations

from quarterdeck.kinds.kind import Keep, Kind
from quarterdeck.kinds.page import Page, Shown
from quarterdeck.kinds.registry import all_kinds, is_private, is_root, kind_of, register

__all__ = ["Keep", "Kind", "Page", "Shown", "all_kinds", "is_private", "is_root", "kind_of", "register"]

"""The kinds of topics: one file a kind, registered as a third party's would be."""

from __future__ import annotations

from quarterdeck.kinds.registry import all_kinds, is_root, kind_of, register

__all__ = ["all_kinds", "is_root", "kind_of", "register"]

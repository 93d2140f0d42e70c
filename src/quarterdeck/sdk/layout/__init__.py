"""Reads layout.html: cut into tags, convert attributes, build the grid."""

from __future__ import annotations

from quarterdeck.sdk.layout.error import LayoutError
from quarterdeck.sdk.layout.parse import parse_layout

__all__ = ["LayoutError", "parse_layout"]

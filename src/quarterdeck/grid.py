"""The layout of a panel in code: ``Grid(Row(Col(Text("title"), md=6)))``, or read from a text by ``parse_layout``."""

from __future__ import annotations

from quarterdeck.sdk.grid import Col, Grid, Row
from quarterdeck.sdk.layout import LayoutError, parse_layout

__all__ = ["Col", "Grid", "LayoutError", "Row", "parse_layout"]

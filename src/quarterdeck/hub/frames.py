"""Plain data that the hub passes on, by what it is."""

from __future__ import annotations

from typing import Any

Frame = dict[str, Any]
"""One message of the protocol (docs/protocol.md)."""
Args = dict[str, Any]
"""The arguments of a call, by name."""
Values = dict[str, Any]
"""The values of a topic, by field."""

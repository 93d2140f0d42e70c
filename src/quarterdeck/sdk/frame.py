"""What goes between a program and the hub."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Frame: TypeAlias = dict[str, Any]
    """One message of the protocol (docs/protocol.md)."""
    Answer: TypeAlias = dict[str, Any]
    """What the hub says to a POST of frames: acknowledgement, refusals, waiting calls, or an error."""

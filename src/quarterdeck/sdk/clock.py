"""What time it is."""

from __future__ import annotations

import time


def utc_now() -> int:
    """UTC microseconds since 1970."""
    return time.time_ns() // 1000

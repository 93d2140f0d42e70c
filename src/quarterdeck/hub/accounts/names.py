"""The names that people give to users and tokens."""

from __future__ import annotations

LONGEST = 100


def is_name(text: str) -> bool:
    """Whether it is one line that shows what it says: no control characters, nothing that turns the text around.

    An address of the web cannot end in ``.`` or ``..``, so they name nobody.
    """
    return 0 < len(text) <= LONGEST and text == text.strip() and text.isprintable() and text not in (".", "..")

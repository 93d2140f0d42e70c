"""What somebody wrote or asked for that cannot be, with the mend."""

from __future__ import annotations


class Mistake(ValueError):
    """``hint`` is the mend; where none is given, the class has one for all."""

    HINT = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.HINT

"""The one base of what Quarterdeck raises on purpose."""

from __future__ import annotations


class QuarterdeckError(Exception):
    """Something went wrong, and here is the mend.

    ``code`` is a stable word for programs (``locked``), ``message`` says what happened and where, ``hint`` how to
    mend it.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".rstrip())
        self.code = code
        self.message = message
        self.hint = hint

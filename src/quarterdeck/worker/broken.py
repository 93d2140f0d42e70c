"""The one error of a script that does not load."""

from __future__ import annotations


class Broken(Exception):
    """``message`` says what is wrong, ``hint`` the mend, ``type`` the exception's name.

    ``file`` (relative to the script) and ``line`` say where, if it is known.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        file: str | None = None,
        line: int | None = None,
        traceback: str = "",
        type: str = "Broken",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.file = file
        self.line = line
        self.traceback = traceback
        self.type = type

    def fields(self) -> dict[str, str | int | None]:
        """What the reply to ``load`` carries beside code, message and hint."""
        return {"type": self.type, "traceback": self.traceback, "file": self.file, "line": self.line}

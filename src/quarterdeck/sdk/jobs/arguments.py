"""The values that functions were called with, which are told of programs that allow it, and of no other."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

_STARRED, _DOUBLE_STARRED = 0x04, 0x08
_LONGEST = 200


class _Allowed:
    """Whether this program does."""

    now = False


def allow_arguments(allowed: bool) -> None:
    """From here on they may be told, or may not."""
    _Allowed.now = allowed


def may_tell_arguments() -> bool:
    """Whether they may."""
    return _Allowed.now


def arguments_of(frame: FrameType) -> dict[str, str]:
    """What is in a function's parameters now, cut short, and without what looks like a secret; empty of a module."""
    # Not at the top: most programs allow none of it.
    from reprlib import Repr

    from quarterdeck.sdk.hidden import HIDDEN, hidden, hidden_words, is_secret

    shown, values = Repr(), frame.f_locals
    shown.maxstring = shown.maxother = _LONGEST
    told = {name: HIDDEN for name in _parameters(frame.f_code) if name in values}
    for name in told:
        if not is_secret(name):
            told[name] = hidden_words(hidden(shown.repr(values[name])))[:_LONGEST]
    return told


def _parameters(code: CodeType) -> tuple[str, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & _STARRED) + bool(code.co_flags & _DOUBLE_STARRED)
    # Comprehensions have one that no code can name.
    return tuple(name for name in code.co_varnames[:count] if name.isidentifier())

"""What a hook takes besides the panel: its parameters, which the page is told, and the values that runs give them."""

from __future__ import annotations

import inspect
import sys
from datetime import date, datetime, time
from enum import Enum

from quarterdeck.core.parameters import KINDS, OF_INPUT, check, check_arguments
from quarterdeck.worker.exact import Unkept, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

LONGEST = 1_000  # characters of a default value that the page is told
MOST_CHOICES = 100
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_EMPTY = inspect.Parameter.empty
_MADE: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}


class Parameter:
    """``annotation`` as it is written, "" without one; ``required`` if it has no default.

    ``hint`` is what the annotation means, if that could be found out.
    """

    __slots__ = ("annotation", "choices", "default", "enum", "kind", "name", "optional", "required")

    def __init__(self, parameter: inspect.Parameter, hint: Any = _EMPTY) -> None:
        annotation = parameter.annotation
        self.name = parameter.name
        self.annotation = "" if annotation is _EMPTY else inspect.formatannotation(annotation).strip("'\"")
        self.required = parameter.default is _EMPTY
        self.default = None if self.required else parameter.default
        meant = _alternatives(annotation if hint is _EMPTY else hint)
        wanted = [each for each in meant if each not in (None, type(None), "None")]
        one = wanted[0] if len(wanted) == 1 else None
        self.choices = _choices_of(one)
        self.enum = one if isinstance(one, type) and issubclass(one, Enum) else None
        self.kind = "choice" if self.choices else _kind_of(one)
        self.optional = len(wanted) < len(meant) or not self.annotation or (not self.required and self.default is None)

    def describe(self) -> dict[str, Any]:
        """For the hub.  A default that JSON cannot hold is told as Python writes it."""
        told: dict[str, Any] = {"name": self.name, "annotation": self.annotation[:LONGEST], "kind": self.kind}
        told |= {"optional": self.optional, **({"choices": self.choices} if self.choices else {})}
        default = self.default.name if isinstance(self.default, Enum) else self.default
        if self.kind in _MADE and isinstance(default, date | time):
            default = default.isoformat()
        try:
            text = encode(default)
            return {**told, "default": default if len(text) <= LONGEST else text[:LONGEST]}
        except Unkept:
            return {**told, "default": repr(default)[:LONGEST]}

    def take(self, value: Any) -> Any:
        """The value as the annotation wants it; raises ValueError."""
        told = {"name": self.name, "annotation": self.annotation, "kind": self.kind, "choices": self.choices}
        plain = check({**told, "optional": self.optional}, value)
        if plain is None:
            return None
        if self.enum is not None:
            return self.enum[plain]
        return _MADE[self.kind](plain) if self.kind in _MADE else plain


class Arguments:
    """Of one function: ``parameters`` by name, and whether it takes the panel."""

    __slots__ = ("parameters", "takes_panel")

    def __init__(self, function: Callable[..., Any], *, panel: bool) -> None:
        given = list(inspect.signature(function).parameters.values())
        hints = _hints_of(function)
        self.takes_panel = panel
        if panel and given and given[0].kind is not inspect.Parameter.VAR_KEYWORD:
            given = given[0 if given[0].kind is inspect.Parameter.VAR_POSITIONAL else 1 :]
        self.parameters = {
            each.name: Parameter(each, hints.get(each.name, _EMPTY)) for each in given if each.kind in _NAMED
        }

    def bind(self, hook: str, args: Mapping[str, Any], *, input: bool = False) -> dict[str, Any]:
        """The keyword arguments for a call; raises TypeError for a name it does not have, ValueError for a value.

        A function that takes only the panel finds them in ``panel.args``.
        """
        if self.parameters or not self.takes_panel:
            names = [{"name": name} for name in self.parameters]
            check_arguments(hook, names, args, OF_INPUT if input else ())
        return {name: self.parameters[name].take(args[name]) for name in args if name in self.parameters}


def _hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """What annotations mean that are written as text; nothing if one of them cannot be read."""
    try:
        found = inspect.signature(function, eval_str=True).parameters
    except Exception:  # whatever the script's own annotations raise: they are shown as they are written
        return {}
    return {name: each.annotation for name, each in found.items()}


def _alternatives(annotation: Any) -> list[Any]:
    """``[int, None]`` for ``int | None``, whichever way it is written."""
    if isinstance(annotation, str):
        return [each.strip() for each in annotation.strip("'\"").split("|")]
    typing = sys.modules.get("typing")  # who has written Optional or Literal has imported it
    unions = (getattr(typing, "Union", None), getattr(typing, "Literal", None))
    origin = getattr(annotation, "__origin__", None)
    if type(annotation).__name__ == "UnionType" or (origin is not None and origin is unions[0]):
        return list(annotation.__args__)
    if origin is not None and origin is unions[1] and None in annotation.__args__:
        return [annotation, None]
    return [annotation]


def _choices_of(hint: Any) -> list[Any]:
    """Of a Literal its values, of an Enum the names; none if it is neither, or has too many."""
    found: list[Any] = []
    if isinstance(hint, type) and issubclass(hint, Enum):
        found = list(hint.__members__)
    elif getattr(hint, "__origin__", None) is getattr(sys.modules.get("typing"), "Literal", ()):
        found = [each for each in hint.__args__ if isinstance(each, str | int)]
    return found if len(found) <= MOST_CHOICES else []


def _kind_of(hint: Any) -> str:
    name = hint if isinstance(hint, str) else getattr(hint, "__name__", "")
    name = name.partition("[")[0].rpartition(".")[2]
    return name if name in KINDS else "any"

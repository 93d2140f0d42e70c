"""What a hook takes besides the panel: its parameters, which the page is told, and the values that runs give them."""

from __future__ import annotations

import difflib
import inspect
import json

from quarterdeck.worker.exact import Unkept, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

LONGEST = 1_000  # characters of a default value that the page is told
OF_INPUT = ("component", "value")
"""What a run of an input gives."""
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Parameter:
    """``annotation`` as it is written, "" without one; ``required`` if it has no default."""

    __slots__ = ("annotation", "default", "name", "required")

    def __init__(self, parameter: inspect.Parameter) -> None:
        empty, annotation = inspect.Parameter.empty, parameter.annotation
        self.name = parameter.name
        self.annotation = "" if annotation is empty else inspect.formatannotation(annotation).strip("'\"")
        self.required = parameter.default is empty
        self.default = None if self.required else parameter.default

    def describe(self) -> dict[str, Any]:
        """For the hub.  A default that JSON cannot hold is told as Python writes it."""
        told: dict[str, Any] = {"name": self.name, "annotation": self.annotation[:LONGEST]}
        try:
            text = encode(self.default)
            return {**told, "default": self.default if len(text) <= LONGEST else text[:LONGEST]}
        except Unkept:
            return {**told, "default": repr(self.default)[:LONGEST]}

    def take(self, value: Any) -> Any:
        """The value as the annotation wants it; raises ValueError."""
        kinds = [each.strip() for each in self.annotation.split("|")]
        if value is None and (not self.annotation or "None" in kinds or self.default is None):
            return None
        kind = next((each.partition("[")[0] for each in kinds if each != "None"), "")
        if kind not in _TAKEN:
            return value
        take, words = _TAKEN[kind]
        try:
            return take(value)
        except (TypeError, ValueError):
            raise ValueError(f"the argument {self.name} is {value!r}; give {words} ({self.annotation})") from None


class Arguments:
    """Of one function: ``parameters`` by name, and whether it takes the panel."""

    __slots__ = ("parameters", "takes_panel")

    def __init__(self, function: Callable[..., Any], *, panel: bool) -> None:
        given = list(inspect.signature(function).parameters.values())
        self.takes_panel = panel
        if panel and given and given[0].kind is not inspect.Parameter.VAR_KEYWORD:
            given = given[0 if given[0].kind is inspect.Parameter.VAR_POSITIONAL else 1 :]
        self.parameters = {each.name: Parameter(each) for each in given if each.kind in _NAMED}

    def bind(self, hook: str, args: Mapping[str, Any], *, input: bool = False) -> dict[str, Any]:
        """The keyword arguments for a call; raises TypeError for a name it does not have, ValueError for a value.

        A function that takes only the panel finds them in ``panel.args``.
        """
        unknown = [name for name in args if name not in self.parameters and not (input and name in OF_INPUT)]
        if unknown and (self.parameters or not self.takes_panel):
            near = difflib.get_close_matches(unknown[0], self.parameters, 1)
            known = f"it takes {', '.join(self.parameters)}" if self.parameters else "it takes none"
            raise TypeError(
                f"{hook} has no argument {unknown[0]!r}; " + (f"did you mean {near[0]!r}?" if near else known)
            )
        return {name: self.parameters[name].take(args[name]) for name in args if name in self.parameters}


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in _TRUE + _FALSE:
        raise ValueError(value)
    return word in _TRUE


def _int(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError(value)
    return int(value)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    return float(value)


def _str(value: Any) -> str:
    # The command line reads 5 and true as JSON, because it does not know what the hook takes.
    return value if isinstance(value, str) else json.dumps(value)


def _exactly(kind: type) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        if not isinstance(value, kind):
            raise ValueError(value)
        return value

    return take


_TAKEN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "bool": (_bool, "true or false"),
    "int": (_int, "a whole number"),
    "float": (_float, "a number"),
    "str": (_str, "a text"),
    "list": (_exactly(list), "a list"),
    "dict": (_exactly(dict), "an object"),
}

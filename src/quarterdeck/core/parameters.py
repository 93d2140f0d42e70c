"""What runs by hand may give a hook: parameters as plain data, and the values that fit them.

A parameter is {"name", "annotation", "default", "kind", "optional", "choices"}: ``kind`` is one of ``KINDS``, any or
choice, ``optional`` whether it may be None, ``choices`` (of a choice only) what it may be.
"""

from __future__ import annotations

import difflib
import json
from datetime import date, datetime, time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

OF_INPUT = ("component", "value")
"""What a run of an input gives."""
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def check_arguments(
    hook: str, parameters: Iterable[Mapping[str, Any]], args: Mapping[str, Any], also: Iterable[str] = ()
) -> dict[str, Any]:
    """The values as the parameters want them, plain; the names in ``also`` pass as they are.

    Raises TypeError for a name that the hook does not have, ValueError for a value that does not fit.
    """
    known = {str(parameter["name"]): parameter for parameter in parameters}
    passing = {*known, *also}
    for name in args:
        if name not in passing:
            near = difflib.get_close_matches(name, known, 1)
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            raise TypeError(f"{hook} has no argument {name!r}; {f'did you mean {near[0]!r}?' if near else takes}")
    return {name: check(known[name], value) if name in known else value for name, value in args.items()}


def check(parameter: Mapping[str, Any], value: Any) -> Any:
    """The plain value that the parameter takes; raises ValueError, whose message begins "the argument NAME"."""
    kind = parameter.get("kind") or "any"
    if kind == "any" or (value is None and parameter.get("optional")):
        return value
    choices = parameter.get("choices") or []
    try:
        return _choose(choices, value) if kind == "choice" else KINDS[kind][0](value)
    except (LookupError, TypeError, ValueError):
        name, annotation = parameter["name"], parameter.get("annotation")
        words = f"one of {', '.join(map(str, choices))}" if kind == "choice" else KINDS[kind][1]
        aside = f" ({annotation})" if kind != "choice" and annotation else ""
        raise ValueError(f"the argument {name} is {value!r}; give {words}{aside}") from None


def _choose(choices: list[Any], value: Any) -> Any:
    """The choice that is meant; as text where it is no choice itself, for the command line reads 5 as a number."""
    exact = [each for each in choices if each == value and type(each) is type(value)]
    meant = exact or [each for each in choices if str(each) == str(value)]
    return meant[0]


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


def _moment(kind: type[date] | type[time]) -> Callable[[Any], str]:
    def take(value: Any) -> str:
        return kind.fromisoformat(value).isoformat()

    return take


KINDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "bool": (_bool, "true or false"),
    "int": (_int, "a whole number"),
    "float": (_float, "a number"),
    "str": (_str, "a text"),
    "date": (_moment(date), "a day such as 2026-11-21"),
    "datetime": (_moment(datetime), "a moment such as 2026-11-21T09:30"),
    "time": (_moment(time), "a time of day such as 09:30"),
    "list": (_exactly(list), "a list"),
    "dict": (_exactly(dict), "an object"),
}

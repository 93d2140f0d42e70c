"""What somebody wants to run: which hook is meant, and whether it takes these arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.parameters import OF_INPUT, check_arguments
from quarterdeck.hub.mistake import Mistake
from quarterdeck.hub.schedules.plan import is_scheduled
from quarterdeck.hub.schedules.turns import CannotRun

if TYPE_CHECKING:
    from collections.abc import Mapping


class WrongArguments(Mistake):
    """Arguments that the hook does not take."""


def hook_meant(script: str, hooks: Mapping[str, Mapping[str, Any]], names: list[str]) -> str:
    """The hook that "run it" means; raises CannotRun if there are several."""
    scheduled = [name for name, entry in hooks.items() if _by_itself(entry)] or names
    if len(scheduled) > 1:
        raise CannotRun(f"script {script!r} has several hooks", f"name one: {', '.join(scheduled)}")
    return scheduled[0]


def arguments_for(hook: str, entry: Mapping[str, Any], args: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments as the hook's parameters want them; raises WrongArguments.

    Whether a hook that has no parameters takes arguments only its worker knows.
    """
    parameters = entry.get("parameters")
    if not parameters:
        return args
    try:
        # A run of an input, made again by hand, gives what the input gave.
        return check_arguments(hook, parameters, args, OF_INPUT if entry.get("inputs") else ())
    except (TypeError, ValueError) as error:
        raise WrongArguments(str(error), "nothing was started; its parameters stand beside the hook") from None


def _by_itself(entry: Mapping[str, Any]) -> bool:
    """Whether "run it" can mean this hook: neither setup, nor one that only inputs call."""
    return not entry.get("setup") and (is_scheduled(entry) or not entry.get("inputs"))

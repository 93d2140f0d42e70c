"""What viewers do to the inputs of a panel: checked against what the input can have, told to the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.ops import sets
from quarterdeck.hub.mistake import Mistake
from quarterdeck.hub.schedules.turns import CannotRun

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

    from quarterdeck.core.ops import Event
    from quarterdeck.hub.scripts.needs import Link

INPUT = "input"


class WrongInput(Mistake):
    """No such input, or a value that it cannot have."""


def checked(component: str, state: Mapping[str, Any], value: Any) -> Event:
    """The operations that keep ``value`` in the input whose topic says ``state``; none for a button.

    Raises WrongInput.
    """
    kind = state.get("component")
    if kind not in ("Button", "Select", "Slider", "TextInput"):
        what = f"{component!r} is a {kind}" if kind else f"there is no {component!r} on this panel"
        raise WrongInput(what, "name a Button, Select, Slider or TextInput of the layout")
    if state.get("disabled"):
        raise WrongInput(f"{component!r} is switched off", "wait until its script switches it on")
    if kind == "Button":
        return []
    wrong = _CHECKS[kind](state, value)
    if wrong:
        raise WrongInput(f"{component!r} cannot be {value!r}"[:300], wrong)
    return sets(value=value)


def check_press(component: str, hooks: Collection[str], waiting: Container[str]) -> None:
    """Raises CannotRun if a button starts none of the hooks, or one that waits already."""
    if not hooks:
        hint = f'mark a function of the script with @hooks.on("{component}")'
        raise CannotRun(f"nothing happens when {component!r} is pressed", hint)
    for hook in hooks:
        if hook in waiting:
            raise CannotRun(f"{component!r} was pressed already, {hook} waits for its turn", "wait for that run")


async def tell(link: Link, component: str, value: Any) -> None:
    """Let the worker know the new value, whether a hook waits for it or not."""
    await link.call("input", {"component": component, "value": value})


def _wrong_option(state: Mapping[str, Any], value: Any) -> str | None:
    options = state.get("options") or []
    return None if not isinstance(value, bool) and value in options else f"choose one of {options!r}"[:300]


def _wrong_number(state: Mapping[str, Any], value: Any) -> str | None:
    low, high = state.get("min", 0), state.get("max", 100)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    return None if fits else f"give a number from {low} to {high}"


def _wrong_text(state: Mapping[str, Any], value: Any) -> str | None:
    most = state.get("max_length", 1000)
    return None if isinstance(value, str) and len(value) <= most else f"give a text of at most {most:,} characters"


_CHECKS = {"Select": _wrong_option, "Slider": _wrong_number, "TextInput": _wrong_text}

"""Button, Select, Slider and TextInput: what viewers press, choose and type."""

from __future__ import annotations

from quarterdeck.core.plain import plain
from quarterdeck.sdk.components.component import Component, field, number_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STYLES = ("plain", "primary", "danger")
LONGEST = 10_000  # characters of a TextInput


def _style(style: Any) -> str:
    if style not in STYLES:
        raise ValueError(f"style is {style!r}; choose one of {', '.join(STYLES)}")
    return str(style)


def _step(value: Any) -> float:
    step = number_of(value)
    if step <= 0:
        raise ValueError(f"step is {step}; give a number above 0")
    return step


def _length(value: Any) -> int:
    if type(value) is not int or not 0 < value <= LONGEST:
        raise ValueError(f"max_length is {value!r}; give a whole number from 1 to {LONGEST:,}")
    return value


class Input(Component):
    """What viewers may change.  A function marked with ``@hooks.on("id")`` runs when somebody does.

    ``label`` stands beside it, empty for a name made from the id; while it is ``disabled`` nobody can use it.
    """

    label: str = field(text_of)
    disabled: bool = field(bool)

    def __init__(self, id: str, label: str, disabled: bool) -> None:
        super().__init__(id)
        self.label = label
        self.disabled = disabled

    def take(self, value: Any) -> None:
        """A viewer has set ``value``; ValueError if it is none that this can have."""
        self.value = value

    if TYPE_CHECKING:
        value: Any


class Button(Input):
    """A press starts the run; it keeps no value.  ``style`` is plain, primary or danger."""

    style: str = field(_style)

    def __init__(self, id: str, label: str = "", style: str = "plain", disabled: bool = False) -> None:
        super().__init__(id, label, disabled)
        self.style = style

    def take(self, value: Any) -> None:
        """A press leaves nothing behind."""


class Select(Input):
    """One of ``options``, a list of texts or numbers; ``value`` is the chosen one, None if there are no options.

    New options keep the value if it is among them; else it is the first.
    """

    def __init__(
        self,
        id: str,
        options: list[Any] | None = None,
        value: str | None = None,
        label: str = "",
        disabled: bool = False,
    ) -> None:
        super().__init__(id, label, disabled)
        self._fields["value"] = None
        self.options = options or []
        if value is not None:
            self.value = value

    @property
    def options(self) -> list[Any]:
        """A copy of what can be chosen."""
        return list(self._fields["options"])

    @options.setter
    def options(self, options: list[Any]) -> None:
        if isinstance(options, str) or not all(type(plain(each)) in (str, int, float) for each in options):
            raise ValueError(f"options is {options!r}; give a list of texts or numbers")
        made = [plain(each) for each in options]
        value = self._fields["value"]
        kept = value if value in made else next(iter(made), None)
        with self._lock:
            self._fields.update(options=made, value=kept)
            self._send([["set", "options", made], ["set", "value", kept]])

    @property
    def value(self) -> Any:
        """What is chosen; assign one of the options, or its text."""
        return self._fields["value"]

    @value.setter
    def value(self, value: Any) -> None:
        options = self._fields["options"]
        # A layout gives texts, whatever the options are.
        found = [each for each in options if each == value] or [each for each in options if str(each) == str(value)]
        if not found:
            raise ValueError(f"{self!r} has no option {value!r}; it has {', '.join(map(repr, options[:20])) or 'none'}")
        self._set("value", found[0])


class Slider(Input):
    """``value``, a number from ``min`` (at first) to ``max`` in steps of ``step``; ``unit`` stands behind it."""

    min: float = field(number_of)
    max: float = field(number_of)
    step: float = field(_step)
    unit: str | None = field()

    def __init__(
        self,
        id: str,
        min: float = 0,
        max: float = 100,
        step: float = 1,
        value: float | None = None,
        label: str = "",
        unit: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(id, label, disabled)
        self.min = min
        self.max = max
        self.step = step
        if self.min >= self.max:
            raise ValueError(f"min is {self.min} and max is {self.max}; give a max above min")
        self.unit = unit
        self.value = self.min if value is None else value

    @property
    def value(self) -> float:
        """Where it stands, from ``min`` to ``max``."""
        number: float = self._fields["value"]
        return number

    @value.setter
    def value(self, value: float) -> None:
        number = number_of(value)
        if not self.min <= number <= self.max:
            raise ValueError(f"{self!r} goes from {self.min} to {self.max}, {number} is outside")
        self._set("value", number)


class TextInput(Input):
    """One line of text, with ``multiline`` several.  ``placeholder`` shows while ``value`` is empty.

    ``max_length`` is the most that a viewer can type, in characters.
    """

    placeholder: str = field(text_of)
    multiline: bool = field(bool)
    max_length: int = field(_length)

    def __init__(
        self,
        id: str,
        value: str = "",
        label: str = "",
        placeholder: str = "",
        multiline: bool = False,
        max_length: int = 1000,
        disabled: bool = False,
    ) -> None:
        super().__init__(id, label, disabled)
        self.placeholder = placeholder
        self.multiline = multiline
        self.max_length = max_length
        self.value = value

    @property
    def value(self) -> str:
        """The text."""
        text: str = self._fields["value"]
        return text

    @value.setter
    def value(self, value: str) -> None:
        self._set("value", text_of(value))

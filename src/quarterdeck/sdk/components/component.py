"""What all components of a panel share: an id, live attributes, and the way to the page."""

from __future__ import annotations

from _thread import allocate_lock

from quarterdeck.core.ops import BLOB
from quarterdeck.core.plain import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, NoReturn, Protocol

    Op = list[Any]

    class Sink(Protocol):
        """Where a component's changes go; neither method blocks or raises."""

        def emit(self, ops: list[Op]) -> None:
            """One event of this component's topic."""

        def pusher(self, field: str, cap: int) -> Callable[[Any], None]:
            """A function that pushes one item onto a list of the topic, as cheaply as can be."""


UNLIMITED = 10_000  # what 0 means for max_rows and max_points: a page cannot show more in a useful way
MOST = 1_000_000  # the protocol's greatest cap of a list


class Strict:
    """Refuses attributes that it does not have: a misspelt one would silently show nothing."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name[0] != "_" and not hasattr(type(self), name):
            import difflib  # only a mistake pays for it

            known = [each for each in dir(type(self)) if each[0] != "_"]
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
            raise AttributeError(f"{type(self).__name__} has no attribute {name}; {hint}")
        super().__setattr__(name, value)


class Component(Strict):
    """A part of a panel.  Assigning one of its attributes shows the new value on every open page at once.

    ``id`` is the name in the layout; ``type`` the class name; ``state`` all that the page knows of it.
    Values are made plain first: NaN and infinities become None, numpy numbers Python's, dates ISO texts with a zone.
    A component that belongs to no panel yet only keeps its values.
    """

    _blob: str | None = None  # the field that is a file, if one is

    def __init__(self, id: str) -> None:
        if not isinstance(id, str) or not id:
            raise ValueError(f'{self.type} needs an id, a text, not {id!r}; write <{self.type} id="name" />')
        self._id = id
        self._fields: dict[str, Any] = {}
        self._sink: Sink | None = None
        self._lock = allocate_lock()

    @property
    def id(self) -> str:
        """The name in the layout."""
        return self._id

    @property
    def type(self) -> str:
        """The class name, as it is written in a layout."""
        return type(self).__name__

    @property
    def grid_state(self) -> dict[str, str]:
        """What the grid's JSON says of this component."""
        return {"type": self.type, "id": self.id}

    @property
    def state(self) -> dict[str, Any]:
        """All fields by name, lists oldest first: the state of this component's topic."""
        return {"component": self.type, "id": self.id, **self._fields, **self._collections()}

    def bind(self, sink: Sink | None) -> None:
        """From now on ``sink`` gets the operations of each change; None: changes stay here."""
        self._sink = sink

    def birth(self) -> list[Op]:
        """The operations that make an empty topic show this component as it is now."""
        scalars = [self._op(field, value) for field, value in self.state.items() if field not in _TYPED]
        return scalars + self._refill()

    def restore(self, state: dict[str, Any]) -> None:
        """Take over the fields of ``state``, which came from the hub; nothing is shown anew."""
        self._fields.update({field: state[field] for field in self._fields if field in state})

    def emit_state(self) -> None:
        """Send everything again.  Never needed: every change shows itself."""
        self._send(self.birth())

    def _send(self, ops: list[Op]) -> None:
        if self._sink is not None:
            self._sink.emit(ops)

    def _set(self, field: str, value: Any) -> None:
        with self._lock:
            self._fields[field] = value
            self._send([self._op(field, value)])

    def _op(self, field: str, value: Any) -> Op:
        return ["set", field, value, BLOB] if field == self._blob else ["set", field, value]

    # Lists and maps are emptied by drop, not by set: a drop keeps the type, and the push after it fixes type and cap.
    def _collections(self) -> dict[str, Any]:
        return {}

    def _refill(self) -> list[Op]:
        return []

    def _pusher(self, field: str, cap: int) -> Callable[[Any], None] | None:
        return None if self._sink is None else self._sink.pusher(field, cap)

    def __repr__(self) -> str:
        return f"<{self.type} {self.id!r}>"


_TYPED = frozenset(("rows", "points", "bars", "lines"))


class Field:
    """A live attribute: reading gives the plain value, assigning makes it plain by ``make`` and shows it."""

    __slots__ = ("_make", "_name")

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, component: Component | None, owner: type) -> Any:
        return self if component is None else component._fields[self._name]

    def __set__(self, component: Component, value: Any) -> None:
        component._set(self._name, self._make(value))


def field(make: Callable[[Any], Any] = plain) -> Any:
    """A ``Field``, typed as the value that users read and assign."""
    return Field(make)


def text_of(value: Any) -> str:
    """A text: None is the empty one, anything else is written out."""
    made: str = plain("" if value is None else str(value))
    return made


def title_of(value: Any) -> str | None:
    """A heading or description; None for one that is made from the id."""
    return None if value is None else text_of(value)


def number_of(value: Any) -> float:
    """A finite number; ValueError for anything else."""
    number = plain(value)
    if type(number) not in (int, float):
        raise ValueError(f"{value!r} is no finite number")
    made: float = number
    return made


def cap_of(most: Any, name: str) -> int:
    """The cap of a list: ``most``, or 10,000 for 0 or None; ValueError for what is no count."""
    if most is None or most == 0:
        return UNLIMITED
    if type(most) is not int or not 0 < most <= MOST:
        raise ValueError(f"{name} is {most!r}; give a whole number from 0 (which means {UNLIMITED:,}) to {MOST:,}")
    return most


class Shown(list):  # type: ignore[type-arg]
    """A copy of what is shown.  Changing it in place would change nothing on the page, so it says so."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            "this list is a copy of what is shown, changing it in place shows nothing; "
            "use the component's methods, or assign a new list to its attribute"
        )

    append = extend = insert = remove = pop = clear = sort = reverse = _refuse
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse


def shown(values: Iterable[Any]) -> list[Any]:
    """A ``Shown`` copy of ``values``."""
    return Shown(values)

"""What a kind declares: the names of its topics, its typed fields, and the columns that lists may use."""

from __future__ import annotations

from quarterdeck.core.ops import DEFAULT_CAP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from quarterdeck.kinds.page import Page

_EMPTY_OPERATION = {"list": "push", "map": "put", "counters": "add", "series": "record"}


class Keep:
    """What is kept: the ``newest`` so many topics, and those of the last ``days``; 0 is without limit.

    ``by`` is the column that says how old one is: a time in microseconds UTC.  ``lists`` are the conditions of the
    lists that this is said of, each for itself; what is on none of them stays.  Without any it is said of all topics.
    With ``each`` it is said of those that are alike in these columns, each such group for itself.
    """

    __slots__ = ("by", "days", "each", "lists", "newest")

    def __init__(
        self,
        by: str,
        *,
        newest: int = 0,
        days: int = 0,
        lists: tuple[tuple[str, ...], ...] = ((),),
        each: tuple[str, ...] = (),
    ) -> None:
        self.by = by
        self.each = each
        self.lists = lists
        self.newest = newest
        self.days = days


class Kind:
    """A family of topics.

    ``pattern`` is matched segment by segment, ``*`` stands for any one segment (``script/*/panel/*``); there may be
    several, of different lengths.
    ``fields`` names every field that is not a scalar: ``("list", cap)``, ``("map",)``, ``("counters",)``,
    ``("series", quantum)`` or ``("blob",)``; scalars need no declaration.  ``columns`` are the scalar fields by which a
    list may be filtered and sorted; ``orders`` are the pairs (filter column, sort column) that deserve an index of
    their own.  ``stored`` is False for topics that die with the hub; ``keep`` says which ones end by themselves.
    ``produced`` lets programs and scripts write them; else only the hub does.  ``private`` keeps them from guests.
    ``page`` is how the deck shows them.  ``routine`` are named events that say no more than the topic: they are
    heard, and kept only if somebody caused them.
    """

    __slots__ = (
        "_birth", "_caps", "_fixed", "columns", "fields", "keep", "name", "orders", "page", "patterns", "private",
        "produced", "routine", "stored",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        pattern: str | tuple[str, ...],
        fields: Mapping[str, tuple[Any, ...]] | None = None,
        columns: tuple[str, ...] = (),
        orders: tuple[tuple[str, str], ...] = (),
        stored: bool = True,
        *,
        produced: bool = False,
        private: bool = False,
        keep: Keep | None = None,
        page: Page | None = None,
        routine: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.patterns = tuple(each.split("/") for each in ([pattern] if isinstance(pattern, str) else pattern))
        self._fixed = {
            len(each): [(place, wanted) for place, wanted in enumerate(each) if wanted != "*"] for each in self.patterns
        }
        self.fields = dict(fields or {})
        self.columns = columns
        self.orders = orders
        self.stored = stored
        self.produced = produced
        self.private = private
        self.keep = keep
        self.page = page
        self.routine = frozenset(routine)
        lists = {field: parameter for field, (kind, *parameter) in self.fields.items() if kind == "list"}
        self._caps = {field: cap[0] if cap else DEFAULT_CAP for field, cap in lists.items()}
        self._birth = tuple(_birth_of(field, *declared) for field, declared in self.fields.items())

    def is_routine(self, name: str, by: str | None) -> bool:
        """Whether this named event is heard, and not kept: what programs write of themselves has nobody behind it."""
        return name in self.routine and (by is None or self.produced)

    @property
    def root(self) -> str:
        """The first segment of its topics."""
        return self.patterns[0][0]

    def matches(self, topic: str) -> bool:
        """Whether this (encoded) topic name belongs to the kind."""
        segments = topic.split("/")
        return len(segments) in self._fixed and self.fits(segments)

    def fits(self, segments: list[str]) -> bool:
        """The same of as many segments as a pattern has."""
        # No generator: this is asked of every new topic, and there may be a thousand a second.
        return not [place for place, wanted in self._fixed[len(segments)] if segments[place] != wanted]

    def birth(self) -> list[list[Any]]:
        """The operations that give a new topic its typed fields, so that folds learn types from operations alone."""
        return [*self._birth]

    def lists(self) -> dict[str, tuple[int, list[Any]]] | None:
        """What ``birth`` makes of a new topic, as caps and empty lists; None if it has typed fields of other kinds."""
        if len(self._caps) < len(self.fields):
            return None
        return {field: (cap, []) for field, cap in self._caps.items()}


def _birth_of(field: str, kind: str, parameter: float | None = None) -> list[Any]:
    if kind == "blob":
        return ["set", field, None, kind]
    empty: Any = [] if kind == "list" else {}
    operation = [_EMPTY_OPERATION[kind], field, empty]
    return operation if parameter is None else [*operation, parameter]

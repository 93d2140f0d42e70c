"""Kinds of other distributions: what the entry points ``quarterdeck.kinds`` of this environment name."""

from __future__ import annotations

from functools import cache

from quarterdeck.kinds.kind import Kind
from quarterdeck.kinds.registry import all_kinds, register

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "quarterdeck.kinds"


class Brought:
    """What one entry point brought: the names of its kinds, or why it brought none (``fault``)."""

    __slots__ = ("distribution", "fault", "kinds", "name")

    def __init__(self, name: str, distribution: str, kinds: tuple[str, ...], fault: str) -> None:
        self.name = name
        self.distribution = distribution
        self.kinds = kinds
        self.fault = fault


def installed_kinds() -> list[Kind]:
    """Every kind of this environment, those of other distributions registered."""
    brought()
    return all_kinds()


@cache
def brought() -> tuple[Brought, ...]:
    """What each entry point brought; one with a fault harms no other."""
    # Loaded here: who only imports quarterdeck does not pay for it.
    from importlib.metadata import entry_points  # noqa: PLC0415

    return tuple(bring(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name))


def bring(point: EntryPoint) -> Brought:
    """Register what one entry point names: a ``Kind``, or several in a list or tuple."""
    dist = point.dist
    distribution = f"{dist.name} {dist.version}" if dist is not None else point.value
    taken = {kind.root for kind in all_kinds()}
    kinds: list[str] = []
    fault = ""
    try:
        found = point.load()
        for kind in found if isinstance(found, (list, tuple)) else (found,):
            if not isinstance(kind, Kind):
                raise TypeError(f"{point.value} is no quarterdeck.kinds.Kind, but {type(kind).__name__}")
            if kind.root in taken:
                raise ValueError(
                    f"the topics {kind.root!r} are another kind's; begin the pattern with a name of its own"
                )
            register(kind)
            kinds.append(kind.name)
    except Exception as error:  # foreign code: whatever it raises must not keep the deck from starting
        fault = f"{type(error).__name__}: {error}"
    return Brought(point.name, distribution, tuple(kinds), fault)

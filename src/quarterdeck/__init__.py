"""Quarterdeck: the command deck for all the Python that a person or a team runs."""

from __future__ import annotations

from quarterdeck.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from quarterdeck import components, grid, hooks
    from quarterdeck.sdk.default import connect, topic
    from quarterdeck.sdk.script import Script

__all__ = ["Script", "__version__", "components", "connect", "grid", "hooks", "topic"]

# What is loaded when it is first used: importing quarterdeck costs a user's script next to nothing.
_HOMES = {
    "Script": "quarterdeck.sdk.script",
    "connect": "quarterdeck.sdk.default",
    "topic": "quarterdeck.sdk.default",
}
_MODULES = ("components", "grid", "hooks")


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None and name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # importlib stays out of the way until then, too.
    from importlib import import_module  # noqa: PLC0415

    value: object = getattr(import_module(home), name) if home else import_module(f"{__name__}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_MODULES})

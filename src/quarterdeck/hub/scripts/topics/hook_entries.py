"""What a script's topic has of each hook: what it is (``hooks``), and what its runs have made of it (``lately``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.hub.schedules.plan import RULES, SAME, is_scheduled, plan_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from quarterdeck.core.ops import Event
    from quarterdeck.hub.schedules.calendars import Calendars


def entry_of(hook: Mapping[str, Any], calendars: Calendars | None) -> dict[str, Any]:
    """What the topic has of a hook, by what its worker says of it."""
    entry = {
        **{key: hook.get(key) for key in (*SAME, *RULES)},
        "aligned": bool(hook.get("aligned")),
        "module": hook.get("module"),
        "line": hook.get("line"),
        "setup": bool(hook.get("setup")),
        "inputs": list(hook.get("inputs") or ()),
        "parameters": list(hook.get("parameters") or ()),
    }
    return {**entry, "text": _text_of(hook["name"], entry, calendars)}


def is_like(entry: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether the hook is due in the same rhythm as before."""
    return all(before.get(key) == entry[key] for key in SAME)


def kept_of(before: Mapping[str, Any], *, same: bool) -> dict[str, Any]:
    """What of a hook's past and future goes on in a new version of it."""
    return dict(before) if same else with_fields(before, next=None, planned=None)


def with_fields(entry: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """The entry with these fields, without those that are None."""
    return {key: value for key, value in {**entry, **fields}.items() if value is not None}


def dropped(hooks: Iterable[str], lately: Iterable[str], stay: Container[str]) -> Event:
    """The ends of the entries that do not stay."""
    ops = [["drop", "hooks", name] for name in hooks if name not in stay]
    return ops + [["drop", "lately", name] for name in lately if name not in stay]


def _text_of(name: str, entry: dict[str, Any], calendars: Calendars | None) -> str:
    """When the hook runs, in words."""
    used = f"on {', '.join(entry['inputs'])}" if entry["inputs"] else ""
    planned = plan_of(name, entry, calendars).text() if is_scheduled(entry) else ""
    return ", ".join(filter(None, (planned, used))) or "once a version"

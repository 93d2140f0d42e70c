"""What pages and commands ask of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.core.plain import check_plain
from quarterdeck.core.topics import split
from quarterdeck.errors import QuarterdeckError
from quarterdeck.hub.schedules.turns import CannotRun
from quarterdeck.hub.scripts.script.inputs import WrongInput
from quarterdeck.hub.scripts.script.trigger import WrongArguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.hub.scripts.script.script import Script


class ScriptError(QuarterdeckError):
    """A call on a script that cannot be answered.  ``code`` is unknown, bad-args or conflict."""


def answer(
    scripts: Mapping[str, Script], topic: str, name: str, args: Mapping[str, Any], by: str | None
) -> dict[str, Any]:
    """``trigger`` {"hook"?, "args"?} -> {"run"}; ``cancel`` {"run"} -> {}.

    ``input`` {"component", "value"} -> {"runs": those that it starts}; ``pause`` and ``resume`` {"hook"?} -> {}.
    Raises ScriptError, Refused.
    """
    parts = split(topic)
    script = scripts.get(parts[1]) if len(parts) == 2 and parts[0] == "script" else None
    if script is None:
        known = ", ".join(sorted(scripts)) or "none"
        raise ScriptError("unknown", f"there is no script {topic!r} on deck", f"on deck: {known}")
    try:
        if name == "trigger":
            return {"run": script.steering.trigger(_text(args, "hook"), by, _object(args, "args"))}
        if name == "cancel":
            script.steering.cancel(_text(args, "run") or "", by)
            return {}
        if name == "pause":
            script.steering.pause(_text(args, "hook"), by)
            return {}
        if name == "resume":
            script.steering.resume(_text(args, "hook"), by)
            return {}
        if name == "input":
            return {"runs": script.steering.use(_text(args, "component") or "", args.get("value"), by)}
    except (WrongInput, WrongArguments) as error:
        raise ScriptError("bad-args", str(error), error.hint) from error
    except CannotRun as error:
        raise ScriptError("conflict", str(error), error.hint) from error
    raise ScriptError("unknown", f"a script has no call {name!r}", "it has trigger, cancel, input, pause and resume")


def _text(args: Mapping[str, Any], key: str) -> str | None:
    value = args.get(key)
    if value is not None and not isinstance(value, str):
        raise ScriptError("bad-args", f"{key} is {value!r}", f"give {key} as text")
    return value


def _object(args: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = args.get(key)
    if value is not None and not isinstance(value, dict):
        raise ScriptError("bad-args", f"{key} is {value!r}", f"give {key} as an object")
    # Before the run is queued: afterwards its topic would be refused.
    check_plain(value, key)
    return dict(value or {})

"""From what a user types to a topic: a script's name, a run's id."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

from quarterdeck.core.topics import join, split
from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from quarterdeck.cli.client import State
    from quarterdeck.cli.deck_view import View


class NamingError(QuarterdeckError):
    """Nothing on deck is called so; ``code`` is unknown-name."""


def script_topic(view: View, name: str) -> str:
    """The topic of a script; raises NamingError that names the nearest."""
    topic = join("script", name.removeprefix("script/"))
    if view.state(topic) is not None:
        return topic
    raise _unknown(view, name, "script")


def run_topic(view: View, name: str) -> str:
    """The topic of a run, by its id, or of a script's latest run; raises NamingError."""
    topic = join("run", name.removeprefix("run/"))
    if view.state(topic) is not None:
        return topic
    script = view.state(join("script", name.removeprefix("script/")))
    if script is None:
        raise _unknown(view, name, "script or run")
    latest = newest_run(view, name.removeprefix("script/"))
    if latest is None:
        raise NamingError("unknown-name", f"The script {name} has not run yet.", f"Run it: quarterdeck trigger {name}")
    return str(latest["topic"])


def executed_topic(view: View, name: str) -> str:
    """A job, by its id; a program, by its name, for the latest one; else a run, see above."""
    job = join("job", name.removeprefix("job/"))
    if view.state(job) is not None:
        return job
    try:
        return run_topic(view, name)
    except NamingError:
        found = newest_program(view, name)
        if found is None:
            raise
        return found


def newest_program(view: View, name: str) -> str | None:
    """The topic of the newest program that is called so; None if there is none."""
    jobs = view.topics("job", where=f"name = {json.dumps(name)}", order="-started", limit=100)
    return next((str(job["topic"]) for job in jobs if job.get("role") != "bar"), None)


def newest_run(view: View, script: str) -> State | None:
    """The state of the latest run of a script."""
    found = view.topics("run", where=f"script = {script}", order="-started", limit=1)
    return found[0] if found else None


def _unknown(view: View, name: str, what: str) -> NamingError:
    known = [split(script["topic"])[1] for script in view.topics("script")]
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]}?" if near else f"On deck: {', '.join(known) or 'no script yet'}."
    return NamingError("unknown-name", f"There is no {what} {name!r} on deck.", hint)

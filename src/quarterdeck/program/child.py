"""The program's process: started as ``python FILE ARGS`` is, in our place, and with our folder on its PYTHONPATH."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from quarterdeck.sdk.jobs import process
from quarterdeck.sdk.own import OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from quarterdeck.program.channels import Channel
    from quarterdeck.sdk.jobs.process import Descent

SITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")
"""The folder whose ``sitecustomize`` Python runs before a program."""
_PATH = "PYTHONPATH"
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def start(
    arguments: Sequence[str], descent: Descent, channels: dict[int, Channel], mask: set[signal.Signals]
) -> subprocess.Popen[bytes]:
    """Start Python with these arguments; ``descent`` is its own, ``mask`` the signals that it begins with blocked."""
    ours = os.getpid()
    die_with = _dying_together()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        die_with(ours)

    ends = {descriptor: channel.inner for descriptor, channel in channels.items()}
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=ends.get(1),
        stderr=ends.get(2),
        env=environment(os.environ, descent, ours),
        preexec_fn=prepare,  # noqa: PLW1509 - there is no thread yet
    )


def environment(given: Mapping[str, str], descent: Descent, ours: int) -> dict[str, str]:
    """What the program is told: where to report from the beginning, and which job is its own."""
    folders = [folder for folder in given.get(_PATH, "").split(os.pathsep) if folder not in ("", SITE)]
    return {
        **given,
        _PATH: os.pathsep.join([SITE, *folders]),
        process.PARENT: descent.words(),
        OWN: f"{descent.id}/{ours}",
    }


def _dying_together() -> Callable[[int], None]:
    """What lets a new process die with us even by kill -9, as it would if it were us; Linux alone can do that."""
    if sys.platform != "linux":
        return lambda _: None
    import ctypes  # before the fork: nothing is loaded behind it

    prctl = ctypes.CDLL(None).prctl

    def die_with(ours: int) -> None:
        prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != ours:
            os.kill(os.getpid(), signal.SIGKILL)

    return die_with

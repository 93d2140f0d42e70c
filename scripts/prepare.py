"""Prepare a checkout: the environment in .venv, that of some peers in .venv/peers, and a Chromium for the tests.

`make` calls it, before anything is installed: standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PEERS = ENVIRONMENT / "peers"
_PYTHON = Path("Scripts" if os.name == "nt" else "bin") / "python"
PYTHON = ENVIRONMENT / _PYTHON
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_OLDEST = (3, 11)
_USAGE = "use: prepare.py environment hub|test|bench   or: prepare.py peers|browser"


def main(arguments: list[str]) -> int:
    """Do one step; returns the exit code."""
    match arguments:
        case ["environment", ("hub" | "test" | "bench") as lock]:
            return environment(lock)
        case ["peers"]:
            return peers()
        case ["browser"]:
            return browser()
    return _fail("no such step", _USAGE, code=2)


def environment(lock: str) -> int:
    """Make .venv hold what requirements/LOCK.txt names, the page, and this checkout as an editable install."""
    if tuple(sys.version_info) < _OLDEST:
        return _fail(f"Python {sys.version.split()[0]} is too old", "Quarterdeck needs 3.11 or newer: make PYTHON=...")
    stamp = ENVIRONMENT / f".prepared-{lock}"
    wanted = _hash_of("pyproject.toml", f"requirements/{lock}.txt", "requirements/page.txt", "scripts/build_page.py")
    if not PYTHON.is_file() and not _make_environment():
        return 1
    if not (stamp.is_file() and stamp.read_text() == wanted):
        if not _install("--require-hashes", "-r", f"requirements/{lock}.txt"):
            return _fail("the dependencies could not be installed", "the lines above say why; is the network there?")
        if not _page() or not _install("--no-deps", "--no-build-isolation", "--editable", "."):
            return 1
        stamp.write_text(wanted)
    return 0 if _page() else 1


def peers() -> int:
    """Make .venv/peers hold what requirements/peers.txt names: it is measured, and goes with nothing else."""
    stamp = PEERS / ".prepared"
    wanted = _hash_of("requirements/peers.txt")
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    if not _run(str(PYTHON), "-m", "venv", str(PEERS)):
        return _fail("the environment of the peers could not be made", "the lines above say why")
    if not _install("--require-hashes", "-r", "requirements/peers.txt", into=PEERS):
        return _fail("the peers could not be installed", "the lines above say why; is the network there?")
    stamp.write_text(wanted)
    return 0


def browser() -> int:
    """Find a Chromium, or install the distribution's where we may; without one the browser tests fail."""
    if find_browser() is not None:
        return 0
    if sys.platform == "linux" and shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        for step in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
            _run(*prefix, *step)
    if find_browser() is not None:
        return 0
    return _fail(
        "the browser tests need a Chromium, and this machine has none",
        "install it (Debian: apt-get install chromium), or set QUARTERDECK_TEST_BROWSER to its path",
    )


def find_browser() -> str | None:
    """The path of a Chromium-like browser, or None."""
    named = os.environ.get("QUARTERDECK_TEST_BROWSER")
    found = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    return found or (str(_MAC) if _MAC.exists() and not named else None)


def _make_environment() -> bool:
    if _run(sys.executable, "-m", "venv", str(ENVIRONMENT)):
        return True
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    # Debian's python3 comes without ensurepip.
    if sys.platform == "linux" and shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        _run(*prefix, "apt-get", "update")
        if _run(*prefix, "apt-get", "install", "-y", package) and _run(sys.executable, "-m", "venv", str(ENVIRONMENT)):
            return True
    _fail(f"{sys.executable} cannot make an environment", "install its venv module (Debian: python3-venv)")
    return False


def _page() -> bool:
    script = str(ROOT / "scripts" / "build_page.py")
    if not _run(str(PYTHON), script, "--needs-node"):
        _install("--require-hashes", "-r", "requirements/page.txt")
    return _run(str(PYTHON), script, "--quiet")


def _install(*what: str, into: Path = ENVIRONMENT) -> bool:
    return _run(str(into / _PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _hash_of(*names: str) -> str:
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def _fail(what: str, mend: str, code: int = 1) -> int:
    print(f"{what}; {mend}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Our own package for interpreters that do not have it, without anything else of the hub's."""

from __future__ import annotations

import contextlib
import os
import zipfile
from pathlib import Path

import quarterdeck
from quarterdeck.version import __version__

NAME = "quarterdeck"


def link_package(folder: Path) -> Path:
    """A folder in which our package stands alone: what PYTHONPATH may name.  Raises OSError.

    A link, so that the worker has the hub's very files, and nothing that is installed beside them.
    """
    target = Path(quarterdeck.__file__).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    link = folder / NAME
    if not link.is_symlink() or link.readlink() != target:
        fresh = folder / f".{NAME}.{os.getpid()}"
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        fresh.symlink_to(target, target_is_directory=True)
        fresh.replace(link)
    return folder


def stand_in(folder: Path) -> Path:
    """A folder with a wheel that is called as we are and is empty; raises OSError.

    A script may name ``quarterdeck`` among its dependencies, so that it also runs elsewhere.  Here the worker has the
    hub's own files, and uv need not look for them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wheel = folder / f"{NAME}-{__version__}-py3-none-any.whl"
    if not wheel.exists():
        fresh = folder / f".{os.getpid()}"
        _write(fresh, f"{NAME}-{__version__}.dist-info")
        fresh.replace(wheel)
    return folder


def _write(file: Path, info: str) -> None:
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {__version__}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: quarterdeck\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{info}/{name},,\n" for name in (*files, "RECORD"))
    with zipfile.ZipFile(file, "w") as wheel:
        for name, text in {**files, "RECORD": record}.items():
            wheel.writestr(f"{info}/{name}", text)

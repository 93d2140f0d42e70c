"""The version of a script: what its files say, whatever their times are."""

from __future__ import annotations

import hashlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LAYOUT = "layout.html"


def version_of(path: str | os.PathLike[str]) -> str:
    """16 hexadecimal digits over the names and contents of layout.html and every module of the script.

    ``path`` is the script's folder, or its single module.  Raises OSError if it is gone or cannot be read.
    """
    digest = hashlib.sha256()
    root = os.fspath(path)
    for name in sorted(files_of(root)):
        content = _content_of(os.path.join(root, name) if name else root)
        # Lengths go in as well: without them, text could move between two files unseen.
        digest.update(f"{len(name.encode())} {name} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _content_of(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        if not os.path.lexists(path):
            raise
        # A link to nowhere, or not ours to read: the script is there, and loading it tells what is wrong.
        return f"unreadable: {error.strerror}".encode()


def files_of(root: str) -> Iterator[str]:
    """The names, relative to the folder and with forward slashes, of the files that make the version."""
    if os.path.isfile(root):
        yield ""
        return
    os.stat(root)
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        for name in names:
            if (name.endswith(".py") or (name == LAYOUT and inside == ".")) and _is_file(os.path.join(folder, name)):
                yield name if inside == "." else f"{inside}/{name}"


def _is_file(path: str) -> bool:
    """Whether it is to be read; opening a pipe would wait for ever, and some devices have no end."""
    return os.path.isfile(path) or (os.path.islink(path) and not os.path.exists(path))

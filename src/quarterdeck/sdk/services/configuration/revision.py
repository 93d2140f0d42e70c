"""The commit that a git repository is at, read from its files: no git is needed, and none is started."""

from __future__ import annotations

import os

LENGTH = 6


def revision(folder: str) -> str | None:
    """The first six characters of the commit of HEAD; ``folder`` is a ``.git`` folder or what holds one.

    A detached HEAD, packed references and worktrees are understood.  None if there is no commit to be found.
    """
    git = _git_folder(folder)
    head = _read(git, "HEAD")
    if not head.startswith("ref:"):
        return head[:LENGTH] or None
    reference = head.removeprefix("ref:").strip()
    # A worktree has a HEAD of its own, and shares everything else.
    shared = os.path.join(git, _read(git, "commondir") or ".")
    commit = _read(git, reference) or _read(shared, reference) or _packed(shared, reference)
    return commit[:LENGTH] or None


def _git_folder(folder: str) -> str:
    inside = os.path.join(folder, ".git")
    found = inside if os.path.exists(inside) else folder
    if os.path.isfile(found):  # of a worktree or a submodule: it names the folder
        named = _read(os.path.dirname(found), os.path.basename(found)).removeprefix("gitdir:").strip()
        found = os.path.join(os.path.dirname(found), named)
    return found


def _packed(folder: str, reference: str) -> str:
    for line in _read(folder, "packed-refs").splitlines():
        commit, _, name = line.partition(" ")
        if name.strip() == reference:
            return commit
    return ""


def _read(folder: str, name: str) -> str:
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""

"""Measures some packages of Python's own library: lines, and nodes of the syntax tree by kind."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from collections import Counter
from pathlib import Path
from typing import NamedTuple

PACKAGES = (
    "asyncio", "collections", "concurrent", "email", "html", "http", "importlib", "json", "logging", "multiprocessing",
    "unittest", "urllib", "xml", "zipfile",
)  # fmt: skip


class File(NamedTuple):
    package: str
    name: str
    lines: int
    nodes: int
    kinds: Counter


def files():
    """The paths of all files, package by package."""
    root = Path(sysconfig.get_path("stdlib"))
    return [
        (package, path, path.relative_to(root).as_posix())
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
        if "test" not in path.parts
    ]


def measure(package, path, name):
    text = path.read_text(encoding="utf-8", errors="replace")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about old ways of writing, in files that are not ours
        kinds = Counter(type(node).__name__ for node in ast.walk(ast.parse(text, name)))
    return File(package, name, text.count("\n"), kinds.total(), kinds)


def lines_by_package(measured):
    found = Counter()
    for file in measured:
        found[file.package] += file.lines
    return dict(found.most_common())

"""Finds and measures the source files of the standard library."""

from __future__ import annotations

import ast
import functools
import sysconfig
import tokenize
import warnings
from pathlib import Path

LEFT_OUT = {"site-packages", "dist-packages", "__pycache__", "test", "tests", "idle_test"}


@functools.cache
def sources():
    """(path, name) of each file, in the order of their names; tests and installed packages are left out."""
    root = Path(sysconfig.get_path("stdlib"))
    found = [(path, path.relative_to(root).as_posix()) for path in root.rglob("*.py")]
    return sorted((pair for pair in found if not LEFT_OUT & set(Path(pair[1]).parts)), key=lambda pair: pair[1])


def measure_file(path):
    """Lines and syntax nodes of one file; raises SyntaxError or UnicodeDecodeError."""
    with tokenize.open(path) as file:  # knows the file's own encoding
        text = file.read()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about old ways of writing, in files that are not ours
        tree = ast.parse(text, str(path))
    return text.count("\n"), sum(1 for _ in ast.walk(tree))

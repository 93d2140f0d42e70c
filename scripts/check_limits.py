"""The limits that keep the project readable; exits with 1 and one line a breach.

Files under 400 lines, functions under 50; no module that is called utils, helpers, common or manager; docstrings on
what is public; no test that is skipped; no note of work left undone; no address in a lock file.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES = 400
FUNCTION_LINES = 50
FOLDERS = ("src", "tests", "scripts", "examples", "benchmarks", "spec", "ui/src", "ui/tests", "hatch_build.py")
SUFFIXES = {".py", ".ts", ".svelte", ".css", ".js"}
_LEFT_OUT = {"node_modules", "static", "__pycache__", ".quarterdeck", "dist", ".venv"}
_VAGUE = {"utils", "util", "helpers", "helper", "common", "manager"}
# In two parts, or this file would break its own rule.
_UNDONE = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
_SKIPS = {"pytest.skip", "pytest.importorskip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
_LOCKS = {
    "requirements/*.txt": re.compile(r"https?://|file:|--index-url|--extra-index-url|--find-links"),
    "ui/package-lock.json": re.compile(r'"resolved": "https?:'),
}


def main() -> int:
    """Check every file; returns the exit code."""
    found = [breach for path in _files() for breach in breaches(path)] + list(_addresses())
    for breach in found:
        print(breach)
    return 1 if found else 0


def breaches(path: Path) -> Iterator[str]:
    """The breaches in one file, each as ``name:line: what``."""
    name, text = path.relative_to(ROOT).as_posix(), path.read_text()
    lines = text.splitlines()
    if len(lines) >= FILE_LINES:
        yield f"{name}:1: {len(lines)} lines, the limit is {FILE_LINES - 1}; split it by nouns"
    if path.stem in _VAGUE:
        yield f"{name}:1: a name that says nothing; name the module by what is in it"
    for number, line in enumerate(lines, 1):
        if _UNDONE.search(line):
            yield f"{name}:{number}: work left undone; do it, or leave the note out"
    if path.suffix == ".py":
        for number, what in _python_breaches(name, ast.parse(text)):
            yield f"{name}:{number}: {what}"


def _python_breaches(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    if name.startswith("src/") and tree.body and ast.get_docstring(tree) is None:
        yield 1, "no docstring: say in a line what the module is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines >= FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {lines} lines, the limit is {FUNCTION_LINES - 1}"
        if name.startswith("tests/") and isinstance(node, ast.Attribute) and ast.unparse(node) in _SKIPS:
            yield node.lineno, f"{ast.unparse(node)}: a test that is skipped proves nothing"
    if name.startswith("src/"):
        yield from _without_docstring(tree)


def _without_docstring(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not _is_overload(node):
            yield node.lineno, f"{node.name} is public and has no docstring"


def _is_overload(node: ast.AST) -> bool:
    return any(ast.unparse(mark).endswith("overload") for mark in getattr(node, "decorator_list", []))


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        top = ROOT / folder
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.suffix in SUFFIXES and not _LEFT_OUT.intersection(path.relative_to(ROOT).parts):
                yield path


def _addresses() -> Iterator[str]:
    for pattern, address in _LOCKS.items():
        for path in sorted(ROOT.glob(pattern)):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if address.search(line):
                    yield f"{path.relative_to(ROOT).as_posix()}:{number}: an address in a lock file: {line.strip()}"


if __name__ == "__main__":
    sys.exit(main())

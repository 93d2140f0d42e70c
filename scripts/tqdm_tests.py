"""Run tqdm's own tests, from its source distribution, without and with reporting to a hub: the outcomes are the same.

Needs the test environment, and the package index that this was installed from.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Its own settings need plugins that say nothing about us; its measurements of time would be of this machine.
SETTINGS = """[pytest]
markers =
    asyncio
    slow
log_level = INFO
python_files = tests_*.py
asyncio_mode = strict
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
PLUGIN = """from quarterdeck.dashboard import start_dashboard
from quarterdeck.sdk import default

start_dashboard()

def pytest_sessionfinish():
    client = default.current()
    assert client.flush(30), "the hub did not take the bars of the tests"
    assert client.refused == client.dropped == 0
"""


def main() -> int:
    """Compare both runs; returns the exit code."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "pytest.ini").write_text(SETTINGS)
        (folder / "reporting_to_a_hub.py").write_text(PLUGIN)
        source = fetch(folder)
        plain = outcomes(folder, source)
        reporting = outcomes(folder, source, "-p", "reporting_to_a_hub")
    changed = {name: (plain.get(name), reporting.get(name)) for name in plain.keys() | reporting.keys()}
    changed = {name: both for name, both in changed.items() if both[0] != both[1]}
    for name, (before, after) in sorted(changed.items()):
        print(f"{name}: {before} without reporting, {after} with it", file=sys.stderr)
    passed = sum(outcome == "passed" for outcome in reporting.values())
    print(f"tqdm's own tests: {passed} of {len(reporting)} passed with reporting, {len(changed)} not as without it")
    return 1 if changed or not passed else 0


def fetch(folder: Path) -> Path:
    """The unpacked source distribution of the locked version, checked by its hash."""
    lock = (ROOT / "requirements" / "test.txt").read_text()
    found = re.search(r"^tqdm==.*?(?=^\S)", lock, re.MULTILINE | re.DOTALL)
    assert found is not None, "requirements/test.txt does not name tqdm"
    (folder / "tqdm.txt").write_text(found[0])
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    what = ["--no-deps", "--no-binary", "tqdm", "--require-hashes", "-r", "tqdm.txt"]
    subprocess.run([*pip, *what], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("tqdm-*.tar.gz"))) as packed:
        packed.extractall(folder, filter="data")
    return next(path for path in folder.glob("tqdm-*") if path.is_dir())


def outcomes(folder: Path, source: Path, *options: str) -> dict[str, str]:
    """By the name of each test: passed, skipped, failure or error."""
    result = folder / "result.xml"
    result.unlink(missing_ok=True)
    settings = ["-c", str(folder / "pytest.ini"), "--rootdir", str(source), f"--junitxml={result}"]
    plain = ["-q", "-p", "no:cacheprovider", "--no-header", "-k", "not perf", "tests"]
    path = os.pathsep.join([str(folder), str(ROOT / "src")])
    command = [sys.executable, "-m", "pytest", *options, *settings, *plain]
    done = subprocess.run(command, cwd=source, env={**os.environ, "PYTHONPATH": path}, check=False)
    assert done.returncode in (0, 1), f"pytest could not run the tests of tqdm: it ended with {done.returncode}"
    cases = xml.parse(result).getroot().iter("testcase")
    return {f"{case.get('classname')}.{case.get('name')}": outcome(case) for case in cases}


def outcome(case: xml.Element) -> str:
    """What pytest says of one test."""
    return next((each.tag for each in case), "passed")


if __name__ == "__main__":
    sys.exit(main())

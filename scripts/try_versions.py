"""Run the unit tests with the lowest or newest versions that pyproject.toml allows, in an environment to throw away.

The tools of the tests are those of the lock file, only what the wheel depends on is moved.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
TOOLS = [
    "hatchling",
    "httpx",
    "hypothesis",
    "joblib",
    "matplotlib",
    "mpire",
    "plotly",
    "prometheus-client",
    "pytest",
    "pytest-asyncio",
    "rich",
    "tqdm",
]
UNIT = ["-q", "--ignore=tests/e2e", "--ignore=tests/law", "-m", "not law", "--hypothesis-profile=few"]


def main(arguments: list[str]) -> int:
    """``lowest`` or ``newest``, then the interpreter (default: this one); returns the exit code."""
    if not arguments or arguments[0] not in RESOLUTIONS:
        print("use: try_versions.py lowest|newest [PYTHON]", file=sys.stderr)
        return 2
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    with tempfile.TemporaryDirectory(prefix="quarterdeck-versions-") as folder:
        return _try(uv, Path(folder), RESOLUTIONS[arguments[0]], (arguments[1:] or [sys.executable])[0])


def _try(uv: str, folder: Path, resolution: str, interpreter: str) -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = folder / "wanted.in"
    wanted.write_text("\n".join(project["project"]["optional-dependencies"]["hub"]))
    python, pinned = folder / "venv" / "bin" / "python", folder / "pinned.txt"
    steps = [
        [uv, "venv", "--quiet", "--python", interpreter, str(folder / "venv")],
        [uv, "pip", "compile", "--quiet", "--resolution", resolution, "--python", str(python), "--output-file",
         str(pinned), str(wanted)],
        [uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(pinned), *_tools(project)],
    ]  # fmt: skip
    for step in steps:
        if (code := subprocess.run(step, check=False).returncode) != 0:
            return code
    print(subprocess.run([python, "-VV"], capture_output=True, text=True, check=True).stdout.strip())
    print(", ".join(line for line in pinned.read_text().splitlines() if "==" in line))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run([python, "-m", "pytest", *UNIT], cwd=ROOT, env=environment, check=False).returncode


def _tools(project: dict[str, dict[str, list[str]]]) -> list[str]:
    return [wanted for wanted in project["dependency-groups"]["test"] if wanted.split(">")[0] in TOOLS]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

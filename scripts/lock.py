"""Write the lock files: every version pinned with its hashes, for every platform, without the address of any index."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_UV = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate"]
_PLAIN = ["--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11", "--quiet"]


def main() -> int:
    """Write requirements/{hub,test,bench,peers,page}.txt; newer versions only with --upgrade."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    build = project["build-system"]["requires"]
    hub = project["project"]["optional-dependencies"]["hub"]
    groups = project["dependency-groups"]
    # The larger one first, so that both pin the same versions.
    _lock("test", [*build, *hub, *groups["test"]])
    _lock("hub", [*build, *hub], constraint="test")
    _lock("bench", [*hub, *groups["bench"]], constraint="test")
    _lock("peers", groups["peers"])
    _lock("page", groups["page"])
    return 0


def _lock(name: str, wanted: list[str], constraint: str | None = None) -> None:
    target = ROOT / "requirements" / f"{name}.txt"
    limits = ["--constraint", str(ROOT / "requirements" / f"{constraint}.txt")] if constraint else []
    command = [*_UV, *_PLAIN, *limits, *sys.argv[1:], "--output-file", str(target), "-"]
    subprocess.run(command, input="\n".join(wanted), text=True, check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())

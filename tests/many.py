"""How many examples a law gets: a few in the unit run, all of them in the whole run (`make test`)."""

from __future__ import annotations

from typing import Any

import pytest


def many(blocks: int, few: int = 1) -> list[Any]:
    """Numbers from 0 for `parametrize`; those from ``few`` on are left out by ``-m "not law"``."""
    return [pytest.param(number, marks=pytest.mark.law) if number >= few else number for number in range(blocks)]

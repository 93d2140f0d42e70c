"""What every test shares: unit tests neither sleep nor listen on a port."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from tests.cost import Cost

from quarterdeck.hub.accounts import passwords

HERE = Path(__file__).parent
APART = ("e2e", "law")
"""The folders of tests with processes, ports and real time."""
FEW = 20

# The same examples at each run, and no clock: neither chance nor a busy machine fails a test.
# `--hypothesis-profile=hunt` looks for others.
STEADY: Any = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("steady", derandomize=True, **STEADY)
settings.register_profile("few", max_examples=FEW, derandomize=True, **STEADY)
settings.register_profile("hunt", max_examples=1000, **STEADY)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The limit of ``make test-unit``."""
    parser.addoption("--cpu-limit", type=float, metavar="SECONDS", help="fail if the run takes more CPU time")


def pytest_configure(config: pytest.Config) -> None:
    """Measure the run, if its time is limited."""
    if config.getoption("cpu_limit"):
        config.pluginmanager.register(Cost(config.getoption("cpu_limit")))


def pytest_collection_finish() -> None:
    """What was imported stays, so the collector need not look through it again in every test, nor look so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(autouse=True, scope="module")
def calm(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail what sleeps or takes a port outside the folders that stand apart; there a password costs little."""
    if request.path.relative_to(HERE).parts[0] in APART:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "new_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(time, "sleep", _sleep)
        patch.setattr(asyncio, "sleep", _sleep_in_a_loop)
        patch.setattr(socket.socket, "bind", _bind)
        yield


_real_sleep, _real_sleep_in_a_loop, _real_bind = time.sleep, asyncio.sleep, socket.socket.bind


def _sleep(seconds: float) -> None:
    assert seconds <= 0, f"a unit test sleeps {seconds} s; use a fake clock, or move it to tests/e2e"
    _real_sleep(seconds)


async def _sleep_in_a_loop(delay: float, result: Any = None) -> Any:
    played = type(asyncio.get_running_loop()).time is not asyncio.BaseEventLoop.time
    assert played or delay <= 0, f"a unit test sleeps {delay} s; use a played loop, or move it to tests/e2e"
    return await _real_sleep_in_a_loop(delay, result)


def _bind(self: socket.socket, address: Any) -> None:
    ported = self.family in (socket.AF_INET, socket.AF_INET6)
    assert not ported, f"a unit test listens on {address}; use a unix socket, or move it to tests/e2e"
    _real_bind(self, address)

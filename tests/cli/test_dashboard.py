"""``quarterdeck dashboard``: the ports that it is given.  How it runs is in tests/e2e/dashboard."""

from __future__ import annotations

import argparse

import pytest

from quarterdeck.cli.dashboard import ports_of


def test_a_range_of_ports_is_said_as_in_python() -> None:
    assert ports_of("8080-8083") == [8080, 8081, 8082]
    assert ports_of("8080,9000-9002") == [8080, 9000, 9001]


@pytest.mark.parametrize("text", ["8080", "8080-8081", "8100-8080", "0-3", "65530-65540", "a-b", "1-2-3", "80,80", ","])
def test_less_than_two_ports_are_used_wrongly(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="two ports or more"):
        ports_of(text)

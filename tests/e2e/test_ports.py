"""Which port the hub listens on, and what is said when it cannot."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest

from quarterdeck.web import serve
from quarterdeck.web.serve import PortError, listen, listen_at_both_ends


def test_port_that_was_asked_for_and_is_taken_names_its_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortError) as caught:
            listen("127.0.0.1", port)
    assert caught.value.code == "port-taken"
    assert str(port) in caught.value.message
    assert "process" in caught.value.message


def test_port_that_was_not_asked_for_is_the_next_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        monkeypatch.setattr(serve, "FIRST_PORT", first)
        monkeypatch.setattr(serve, "LAST_PORT", first + 20)
        bound = stack.enter_context(listen("127.0.0.1", None))
        assert first < bound.getsockname()[1] <= first + 20
        monkeypatch.setattr(serve, "LAST_PORT", first)
        with pytest.raises(PortError, match="All ports"):
            listen("127.0.0.1", None)


def test_unknown_address_is_told() -> None:
    with pytest.raises(PortError) as caught:
        listen("no-such-host.invalid", 0)
    assert caught.value.code == "host-unknown"
    with pytest.raises(PortError, match="This machine has no address"):
        listen_at_both_ends("192.0.2.1", range(8080, 8100))


def test_of_a_range_the_lowest_and_the_highest_free_port_are_taken() -> None:
    with ExitStack() as stack:
        taken = {stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(2)}
        least, most = min(taken), max(taken)
        sockets = listen_at_both_ends("127.0.0.1", range(least, least + 30))
        low, high = (stack.enter_context(bound).getsockname()[1] for bound in sockets)
        assert least < low < high < least + 30
        assert {low, high}.isdisjoint(taken)
        with pytest.raises(PortError, match="no two free ports"):
            listen_at_both_ends("127.0.0.1", [least, most, low])
        with pytest.raises(PortError, match="no two free ports"):
            listen_at_both_ends("127.0.0.1", [])
        with socket.create_server(("127.0.0.1", 0)) as other:
            free = other.getsockname()[1]
        with pytest.raises(PortError, match="no two free ports"):
            listen_at_both_ends("127.0.0.1", [least, free])
        # The one that was free is free again.
        stack.enter_context(socket.create_server(("127.0.0.1", free)))

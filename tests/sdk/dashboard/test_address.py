"""Where a dashboard is, which token is for it, and what a program is told when there can be none."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from quarterdeck.sdk import discovery
from quarterdeck.sdk.dashboard.address import Address
from quarterdeck.sdk.dashboard.beside import HubBeside
from quarterdeck.sdk.transport import Denied


@pytest.mark.parametrize("host", [None, "", b"", "127.0.0.1", b"127.0.0.1", "0.0.0.0", " 127.0.0.1 "])
def test_this_machine_has_many_names(host: bytes | str | None) -> None:
    assert Address(host, 8099).url == "http://127.0.0.1:8099"


@pytest.mark.parametrize("host", ["::", "::1", "[::1]", b"::1"])
def test_the_newer_addresses_have_brackets_in_a_url_alone(host: bytes | str) -> None:
    assert (Address(host, 8099).name, Address(host, 8099).url) == ("::1", "http://[::1]:8099")


def test_the_token_of_a_port_is_that_of_a_hub_that_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = Path(discovery.port_file(8099))
    path.parent.mkdir()
    said = {"url": "http://localhost:8080", "token": "secret"}
    for pid, token in ((os.getpid(), "secret"), (None, None), (1 << 30, None)):
        path.write_text(json.dumps({**said, "pid": pid}))
        path.chmod(0o600)
        assert discovery.token_of_port(8099) == token
    assert discovery.token_of_port(8098) is None
    path.chmod(0o644)
    with pytest.raises(Denied, match="can be read by others"):
        discovery.token_of_port(8099)


def test_without_the_servers_part_the_mend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ImportError, match=r'pip install "quarterdeck\[hub\]"'):
        HubBeside(range(8080, 8100), "127.0.0.1")


def test_less_than_two_ports_are_too_few_before_anything_starts() -> None:
    with pytest.raises(OSError, match="two ports or more"):
        HubBeside([8080, 8080], "127.0.0.1")

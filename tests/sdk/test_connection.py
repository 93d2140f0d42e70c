"""Connections to a hub, by its address."""

from __future__ import annotations

import http.client

import pytest

from quarterdeck.sdk.connection import bearing, below, connect
from quarterdeck.sdk.transport import Denied


def test_the_address_says_how_and_where() -> None:
    plain, secure = connect("http://[::1]:8080/deck/", 3.0), connect("https://deck.example", 3.0)
    assert (plain.host, plain.port, type(plain)) == ("::1", 8080, http.client.HTTPConnection)
    assert (secure.host, secure.port, type(secure)) == ("deck.example", 443, http.client.HTTPSConnection)
    assert below("http://[::1]:8080/deck/", "/api/frames") == "/deck/api/frames"


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://deck", "http://"])
def test_what_is_no_address_is_refused_with_the_mend(url: str) -> None:
    with pytest.raises(Denied, match="QUARTERDECK_URL"):
        connect(url, 3.0)


def test_a_token_is_borne_if_there_is_one() -> None:
    assert bearing("secret", {"Accept": "*/*"}) == {"Accept": "*/*", "Authorization": "Bearer secret"}
    assert bearing(None, {"Accept": "*/*"}) == {"Accept": "*/*"}

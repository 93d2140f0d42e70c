"""One POST over a real connection."""

from __future__ import annotations

import socket
import ssl
from typing import Any
from urllib.request import HTTPSHandler

import pytest

from quarterdeck.hub.webhook.post import opener, post, shown


async def test_a_message_is_json_and_is_taken(receiver: Any) -> None:
    assert (await post(receiver.url, {"text": "Grüße"})).why == ""
    assert receiver.got == [{"text": "Grüße"}]
    assert receiver.kinds == ["application/json; charset=utf-8"]


async def test_redirects_are_not_followed_and_every_other_status_is_a_refusal(receiver: Any) -> None:
    receiver.status, receiver.headers = 307, {"Location": "/elsewhere"}
    assert (await post(receiver.url, {})).why == "it answered 307 (redirects are not followed)"
    receiver.status, receiver.headers = 429, {"Retry-After": "30"}
    answer = await post(receiver.url, {})
    assert (answer.why, answer.status, answer.wait) == ("it answered 429", 429, 30.0)
    receiver.status, receiver.headers = 503, {"Retry-After": "Sat, 21 Nov 2026 07:28:00 GMT"}
    assert (await post(receiver.url, {})).wait == 0.0


async def test_who_is_not_there_silent_or_speaks_otherwise_is_named_without_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("quarterdeck.hub.webhook.post.QUIET_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        said = [await post(f"{scheme}://127.0.0.1:{port}/secret", {}) for scheme in ("http", "https")]
        monkeypatch.setattr("quarterdeck.hub.webhook.post.ALL_SECONDS", 0.05)
        said.append(await post(f"http://127.0.0.1:{port}/secret", {}))
    monkeypatch.setattr("quarterdeck.hub.webhook.post.ALL_SECONDS", 20.0)
    said.append(await post(f"http://127.0.0.1:{port}/secret", {}))
    assert [answer.why for answer in said] == [
        "it was silent for 0.2 s",
        "it was silent for 0.2 s",
        "it did not answer within 0.05 s",
        "it cannot be reached: Connection refused",
    ]


def test_certificates_are_verified_and_only_the_web_is_spoken() -> None:
    handlers = {type(handler).__name__: handler for handler in opener().handlers}
    secure = handlers["HTTPSHandler"]
    assert isinstance(secure, HTTPSHandler)
    assert secure._context.verify_mode is ssl.CERT_REQUIRED
    assert secure._context.check_hostname
    assert not {"FileHandler", "FTPHandler", "DataHandler", "HTTPRedirectHandler"} & set(handlers)


def test_what_is_shown_of_an_address_is_no_secret() -> None:
    assert shown("https://hooks.example.org:8443/T00/B00/abc?key=1#x") == "https://hooks.example.org:8443"
    assert shown("http://chat/x") == "http://chat"

from __future__ import annotations

import pytest

from quarterdeck.sdk.hidden import HIDDEN, hidden, hidden_words, is_secret, told_request


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "user_passwd",
        "passwordHash",
        "access_token",
        "api-key",
        "X-Api-Key",
        "sid",
        "csrf",
        "code",
        "pin",
        "X-Auth",
        "session_id",
        "JSESSIONID",
        "sig",
        "x-amz-security-token",
        "client_secret",
        "jwt",
    ],
)
def test_what_is_called_so_is_a_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["author", "authors", "country_code", "keyword", "passenger", "page", "design", "spin"]
)
def test_other_names_are_none(name: str) -> None:
    assert not is_secret(name)


def test_words_that_nobody_would_write_are_hidden() -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    assert hidden_words(f"/reset/{jwt}/now") == f"/reset/{HIDDEN}/now"
    assert hidden_words("https://ada:hunter2@host/x") == f"https://ada:{HIDDEN}@host/x"
    for open_ in ("/a/0b9c1d2e-7f3a-4b5c-8d9e-0f1a2b3c4d5e", "/frequently-asked-questions-and-answers", "/v2/items"):
        assert hidden_words(open_) == open_


def test_a_request_is_told_without_secrets() -> None:
    headers = [
        ("Cookie", "session=abc"),
        ("AUTHORIZATION", "Bearer abc"),
        ("X-Api-Key", "abc"),
        ("Accept", "text/html"),
        ("Referer", "https://shop/?token=abc"),
        ("X-Odd", "9f86d081884c7d659a2feaa0c55ad015"),
    ]
    told = told_request("GET", "/cart/7", "page=2&api_key=abc&q=blue+shoes&empty=", headers)
    assert told == {
        "method": "GET",
        "path": "/cart/7",
        "query": [["page", "2"], ["api_key", HIDDEN], ["q", "blue shoes"], ["empty", ""]],
        "headers": {
            "x-api-key": HIDDEN,
            "accept": "text/html",
            "referer": f"https://shop/?token={HIDDEN}",
            "x-odd": HIDDEN,
        },
    }
    assert "abc" not in str(told)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("no user: db_password='abc' x", f"no user: db_password={HIDDEN} x"),
        ("x: token=abc", f"x: token={HIDDEN}"),
        ("Authorization: Bearer abc x", f"Authorization: {HIDDEN} x"),
        ("the token is lost", "the token is lost"),
    ],
)
def test_what_a_text_calls_a_secret_is_hidden(said: str, told: str) -> None:
    assert hidden(said) == told


def test_no_text_of_a_client_takes_long() -> None:
    # It took minutes, in which the process answered nobody.
    for said in ("token" * 20_000, "token " * 20_000, "token" + " " * 100_000):
        assert hidden(said) == said

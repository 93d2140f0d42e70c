"""What looks like a secret, and how texts and requests are told without it.  Pure."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

HIDDEN = "[hidden]"
MOST = 50
"""Headers, and parts of a query, that are told of one request."""
_LONGEST = 300
# Whole words at a time, and never back: clients may make texts of any length come up in an error.
_SAID = re.compile(
    r"(?i)(?<!\w)((?=\w*?(?:passw(?:or)?d|secret|token|api_?key|authorization))\w++['\"]?\s*+[=:]\s*+)"
    r"(?:(?:bearer|basic)\s++)?\S+"
)
_NAMED = re.compile(
    r"(?i)passw|passphrase|passcode|(?<![a-z])(?:pass|pwd|sid|sig|pin|otp|jwt)(?![a-z])|^code$|secret|token|key(?![a-z])"
    r"|apikey|auth(?!ors?(?![a-z]))|credential|session|csrf|xsrf|signature|cookie|bearer"
)
_WORD = re.compile(r"[\w+=.~-]{24,}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_USER = re.compile(r"(//[^/\s:@]*:)[^/\s@]+(?=@)")
_NEVER = frozenset({"cookie", "set-cookie", "authorization", "proxy-authorization"})
_OPEN = frozenset({"traceparent", "tracestate", "x-request-id", "user-agent", "accept", "content-type", "host"})
"""Headers whose values are long and no secret."""


def hidden(text: str) -> str:
    """The text without what it calls a password, a token or the like."""
    return _SAID.sub(rf"\1{HIDDEN}", text)


def is_secret(name: str) -> bool:
    """Whether what has this name is likely to be one."""
    return _NAMED.search(name) is not None


def hidden_words(text: str) -> str:
    """The text without long words of letters and digits, as tokens are, and without the password of an address."""
    return _WORD.sub(_unless_plain, _USER.sub(rf"\1{HIDDEN}", text))


def hidden_query(query: str) -> list[list[str]]:
    """A query string as pairs of name and value."""
    # Not at the top: services without slow requests need not load it.
    from urllib.parse import parse_qsl

    pairs = parse_qsl(query[: MOST * _LONGEST], keep_blank_values=True, errors="replace")[:MOST]
    return [[hidden_words(name)[:_LONGEST], _value(name, value)] for name, value in pairs]


def hidden_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names in small letters; cookies and what authorises are left out."""
    told: dict[str, str] = {}
    for said, value in headers:
        name = said.lower()
        if name not in _NEVER and len(told) < MOST:
            told[name[:_LONGEST]] = value[:_LONGEST] if name in _OPEN else _value(name, value)
    return told


def _value(name: str, value: str) -> str:
    return HIDDEN if is_secret(name) else hidden_words(hidden(value))[:_LONGEST]


def _unless_plain(found: re.Match[str]) -> str:
    """Words in plain language, names of files and ids in the form of a UUID stay."""
    word = found[0]
    mixed = any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)
    return HIDDEN if mixed and _UUID.fullmatch(word) is None else word


def told_request(method: str, path: str, query: str, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The field ``request`` of an outlier: never a body."""
    return {
        "method": method,
        "path": hidden_words(hidden(path))[: 4 * _LONGEST],
        "query": hidden_query(query),
        "headers": hidden_headers(headers),
    }

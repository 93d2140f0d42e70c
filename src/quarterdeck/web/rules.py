"""Who may ask what: one table for HTTP and WebSocket alike.  What stands in no line is for nobody."""

from __future__ import annotations

from typing import NamedTuple

EVERYONE: frozenset[str] = frozenset({"anonymous", "admin", "guest", "producer"})
KNOWN: frozenset[str] = frozenset({"admin", "guest", "producer"})
VIEWERS: frozenset[str] = frozenset({"admin", "guest"})
REPORTERS: frozenset[str] = frozenset({"admin", "producer"})
ADMINS: frozenset[str] = frozenset({"admin"})
RESULTS = "/submit-test-results"


class Rule(NamedTuple):
    """``path`` ends with ``/*`` if it stands for everything below it."""

    method: str
    path: str
    roles: frozenset[str]


# Which topics a peer may patch, watch and call is decided behind the gate, by its rights.
RULES = (
    Rule("GET", "/api/health", EVERYONE),
    Rule("POST", "/api/login", EVERYONE),
    Rule("POST", "/api/logout", KNOWN),
    Rule("GET", "/api/me", KNOWN),
    Rule("POST", "/api/account", VIEWERS),
    Rule("GET", "/api/sessions", VIEWERS),
    Rule("DELETE", "/api/sessions/*", VIEWERS),
    Rule("POST", "/api/login-codes", ADMINS),
    Rule("GET", "/api/tokens", ADMINS),
    Rule("POST", "/api/tokens", ADMINS),
    Rule("DELETE", "/api/tokens/*", ADMINS),
    Rule("POST", "/api/users/given", ADMINS),
    Rule("GET", "/api/users", ADMINS),
    Rule("POST", "/api/users", ADMINS),
    Rule("DELETE", "/api/users/*", ADMINS),
    Rule("PUT", "/api/users/*", ADMINS),
    Rule("GET", "/api/topics", KNOWN),
    Rule("GET", "/api/topics/*", KNOWN),
    Rule("GET", "/api/series", KNOWN),
    Rule("GET", "/api/totals", KNOWN),
    Rule("GET", "/api/cells", KNOWN),
    Rule("GET", "/api/kinds", KNOWN),
    Rule("GET", "/api/logs/*", VIEWERS),
    Rule("POST", "/api/logs/*", REPORTERS),
    Rule("GET", "/api/blobs/*", KNOWN),
    Rule("PUT", "/api/blobs/*", REPORTERS),
    Rule("POST", "/api/frames", REPORTERS),
    Rule("POST", "/api/calls", REPORTERS),
    Rule("WS", "/api/live", KNOWN),
    Rule("GET", "/api/live/events", KNOWN),
    Rule("POST", "/api/live/events", KNOWN),
    Rule("GET", "/api/live/poll", KNOWN),
    Rule("POST", "/api/live/poll", KNOWN),
    Rule("GET", "/api/events", VIEWERS),
    Rule("GET", "/api/source/*", VIEWERS),
    Rule("GET", "/api/fires", VIEWERS),
    Rule("GET", "/api/docs", KNOWN),
    Rule("GET", "/api/openapi.json", KNOWN),
    Rule("GET", "/metrics", KNOWN),
    Rule("POST", RESULTS, REPORTERS),
)


def is_page(method: str, path: str) -> bool:
    """Whether this asks for the page's files, which hold no data and are for everyone."""
    return method == "GET" and path not in ("/metrics", "/api") and not path.startswith("/api/")


def roles_of(method: str, path: str) -> frozenset[str]:
    """The roles that may ask this; HEAD is as GET, a WebSocket has the method WS."""
    method = "GET" if method == "HEAD" else method
    if is_page(method, path):
        return EVERYONE
    return next((rule.roles for rule in RULES if rule.method == method and _matches(rule.path, path)), frozenset())


def _matches(pattern: str, path: str) -> bool:
    if pattern.endswith("/*"):
        return path.startswith(pattern[:-1]) and len(path) > len(pattern) - 1
    return path == pattern

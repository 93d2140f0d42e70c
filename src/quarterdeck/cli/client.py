"""Asks a running hub by HTTP."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from quarterdeck.errors import QuarterdeckError

_SECONDS = 35.0  # a call has 30


State = dict[str, Any]
"""The values of a topic; in a list with its name, as ``topic``."""


class HubError(QuarterdeckError):
    """What the hub answered; ``code`` is the hub's, or unreachable."""


class HubClient:
    """``url`` without a slash at its end; every request is a connection of its own."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.token = token

    def answers(self) -> bool:
        """Whether the hub is there and takes the token."""
        try:
            self.get("/api/me")
        except HubError:
            return False
        return True

    def get(self, path: str, **query: Any) -> Any:
        """GET; the query leaves out what is None."""
        asked = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        return self._ask("GET", f"{path}?{asked}" if asked else path)

    def post(self, path: str, body: Any = None) -> Any:
        """POST of a JSON body."""
        return self._ask("POST", path, {} if body is None else body)

    def put(self, path: str, body: Any) -> Any:
        """PUT of a JSON body."""
        return self._ask("PUT", path, body)

    def delete(self, path: str) -> Any:
        """DELETE."""
        return self._ask("DELETE", path)

    def call(self, topic: str, name: str, args: dict[str, Any]) -> Any:
        """Call the owner of a topic; returns what it answers."""
        return self.post("/api/calls", {"topic": topic, "name": name, "args": args})["reply"]

    def topics(self, kind: str, **query: Any) -> list[State]:
        """The states of one page of a list, each with its name as ``topic``."""
        found = self.get("/api/topics", kind=kind, **query)["topics"]
        return [{"topic": member["topic"], **member["state"]} for member in found]

    def state(self, topic: str) -> State | None:
        """The state of a topic; None if there is none."""
        try:
            found: State = self.get(f"/api/topics/{quote(topic, safe='')}")["state"]
        except HubError as error:
            if error.code == "missing":
                return None
            raise
        return found

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=_SECONDS)
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return _read(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            hint = "Is it running? quarterdeck doctor"
            raise HubError("unreachable", f"The hub at {self.url} does not answer: {error}.", hint) from None
        finally:
            connection.close()


def _read(status: int, body: bytes) -> Any:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if status < 400:
        return said
    error = said.get("error", {}) if isinstance(said, dict) else {}
    message = error.get("message", f"The hub answered {status}.")
    raise HubError(error.get("code", f"http-{status}"), message, error.get("hint", ""))

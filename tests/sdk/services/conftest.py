from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _clock_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests note requests by the nanoseconds of UTC.
    monkeypatch.setattr("quarterdeck.sdk.services.endpoint._zero", lambda: 0)

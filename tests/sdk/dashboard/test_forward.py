"""What an application passes on of a request below its dashboard's path, and what it answers without a hub."""

from __future__ import annotations

import json

import pytest

from quarterdeck.integrations.forwarding import WsgiDashboard
from quarterdeck.sdk.dashboard import forward as forwarding
from quarterdeck.sdk.dashboard.forward import Asked, forward
from quarterdeck.sdk.report import Report


class FakeHome:
    """There is no hub."""

    def __init__(self) -> None:
        self.wanted, self.starts, self.trouble, self.address = 0, True, "", ""

    def where(self) -> None:
        return None

    def want(self) -> None:
        self.wanted += 1


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> FakeHome:
    made = FakeHome()
    monkeypatch.setattr(forwarding, "home", made)
    return made


def asked(method: str = "GET", path: bytes = b"", **headers: str) -> Asked:
    given = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Asked(method, "/größe/dash".encode(), path, "", scheme="https", client="10.0.0.7", headers=given)


def test_the_hub_hears_of_the_way_from_the_application_alone() -> None:
    passed = asked(
        Host="shop.example.org",
        X_Forwarded_For="1.2.3.4",
        Quarterdeck_Forwarded="{}",
        Connection="close",
        X_CSRF_Token="c",
    ).passed("qd_token")
    way = {"token": "qd_token", "prefix": "/gr%C3%B6%C3%9Fe/dash", "scheme": "https", "host": "shop.example.org"}
    assert json.loads(passed.pop("Quarterdeck-Forwarded")) == {**way, "client": "10.0.0.7"}
    assert passed == {"x-csrf-token": "c"}


def test_cookies_and_passwords_of_the_application_stay_with_it() -> None:
    cookies = "session=secret; quarterdeck-dashboard-5000=ours; __Secure-quarterdeck-dashboard=too;"
    passed = asked(Cookie=cookies, Authorization="Basic c2VjcmV0").passed("t")
    assert passed["cookie"] == "quarterdeck-dashboard-5000=ours; __Secure-quarterdeck-dashboard=too"
    assert "authorization" not in passed
    assert asked(Authorization="Bearer qd_of_the_hub").passed("t")["authorization"] == "Bearer qd_of_the_hub"


def test_paths_keep_what_is_encoded_in_them() -> None:
    assert asked(path=b"/api/topics/service/shop/endpoint/GET%20%2Fcart").path == (
        "/api/topics/service/shop/endpoint/GET%2520%252Fcart"
    )
    assert asked(path=b"/a b\r\nHost: x?y#z").path == "/a%20b%0D%0AHost:%20x%3Fy%23z"


def test_without_a_hub_a_page_comes_back_by_itself_and_one_is_wanted(home: FakeHome) -> None:
    answer = forward(asked())
    assert (answer.status, home.wanted) == (503, 1)
    assert b'http-equiv="refresh"' in b"".join(answer)
    said = json.loads(b"".join(forward(asked(path=b"/api/me"))))
    assert said["error"]["code"] == "away"


@pytest.mark.parametrize(
    ("trouble", "starts", "text"),
    [
        ('it is not installed: pip install "quarterdeck[hub]"', True, b"pip install &quot;quarterdeck[hub]&quot;"),
        ("/srv/deck cannot be made", True, b"standard error of the application says why"),
        ("", False, b"quarterdeck up"),
    ],
)
def test_a_hub_that_will_not_come_is_said_with_the_mend(
    home: FakeHome, trouble: str, starts: bool, text: bytes
) -> None:
    home.trouble, home.starts = trouble, starts
    page = b"".join(forward(asked()))
    assert text in page
    assert b"/srv/deck" not in page
    assert b"refresh" not in page


def test_only_what_lies_below_the_link_is_forwarded(home: FakeHome) -> None:
    dashboard = WsgiDashboard("admin/dash")
    for path, ours in (("/admin/dash", 1), ("/admin/dash/x", 1), ("/admin/dashing", 0), ("/admin", 0), ("", 0)):
        environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET"}
        assert (dashboard(environ, lambda *_: None) is not None) == bool(ours), path
        assert dashboard.within in path or not ours


def test_a_page_that_the_application_has_there_stays(
    home: FakeHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("quarterdeck.integrations.forwarding._report", Report())
    dashboard = WsgiDashboard("dashboard", lambda: True)
    environ = {"PATH_INFO": "/dashboard/", "REQUEST_METHOD": "GET"}
    assert [dashboard(environ, lambda *_: None) for _ in range(2)] == [None] * 2
    assert capsys.readouterr().err.count("set another CUSTOM_LINK") == 1


def test_a_body_that_is_too_large_is_refused_before_it_is_read_whole(home: FakeHome) -> None:
    big = asked("POST", b"/api/login")
    big.body = bytes(forwarding.LARGEST + 1)
    assert forward(big).status == 413
    assert home.wanted == 0

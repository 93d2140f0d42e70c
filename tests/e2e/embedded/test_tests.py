"""Test results for the dashboard of an application, by the four documented steps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.e2e.embedded.conftest import WAITRESS, Application

TESTS = """
import unittest
from shop import user_app

class TestShop(unittest.TestCase):
    def test_index(self):
        self.assertEqual(user_app.test_client().get("/").text, "the shop")
"""


def test_travis_sends_its_results_to_the_application_itself(made: Callable[..., Application]) -> None:
    shop = made()
    config = shop.folder / "config.cfg"
    config.write_text(config.read_text().replace("http://0.0.0.0:5000", f"http://127.0.0.1:{shop.port}"))
    (shop.folder / "tests").mkdir()
    (shop.folder / "tests" / "test_shop.py").write_text(TESTS)
    shop.start(*WAITRESS)
    shop.ready()
    cookie = shop.login("admin", "admin")[1]
    token = run(shop, "-m", "quarterdeck", "token", "new", "ci", "--scope", "producer", "--deck", str(shop.folder))
    logs = f"{shop.folder}/"
    given = {"DASHBOARD_CONFIG": str(config), "DASHBOARD_LOG_DIR": logs, "QUARTERDECK_TOKEN": token}
    said = run(shop, "-m", "quarterdeck.collect_performance", **given)
    assert f"Sent to http://127.0.0.1:{shop.port}/dashboard/submit-test-results" in said
    (build,) = shop.read("/dashboard/api/topics?kind=build", cookie)["topics"]
    assert (build["state"]["service"], build["state"]["times"], build["state"]["failed"]) == ("shop", 5, 0)
    # What tests ask is not counted.
    assert shop.counted(cookie) == {}

    ran = {"name": "test_x", "exec_time": 1.5, "time": "", "successful": True, "iter": 1}
    old = {"test_runs": [ran], "grouped_tests": [{"endpoint": "index", "test_name": "test_x"}]}
    status, _, body = shop.ask("/dashboard/submit-test-results", "POST", old, Authorization=f"Bearer {token}")
    assert (status, body) == (204, b"")
    assert shop.ask("/dashboard/submit-test-results", "POST", old)[0] == 401
    found = shop.read("/dashboard/api/topics?kind=test", cookie)["topics"]
    assert {each["topic"] for each in found} == {
        "service/shop/test/test_shop.TestShop.test_index",
        "service/shop/test/test_x",
    }


def run(shop: Application, *arguments: str, **environment: str) -> str:
    """A command in the folder of the application; what it prints."""
    made = {**shop.environment, **environment}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=shop.folder, env=made, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()

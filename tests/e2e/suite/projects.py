"""Three small projects with tests: Flask with unittest, FastAPI with pytest, Django with its test runner."""

from __future__ import annotations

# As documented for Flask-MonitoringDashboard: the application writes of its requests.
SHOP = """
import datetime
import os
import sys
from flask import Blueprint, Flask, request

api = Blueprint("main", __name__)

@api.get("/")
def index():
    return "hello"

@api.get("/cart/<int:number>")
def cart(number):
    return f"cart {number}"

log_dir = os.getenv("DASHBOARD_LOG_DIR")
if log_dir:
    @api.after_request
    def after_request(response):
        t1 = str(datetime.datetime.now())
        log = open(log_dir + "endpoint_hits.log", "a")
        log.write("\\"{}\\",\\"{}\\"\\n".format(t1, request.endpoint))
        log.close()
        return response

app = Flask("shop")
app.register_blueprint(api)
if __name__ == "__main__":
    # One request in a process of its own, which nobody sees but the log.
    print(app.test_client().get(sys.argv[1]).status_code)
"""
SHOP_TESTS = """
import subprocess
import sys
import unittest
from shop import app

class TestShop(unittest.TestCase):
    def setUp(self):
        self.client = app.test_client()

    def test_index(self):
        self.assertEqual(self.client.get("/").status_code, 200)

    def test_carts(self):
        for number in range(3):
            self.assertEqual(self.client.get(f"/cart/{number}").text, f"cart {number}")

    def test_elsewhere(self):
        done = subprocess.run([sys.executable, "shop.py", "/cart/7"], capture_output=True, text=True)
        self.assertEqual(done.stdout.strip(), "200")

    @unittest.skip("not now")
    def test_skipped(self):
        pass
"""
ITEMS = """
from fastapi import FastAPI
from quarterdeck import monitor

part = FastAPI()

@part.get("/deep/{number}")
def deep(number: int):
    return number

app = FastAPI(title="items")

@app.get("/items/{number}")
async def item(number: int):
    return number

app.mount("/part", part)
monitor.bind(app=app)
"""
ITEMS_TESTS = """
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient
import pytest
from items import app

client = TestClient(app)
ran = []

@pytest.fixture(scope="session")
def session():
    return []

@pytest.fixture
def fresh():
    return []

def test_item(session, fresh):
    session.append(1)
    fresh.append(1)
    assert (len(session), len(fresh)) == (len(ran) + 1, 1)
    assert client.get("/items/3").json() == 3

def test_deep():
    assert client.get("/part/deep/4").json() == 4

@pytest.mark.parametrize("wanted", [1, 2])
def test_wanted(wanted):
    assert client.get("/items/1").json() == wanted

def test_now_and_then():
    ran.append(1)
    assert len(ran) % 2 == 1

@pytest.mark.skip
def test_skipped():
    pass
"""
MANAGE = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
"""
SETTINGS = """
SECRET_KEY = "x"
ROOT_URLCONF = "polls.urls"
INSTALLED_APPS = ["polls"]
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
URLS = """
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("polls/<int:number>/", lambda request, number: HttpResponse(f"poll {number}"))]
"""
POLL_TESTS = """
from django.test import TestCase

class PollTests(TestCase):
    def test_poll(self):
        self.assertContains(self.client.get("/polls/3/"), "poll 3")

    def test_missing(self):
        self.assertEqual(self.client.get("/nothing").status_code, 404)

    async def test_asynchronous(self):
        self.assertEqual((await self.async_client.get("/polls/4/")).status_code, 200)
"""
FILES = {
    "shop": {"shop.py": SHOP, "tests/__init__.py": "", "tests/test_shop.py": SHOP_TESTS},
    "items": {"items.py": ITEMS, "test_items.py": ITEMS_TESTS},
    "polls": {
        "manage.py": MANAGE,
        "site_settings.py": SETTINGS,
        "polls/__init__.py": "",
        "polls/urls.py": URLS,
        "polls/tests.py": POLL_TESTS,
    },
}

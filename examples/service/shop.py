"""A shop that is watched: ``flask --app shop run`` in this folder, then http://127.0.0.1:5000/dashboard."""

import random
import time

from flask import Flask, abort

from quarterdeck import monitor

app = Flask("shop")
monitor.config.from_file("config.cfg")
monitor.config.get_group_by = lambda: random.choice(["ada", "bo", "cy"])
monitor.bind(app=app)


@app.get("/")
def index() -> str:
    """The shop window."""
    return "welcome"


@app.get("/cart/<int:number>")
def cart(number: int) -> str:
    """What is in a cart; number 13 is broken, and some take their time."""
    if number == 13:
        raise ValueError("this cart has no bottom")
    if number > 99:
        abort(404)
    time.sleep(random.expovariate(100))
    return f"cart {number}"

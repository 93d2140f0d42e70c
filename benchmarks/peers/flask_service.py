"""A Flask service that a peer measures, set up as its documentation says; runs in the environment of the peers.

``added HOW REQUESTS`` prints the microseconds of processor time that it adds to a request, ``serve HOW PORT`` serves.
"""

from __future__ import annotations

import sys
import threading
import time
from statistics import median
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.test import create_environ

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
BURST = 20
THREADS = 8


def shop(how: str) -> tuple[Flask, Callable[[], None]]:
    """The service, measured in one way or (``bare``) not at all; and what lets the peer catch up."""
    app = Flask("shop")
    app.add_url_rule("/cart/<int:number>", "cart", cart)
    if how == "opentelemetry":
        return app, _trace(app)
    if how != "bare":
        return app, _monitor(app, int(how))
    return app, lambda: None


def cart(number: int) -> str:
    """Next to nothing."""
    return "ok"


def _monitor(app: Flask, level: int) -> Callable[[], None]:
    import flask_monitoringdashboard as dashboard

    dashboard.config.monitor_level = level
    dashboard.bind(app)
    standing = threading.active_count()

    def catch_up() -> None:
        # A request is written by a thread of its own.
        while threading.active_count() > standing:
            time.sleep(0.005)

    return catch_up


def _trace(app: Flask) -> Callable[[], None]:
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Taking(SpanExporter):
        """Takes everything, so that only what happens in the service counts."""

        def export(self, spans: Any) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    traces = TracerProvider()
    traces.add_span_processor(BatchSpanProcessor(Taking()))
    metrics = MeterProvider([InMemoryMetricReader()])
    FlaskInstrumentor().instrument_app(app, tracer_provider=traces, meter_provider=metrics)

    def catch_up() -> None:
        traces.force_flush()

    return catch_up


def added(how: str, requests: int) -> float:
    """What it adds, catching up included: the median of alternating rounds."""
    (bare, _), (measured, catch_up) = shop("bare"), shop(how)
    environ = create_environ("/cart/17", environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    costs = []
    for _ in range(ROUNDS + 1):
        least = _cost(bare, environ, requests, lambda: None)
        costs.append(_cost(measured, environ, requests, catch_up) - least)
    return median(costs[1:])


def _cost(app: Any, environ: dict[str, Any], requests: int, catch_up: Callable[[], None]) -> float:
    began = time.process_time()
    for number in range(1, requests + 1):
        answer = app(dict(environ), lambda *_: None)
        for _part in answer:
            pass
        answer.close()
        if number % BURST == 0:
            catch_up()
    return (time.process_time() - began) / requests * 1e6


def main(what: str, how: str, number: int) -> None:
    """Measure, or serve."""
    if what == "added":
        print(added(how, number))
        return
    from waitress import serve

    serve(shop(how)[0], listen=f"127.0.0.1:{number}", threads=THREADS, _quiet=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

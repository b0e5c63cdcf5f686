"""What is counted, and how one scrape sees the counts of every worker.

Each worker writes its numbers to files of its own in PROMETHEUS_MULTIPROC_DIR, a folder in memory that gunicorn.conf.py
empties before the first worker starts. A scrape adds the files up, whichever worker it reaches. Without that variable, as
in the tests of single functions, the numbers are those of this process.
"""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("http_request_duration_seconds", "Time from the request to its answer.", ["method", "route"])
IN_PROGRESS = Gauge("http_requests_in_progress", "Requests being answered.", multiprocess_mode="livesum")
CONVERSIONS = Counter("conversions_total", "Conversions done.", ["source", "target"])
INFO = Gauge("app_info", "Always 1; the labels say what runs.", ["environment", "version"], multiprocess_mode="max")

# Labels come from this list and from the application's own routes: strangers cannot make new time series.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def exposition() -> Response:
    """The numbers of all workers in Prometheus's text format."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def measure(app: Flask) -> None:
    """Count and time every request of `app`, also those that match no route or end in an error."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        IN_PROGRESS.inc()

    @app.after_request
    def end(response: Response) -> Response:
        method = request.method if request.method in METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "unmatched"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - g.began)
        return response

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        if "began" in g:
            IN_PROGRESS.dec()

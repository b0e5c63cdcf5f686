"""The HTTP service: routes and error answers."""

import logging
import math

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from app import metrics
from app.auth import requires_user
from app.settings import load_settings
from app.units import NotConvertible, convert

VERSION = "1.0.0"

settings = load_settings()
app = Flask(__name__)
app.logger.setLevel(logging.DEBUG if settings.environment == "development" else logging.INFO)
metrics.measure(app)
metrics.INFO.labels(settings.environment, VERSION).set(1)


@app.get("/health")
def health() -> Response:
    """200 while the service can answer. It asks no one else."""
    return jsonify(status="ok", environment=settings.environment)


@app.get("/metrics")
@requires_user(settings.metrics_user, settings.metrics_pass)
def show_metrics() -> Response:
    return metrics.exposition()


@app.get("/convert/<source>/<target>")
def convert_units(source: str, target: str) -> tuple[Response, int] | Response:
    """`?value=1.5`: a value in one unit as a value in another."""
    value = request.args.get("value", type=float)
    if value is None or not math.isfinite(value):
        return jsonify(error="value must be a number, such as ?value=1.5"), 400
    try:
        result = convert(value, source, target)
    except NotConvertible as error:
        return jsonify(error=str(error)), 404
    metrics.CONVERSIONS.labels(source, target).inc()
    app.logger.debug("%s %s are %s %s", value, source, result, target)
    return jsonify(value=result, unit=target)


@app.errorhandler(HTTPException)
def problem(error: HTTPException) -> tuple[Response, int]:
    """Errors answer as JSON, as everything else does."""
    return jsonify(error=error.description), error.code or 500

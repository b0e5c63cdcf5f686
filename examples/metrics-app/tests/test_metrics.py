"""What is counted, in one process."""

from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from tests.conftest import PASSWORD, USER, basic


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_an_answer_is_counted_and_timed_by_route(client: FlaskClient) -> None:
    route = "/convert/<source>/<target>"
    requests = counted("http_requests_total", method="GET", route=route, status="200")
    timed = counted("http_request_duration_seconds_count", method="GET", route=route)
    conversions = counted("conversions_total", source="km", target="m")
    client.get("/convert/km/m?value=1")
    client.get("/convert/km/m?value=2")
    assert counted("http_requests_total", method="GET", route=route, status="200") == requests + 2
    assert counted("http_request_duration_seconds_count", method="GET", route=route) == timed + 2
    assert counted("conversions_total", source="km", target="m") == conversions + 2


def test_strangers_cannot_make_time_series(client: FlaskClient) -> None:
    for path in ("/a", "/b/c", "/convert/parsec/m?value=1"):
        client.open(path, method="BREW")
    text = client.get("/metrics", headers=basic(USER, PASSWORD)).text
    assert 'method="other",route="unmatched",status="404"' in text
    assert "BREW" not in text and "parsec" not in text


def test_an_error_is_counted_as_500_and_leaves_nothing_in_progress() -> None:
    app = Flask("failing")
    metrics.measure(app)

    @app.get("/fails")
    def fails() -> str:
        raise RuntimeError

    app.logger.disabled = True
    assert app.test_client().get("/fails").status_code == 500
    assert counted("http_requests_total", method="GET", route="/fails", status="500") == 1
    assert counted("http_requests_in_progress") == 0


def test_the_text_is_read_by_prometheus_own_parser(client: FlaskClient) -> None:
    text = client.get("/metrics", headers=basic(USER, PASSWORD)).text
    families = {family.name: family.type for family in text_string_to_metric_families(text)}
    assert families["http_requests"] == "counter"
    assert families["http_request_duration_seconds"] == "histogram"
    assert families["http_requests_in_progress"] == "gauge"
    assert 'app_info{environment="production",version="1.0.0"} 1.0' in text

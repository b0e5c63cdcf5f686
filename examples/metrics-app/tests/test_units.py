"""GET /convert and GET /health."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("path", "value", "unit"),
    [
        ("/convert/km/m?value=1.5", 1500, "m"),
        ("/convert/mi/km?value=1", 1.609344, "km"),
        ("/convert/lb/kg?value=2", 0.90718474, "kg"),
        ("/convert/F/C?value=212", 100, "C"),
        ("/convert/C/K?value=-273.15", 0, "K"),
    ],
)
def test_a_value_is_converted(client: FlaskClient, path: str, value: float, unit: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json == {"value": pytest.approx(value), "unit": unit}


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/convert/km/parsec?value=1", 404, "parsec"),
        ("/convert/km/kg?value=1", 404, "mass"),
        ("/convert/km/m", 400, "value"),
        ("/convert/km/m?value=far", 400, "value"),
        ("/convert/km/m?value=nan", 400, "value"),
        ("/nowhere", 404, "not found"),
    ],
)
def test_what_cannot_be_converted_says_why(client: FlaskClient, path: str, status: int, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert says in answer.json["error"]


def test_health_needs_no_password_and_names_the_environment(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "environment": "production"})

"""What requests are answered."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app

NINE = {"starts": "2026-11-23T09:00:00+00:00", "ends": "2026-11-23T10:00:00+00:00"}
TEN = {"starts": "2026-11-23T10:00:00+00:00", "ends": "2026-11-23T11:00:00+00:00"}
WHO = {"calendar": "room 1", "person": "Ada"}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_app(tmp_path / "data/appointments.sqlite").test_client()


def test_health_asks_the_database(client: FlaskClient, tmp_path: Path) -> None:
    assert client.get("/health").status_code == 200
    (tmp_path / "data/appointments.sqlite").unlink()
    assert client.get("/health").status_code == 503


def test_what_is_created_is_listed(client: FlaskClient) -> None:
    made = client.post("/appointments", json=WHO | NINE)
    assert (made.status_code, made.json) == (201, {"id": 1} | WHO | NINE)
    assert client.get("/appointments").json == [made.json]
    assert client.get("/appointments?calendar=room+2").json == []
    assert client.get("/appointments/1").json == made.json


def test_an_overlap_is_refused_and_a_neighbour_is_not(client: FlaskClient) -> None:
    half_past = {"starts": "2026-11-23T10:30:00+01:00", "ends": "2026-11-23T11:30:00+01:00"}
    assert client.post("/appointments", json=WHO | NINE).status_code == 201
    assert client.post("/appointments", json=WHO | half_past).status_code == 409
    assert client.post("/appointments", json=WHO | TEN).status_code == 201
    assert client.post("/appointments", json=WHO | NINE | {"calendar": "room 2"}).status_code == 201


def test_an_appointment_moves_where_there_is_room(client: FlaskClient) -> None:
    client.post("/appointments", json=WHO | NINE)
    client.post("/appointments", json=WHO | TEN)
    assert client.patch("/appointments/1", json=TEN).status_code == 409
    later = {"starts": "2026-11-23T09:00:00+00:00", "ends": "2026-11-23T09:30:00+00:00"}
    assert client.patch("/appointments/1", json=later).json == {"id": 1} | WHO | later
    assert client.patch("/appointments/9", json=later).status_code == 404


def test_a_cancelled_one_makes_room(client: FlaskClient) -> None:
    client.post("/appointments", json=WHO | NINE)
    assert client.delete("/appointments/1").status_code == 204
    assert client.delete("/appointments/1").status_code == 404
    assert client.post("/appointments", json=WHO | NINE).status_code == 201


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (None, "the body must be a JSON object"),
        ({}, "`starts` must be a time such as 2026-11-22T09:00:00+00:00"),
        (NINE, "`calendar` must be a text of 1 to 200 characters"),
        (NINE | WHO | {"person": " "}, "`person` must be a text of 1 to 200 characters"),
        (WHO | NINE | {"ends": NINE["starts"]}, "`ends` must be later than `starts`"),
        (WHO | NINE | {"starts": "2026-11-23T09:00:00"}, "`starts` must have a zone and whole seconds"),
        (WHO | NINE | {"starts": "0001-01-01T00:00:00+14:00"}, "`starts` is out of range"),
    ],
)
def test_what_is_no_appointment_is_named(client: FlaskClient, sent: object, said: str) -> None:
    answer = client.post("/appointments", json=sent)
    assert (answer.status_code, answer.json) == (400, {"detail": said})

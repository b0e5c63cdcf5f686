"""What requests are answered."""

import json
import time

import pytest
from flask.testing import FlaskClient

from src.app import create_app
from src.events import MOST_BYTES
from src.settings import Settings, load_settings
from src.signature import key_of, sign
from tests import sqs_double

PAYLOAD = {"message": {"id": "evt_1", "type": "v2.entry.created"}, "tenantId": "ten_1"}


def client(**settings: str) -> FlaskClient:
    return create_app(Settings(**settings)).test_client()


@pytest.mark.parametrize("path", ["/health", "/health/ready", "/health/live"])
def test_health_is_200(path: str) -> None:
    assert client().get(path).status_code == 200


def test_an_event_is_accepted() -> None:
    answer = client().post("/event", json=PAYLOAD)
    assert (answer.status_code, answer.json) == (202, {"status": "accepted", "id": "evt_1"})


def test_an_invalid_payload_is_answered_with_what_is_wrong() -> None:
    answer = client().post("/event", json={"test": "data"})
    assert (answer.status_code, answer.json) == (400, {"detail": "`message` must be an object"})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null"])
def test_what_is_no_json_is_invalid(body: bytes) -> None:
    assert client().post("/event", data=body, content_type="application/json").status_code == 400


def test_too_large_a_payload_is_refused() -> None:
    answer = client().post("/event", data=b"x" * (MOST_BYTES + 1), content_type="application/json")
    assert answer.status_code == 413


def test_other_paths_and_methods_are_answered_in_json() -> None:
    assert client().get("/nowhere").json is not None
    assert client().get("/event").status_code == 405


def test_with_a_secret_only_signed_events_are_accepted() -> None:
    signing, body, now = client(webhook_secret="a secret"), json.dumps(PAYLOAD).encode(), str(int(time.time()))
    assert signing.post("/event", data=body, content_type="application/json").status_code == 401
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": now,
        "webhook-signature": sign(key_of("a secret"), "msg_1", now, body),
    }
    assert signing.post("/event", data=body, headers=signed, content_type="application/json").status_code == 202


def test_the_secret_is_never_shown() -> None:
    assert "a secret" not in repr(Settings(webhook_secret="a secret"))


@pytest.mark.usefixtures("aws")
def test_what_is_accepted_lies_in_the_queue(queue_url: str) -> None:
    asked = client(queue_url=queue_url)
    assert asked.get("/health/ready").status_code == 200
    assert asked.post("/event", json=PAYLOAD | {"message": {"id": "evt_2", "type": "x"}}).status_code == 202
    assert {"id": "evt_2", "type": "x", "tenant": "ten_1"} in sqs_double.MESSAGES


@pytest.mark.usefixtures("aws")
def test_what_the_queue_does_not_take_is_to_be_sent_again(queue_url: str) -> None:
    answer = client(queue_url=queue_url).post("/event", json={"message": {"id": "lost", "type": "x"}})
    assert answer.status_code == 503


@pytest.mark.usefixtures("aws")
def test_without_its_queue_it_lives_and_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")
    asked = client(queue_url="http://127.0.0.1:1/000000000000/events")
    assert [asked.get(f"/health{path}").status_code for path in ("", "/live", "/ready")] == [200, 200, 503]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not 'LOUD'"),
        ("PORT", "0", "PORT must be a whole number from 1 to 65535, not '0'"),
        ("THREADS", "many", "THREADS must be a whole number from 1 to 64, not 'many'"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="must be") as refused:
        load_settings()
    assert str(refused.value) == said

"""GET /metrics is for METRICS_USER with METRICS_PASS alone."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, USER, basic


def test_the_user_is_let_in(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers=basic(USER, PASSWORD))
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic(USER, ""),
        basic("", PASSWORD),
        basic(USER, PASSWORD + "x"),
        basic(USER, PASSWORD[:-1]),
        basic(USER.upper(), PASSWORD),
        basic("other", PASSWORD),
        {"Authorization": "Basic"},
        {"Authorization": "Basic not-base64!"},
        {"Authorization": "Basic /////w=="},
        {"Authorization": f"Bearer {PASSWORD}"},
        {"Authorization": "Digest username=prometheus"},
    ],
)
def test_everyone_else_is_401_and_sees_no_number(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert "http_requests" not in answer.text


def test_both_words_are_compared_in_constant_time_whatever_the_first_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from werkzeug.datastructures import Authorization

    from app import auth

    compared: list[tuple[bytes, bytes]] = []
    real = auth.hmac.compare_digest
    monkeypatch.setattr(auth.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    given = Authorization("basic", {"username": "wrong", "password": "right"})
    assert not auth.is_user(given, "name", "right")
    assert compared == [(b"wrong", b"name"), (b"right", b"right")]

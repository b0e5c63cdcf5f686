"""A double of SQS, and what AWS's client needs to talk to it."""

import threading
from collections.abc import Iterator

import pytest

from tests import sqs_double

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test-only",
    "AWS_SECRET_ACCESS_KEY": "test-only",
    "AWS_DEFAULT_REGION": "us-east-1",
    # No file of whoever runs the tests, and no question to the machine's metadata.
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="session")
def queue_url() -> Iterator[str]:
    with sqs_double.Server(("127.0.0.1", 0), sqs_double.Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/000000000000/events"
        server.shutdown()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, queue_url: str) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", queue_url.removesuffix("/000000000000/events"))

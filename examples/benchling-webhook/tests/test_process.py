"""The service as a process of its own: start, log, what it writes, stop."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from src.signature import key_of, sign
from tests.conftest import CREDENTIALS
from tests.sqs_double import SLOW_SECONDS

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "src.app"]


class Service:
    """A running service. `stop` sends SIGTERM; `code`, `printed` and `told` are then its exit code and its output."""

    def __init__(self, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.process = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=inherited | CREDENTIALS | {"PORT": str(self.port)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.ask("/health")
                return
            except OSError:
                time.sleep(0.1)
        self.process.kill()
        raise AssertionError(f"it does not answer: {self.process.communicate()}")

    def ask(self, path: str, body: object = None, headers: dict[str, str] | None = None) -> int:
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"} | (headers or {})
        )
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.printed, self.told = self.process.communicate(timeout=120)
        self.code = self.process.returncode


def test_a_healthy_run_logs_that_it_listens_and_nothing_that_alarms_look_for() -> None:
    service = Service(LOG_LEVEL="INFO")
    assert [service.ask(path) for path in ("/health", "/health/ready", "/health/live")] == [200, 200, 200]
    assert service.ask("/event", {"test": "data"}) == 400
    assert service.ask("/event", {"message": {"id": "evt_1", "type": "v2.entry.created"}}) == 202
    service.stop()
    assert (service.code, service.told) == (0, "")
    lines = [json.loads(line) for line in service.printed.splitlines()]
    assert f"Running on http://0.0.0.0:{service.port}" in [line["event"] for line in lines]
    assert [line["id"] for line in lines if line["event"] == "event accepted"] == ["evt_1"]
    assert re.search("error|warning|read-only", service.printed, re.IGNORECASE) is None


def test_it_writes_nowhere_but_to_memory() -> None:
    service = Service(PYTHONPATH=f"{ROOT / 'tests/watched'}:{ROOT}", PYTHONDONTWRITEBYTECODE="1")
    service.ask("/event", {"message": {"id": "evt_1", "type": "v2.entry.created"}})
    service.stop()
    written = {line.removeprefix("written: ") for line in service.told.splitlines() if line.startswith("written: ")}
    assert {path for path in written if path.startswith("/dev/shm/")}, "gunicorn's heartbeat must have been seen"
    assert {path for path in written if not path.startswith("/dev/")} == set()


def test_an_event_in_flight_is_taken_over_after_sigterm(queue_url: str) -> None:
    address = queue_url.removesuffix("/000000000000/events")
    service = Service(QUEUE_URL=queue_url, AWS_ENDPOINT_URL_SQS=address)
    answers: list[int] = []
    slow = {"message": {"id": "slow_1", "type": "x"}}
    asking = threading.Thread(target=lambda: answers.append(service.ask("/event", slow)))
    asking.start()
    time.sleep(SLOW_SECONDS / 3)
    service.stop()
    asking.join(60)
    assert (answers, service.code) == ([202], 0)


def test_no_line_shows_the_secret() -> None:
    service = Service(WEBHOOK_SECRET="top-secret", LOG_LEVEL="DEBUG")
    body, now = b'{"message": {"id": "evt_1", "type": "x"}}', str(int(time.time()))
    signature = sign(key_of("top-secret"), "msg_1", now, body)
    signed = {"webhook-id": "msg_1", "webhook-timestamp": now, "webhook-signature": signature}
    assert [service.ask("/event", body), service.ask("/event", body, signed)] == [401, 202]
    service.stop()
    assert "top-secret" not in service.printed + service.told


def test_a_wrong_setting_ends_the_start_with_one_clear_line() -> None:
    ended = subprocess.run(COMMAND, cwd=ROOT, env=os.environ | {"PORT": "web"}, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr == "benchling-webhook cannot start: PORT must be a whole number from 1 to 65535, not 'web'\n"

"""The service in this process, and as gunicorn runs it."""

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).parent.parent
# Only a machine that is very busy takes this long.
PATIENCE_SECONDS = 300
USER, PASSWORD = "prometheus", "pässword:1"
# Read when app.main is imported, below.
os.environ |= {"METRICS_USER": USER, "METRICS_PASS": PASSWORD}


@pytest.fixture
def client() -> FlaskClient:
    from app.main import app

    return app.test_client()


def basic(name: str, password: str) -> dict[str, str]:
    """The header of RFC 7617."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


class Service:
    """Gunicorn as the start command runs it; all it prints goes to files."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.metrics_folder = folder / "metrics"
        self.stdout, self.stderr = folder / "stdout", folder / "stderr"
        inherited = {name: value for name, value in os.environ.items() if name not in ("METRICS_USER", "METRICS_PASS", "WORKERS", "FLASK_ENV")}
        own = {"PORT": str(self.port), "PROMETHEUS_MULTIPROC_DIR": str(self.metrics_folder)}
        command = [sys.executable, "-m", "gunicorn", "app.main:app"]
        with self.stdout.open("w") as stdout, self.stderr.open("w") as stderr:
            self.process = subprocess.Popen(command, cwd=ROOT, env=inherited | own | environment, stdout=stdout, stderr=stderr)

    def ask(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """A request on a connection of its own, so that any worker may get it."""
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.port}{path}", headers=headers or {}), timeout=PATIENCE_SECONDS) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def scrape(self) -> str:
        status, text = self.ask("/metrics", basic(USER, PASSWORD))
        assert status == 200
        return text

    def worker_pids(self) -> list[int]:
        return [int(line.rsplit(" ", 1)[1]) for line in self.stdout.read_text().splitlines() if "Booting worker with pid" in line]

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def service(folder: Path, **environment: str) -> Iterator[Service]:
    """A service that is up."""
    started = Service(folder, **{"METRICS_USER": USER, "METRICS_PASS": PASSWORD} | environment)
    try:
        wait_until(lambda: is_up(started))
        yield started
    finally:
        started.process.terminate()
        started.process.wait(PATIENCE_SECONDS)
        shutil.rmtree(started.metrics_folder, ignore_errors=True)


def is_up(started: Service) -> bool:
    assert started.process.poll() is None, started.stdout.read_text() + started.stderr.read_text()
    try:
        return started.ask("/health")[0] == 200
    except OSError:
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends, f"not within {PATIENCE_SECONDS} s"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

"""The service as a process of its own: start, log, stop."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests import weather_double
from tests.conftest import DOUBLE, double, free_port, wait_for_port

ROOT = Path(__file__).parent.parent


class Service:
    """A running service; `stop` sends SIGTERM and returns its exit code and all it printed on stdout."""

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(self.port)]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OPENWEATHER_", "REDIS_"))}
        self.process = subprocess.Popen(command, cwd=ROOT, env=inherited | environment, stdout=subprocess.PIPE, text=True)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=30)

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGTERM)
        printed, _ = self.process.communicate(timeout=30)
        return self.process.returncode, printed


@dataclass
class HeldWeatherApi:
    """The double, answering only when the test releases it."""

    address: str
    asked: threading.Event
    release: threading.Event


@contextmanager
def held_weather_api() -> Iterator[HeldWeatherApi]:
    asked, release = threading.Event(), threading.Event()

    class Held(weather_double.Handler):
        def do_GET(self) -> None:
            asked.set()
            release.wait(30)
            super().do_GET()

    with weather_double.Server(("127.0.0.1", 0), Held) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield HeldWeatherApi(f"http://127.0.0.1:{server.server_address[1]}", asked, release)
        release.set()
        server.shutdown()


@contextmanager
def service(**environment: str) -> Iterator[Service]:
    started = Service(**environment)
    try:
        wait_for_port(started.port)
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def test_it_starts_without_its_key_and_says_so_in_one_line() -> None:
    with service() as running:
        assert running.get("/health").json()["api_key_configured"] is False
        exit_code, printed = running.stop()
    warnings = [line for line in printed.splitlines() if "WARNING" in line]
    assert warnings == ["WARNING: OPENWEATHER_API_KEY is not set: /weather answers 503 until it is"]
    assert exit_code in (0, -signal.SIGTERM)


def test_a_request_in_flight_is_answered_after_sigterm() -> None:
    answers: list[httpx.Response] = []
    with held_weather_api() as held, service(OPENWEATHER_API_KEY="test-key", OPENWEATHER_BASE_URL=held.address) as running:
        asking = threading.Thread(target=lambda: answers.append(running.get("/weather/oslo")))
        asking.start()
        assert held.asked.wait(30), "the request must have gone through the service before the signal"
        running.process.send_signal(signal.SIGTERM)
        wait_for_port(running.port, closed=True)
        assert not answers, "the request must still be in flight when the service is stopping"
        held.release.set()
        asking.join()
        exit_code, printed = running.stop()
    assert (answers[0].status_code, answers[0].json()["city"]) == (200, "Oslo")
    assert exit_code in (0, -signal.SIGTERM)
    assert '"GET /weather/oslo HTTP/1.1" 200' in printed


def test_no_log_line_shows_the_key(weather_api: str) -> None:
    with service(OPENWEATHER_API_KEY="top-secret", OPENWEATHER_BASE_URL=weather_api) as running:
        for city in ("oslo", "nowhere", "broken", "garbled"):
            running.get(f"/weather/{city}")
        _, printed = running.stop()
    assert "the weather API answered with status 500" in printed
    assert "top-secret" not in printed


def test_a_wrong_setting_ends_the_start_with_one_clear_line() -> None:
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(free_port())]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | {"CACHE_TTL_SECONDS": "soon"}, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr == "weather-tracker cannot start: CACHE_TTL_SECONDS must be a whole number, at least 1, not 'soon'\n"


def test_the_module_itself_serves_on_port() -> None:
    port = free_port()
    environment = os.environ | {"PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "app.main"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    finally:
        process.terminate()
        process.wait()


def test_the_double_runs_from_its_file_and_wants_a_key() -> None:
    with double([sys.executable, str(DOUBLE)]) as address:
        assert httpx.get(f"{address}/data/2.5/weather", params={"q": "oslo"}).status_code == 401
        assert httpx.get(f"{address}/data/2.5/weather", params={"q": "oslo", "appid": "any"}).status_code == 200

"""The service as it is started: several workers, the environment, signals, the log."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import PASSWORD, PATIENCE_SECONDS, USER, Service, service, wait_until

def conversions(text: str) -> float:
    return sum(s.value for family in text_string_to_metric_families(text) for s in family.samples if s.name == "conversions_total")


def ask_until_two_workers_answered(running: Service) -> int:
    """How often it asked, eight requests at a time. One worker may be up before the others."""
    asked = 0
    while len([path for path in running.metrics_folder.glob("counter_*.db") if b"conversions_total" in path.read_bytes()]) < 2:
        assert asked < 8000, "one worker answers everything"
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: running.ask("/convert/km/m?value=1")[0], range(16)))
        assert answers == [200] * 16
        asked += 16
    return asked


def test_every_scrape_sees_what_all_workers_counted_and_a_killed_one_too(tmp_path: Path) -> None:
    with service(tmp_path, WORKERS="3") as running:
        asked = ask_until_two_workers_answered(running)
        assert [conversions(running.scrape()) for _ in range(6)] == [asked] * 6
        os.kill(running.worker_pids()[0], signal.SIGKILL)
        wait_until(lambda: len(running.worker_pids()) == 4)
        assert [conversions(running.scrape()) for _ in range(6)] == [asked] * 6


def test_a_new_start_counts_from_nothing(tmp_path: Path) -> None:
    stale = tmp_path / "metrics" / "counter_1.db"
    stale.parent.mkdir()
    stale.write_bytes(b"left by a killed run")
    with service(tmp_path) as running:
        assert conversions(running.scrape()) == 0
        assert not stale.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"METRICS_USER": None}, "METRICS_USER is not set"),
        ({"METRICS_PASS": None}, "METRICS_PASS is not set"),
        ({"METRICS_PASS": ""}, "METRICS_PASS is not set"),
        ({"WORKERS": "many"}, "WORKERS must be a whole number, at least 1, not 'many'"),
        ({"WORKERS": "0"}, "WORKERS must be a whole number, at least 1, not '0'"),
    ],
    ids=["no-user", "no-password", "empty-password", "workers-no-number", "workers-zero"],
)
def test_it_ends_with_one_line_before_it_listens_when_a_variable_cannot_be_used(
    tmp_path: Path, changed: dict[str, str | None], says: str
) -> None:
    environment = {"METRICS_USER": USER, "METRICS_PASS": PASSWORD} | changed
    ended = Service(tmp_path, **{name: value for name, value in environment.items() if value is not None})
    assert ended.process.wait(PATIENCE_SECONDS) == 1
    assert ended.stderr.read_text() == f"metrics-app cannot start: {says}\n"
    assert "Listening" not in ended.stdout.read_text()


def test_a_connection_serves_several_requests_and_everything_is_logged_to_stdout(tmp_path: Path) -> None:
    with service(tmp_path) as running:
        connection = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_SECONDS)
        connection.request("GET", "/convert/km/m?value=1")
        connection.getresponse().read()
        socket = connection.sock
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        assert socket is not None and connection.sock is socket
        connection.close()
        running.scrape()
        assert running.stop() == 0
    printed = running.stdout.read_text()
    assert '"GET /convert/km/m?value=1 HTTP/1.1" 200' in printed
    assert "1000.0 m" not in printed, "conversions are logged in development only"
    assert PASSWORD not in printed
    assert running.stderr.read_text() == ""
    assert len(running.worker_pids()) == 3, "WORKERS is not set"


def test_the_example_environment_is_whole_and_each_of_its_variables_counts(tmp_path: Path) -> None:
    """A shell reads env.example; with a user and a password filled in, the service starts on it."""
    example = (Path(__file__).parent.parent / "env.example").read_text()
    filled = example.replace("METRICS_USER=", f"METRICS_USER={USER}").replace("METRICS_PASS=", f"METRICS_PASS='{PASSWORD}'")
    read = subprocess.run(["env", "-i", "sh", "-c", f"set -a\n{filled}\nenv"], capture_output=True, text=True, check=True).stdout
    environment = dict(line.split("=", 1) for line in read.splitlines())
    assert (environment["FLASK_ENV"], environment["WORKERS"]) == ("production", "3")
    chosen = {name: environment[name] for name in ("METRICS_USER", "METRICS_PASS")} | {"FLASK_ENV": "development", "WORKERS": "1"}
    with service(tmp_path, **chosen) as running:
        running.ask("/convert/km/m?value=1")
        assert 'environment="development"' in running.scrape()
        assert running.stop() == 0
    assert "DEBUG app.main: 1.0 km are 1000.0 m" in running.stdout.read_text()
    assert len(running.worker_pids()) == 1

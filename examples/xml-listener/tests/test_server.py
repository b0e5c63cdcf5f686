"""The service as a process, with moto in the place of S3: acknowledgements, rotation, upload, kills, the end."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import boto3
import pytest

ROOT = Path(__file__).parent.parent
BUCKET = "events"
KEYS = {"AWS_ACCESS_KEY_ID": "test-key", "AWS_SECRET_ACCESS_KEY": "test-secret-value", "AWS_REGION": "us-west-2"}
# Only a machine that is very busy takes this long.
PATIENCE_SECONDS = 300


@pytest.fixture(scope="module")
def s3() -> "Iterator[Bucket]":
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, env=os.environ | KEYS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port))
        yield Bucket(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


class Bucket:
    """What has been uploaded."""

    def __init__(self, address: str) -> None:
        self.address = address
        key, secret = KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"]
        self._client = boto3.client(
            "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret
        )
        self._client.create_bucket(Bucket=BUCKET)

    def documents(self, prefix: str) -> list[bytes]:
        found = self._client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [self._client.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read() for each in found]

    def ids(self, prefix: str) -> list[int]:
        """Of all events; every document must be well-formed."""
        return [int(event.attrib["id"]) for each in self.documents(prefix) for event in ElementTree.fromstring(each)]


class Listener:
    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        files = {"CURRENT_FILE": str(folder / "current.xml"), "TEMP_FILE": str(folder / "temp.xml")}
        own = KEYS | files | {"PORT": str(self.port), "BUCKET_NAME": BUCKET, "PYTHONUNBUFFERED": "1"}
        self.log = folder / "log"
        with self.log.open("a") as log:
            command = [sys.executable, "-W", "ignore", "server.py"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own | environment, stdout=log, stderr=log)
        wait_until(lambda: listens(self.port) or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS)

    def send(self, *packets: bytes) -> list[str]:
        """Sends them on one connection, ends it, and returns the lines of the answer."""
        with self.connect() as connection:
            for packet in packets:
                connection.sendall(packet)
            connection.shutdown(socket.SHUT_WR)
            return connection.makefile().read().splitlines()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def listener(folder: Path, **environment: str) -> Iterator[Listener]:
    started = Listener(folder, **environment)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def event(number: int) -> bytes:
    return b'<event id="%d"><name>d\xc3\xb6or</name></event>\n' % number


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends, f"not within {PATIENCE_SECONDS} s"
        time.sleep(0.05)


def test_events_are_acknowledged_one_by_one_and_on_sigterm_uploaded_as_one_document(tmp_path: Path, s3: Bucket) -> None:
    with listener(tmp_path, AWS_ENDPOINT_URL=s3.address, PREFIX="whole/") as running:
        stream = b"".join(event(number) for number in range(6))
        assert running.send(stream[:70], stream[70:71], stream[71:]) == [f"OK {n}" for n in range(1, 7)]
        refused = running.send(event(6) + b"<event id='7'><name></event>" + event(8))
        assert refused == ["OK 1", "ERR 2 mismatched tag, line 1, column 23"]
        assert running.send(b"<event id='9'>") == ["ERR 1 the connection ended before the event did"]
        # The health check connects and says nothing.
        assert running.send() == []
        with running.connect() as open_connection:
            open_connection.sendall(event(10))
            assert open_connection.recv(100) == b"OK 1\n"
            assert running.stop() == 0
            assert open_connection.recv(100) == b""
    assert s3.ids("whole/") == [*range(7), 10]
    log = running.log.read_text()
    assert "event 2 refused: mismatched tag" in log and "Traceback" not in log
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in log
    assert list((tmp_path / "outbox").iterdir()) == []


def test_files_are_rotated_by_size_and_by_time_and_uploaded_meanwhile(tmp_path: Path, s3: Bucket) -> None:
    own = {"AWS_ENDPOINT_URL": s3.address, "PREFIX": "rotated/", "MAX_FILE_SIZE": "200", "ROTATION_INTERVAL": "2"}
    with listener(tmp_path, **own) as running:
        running.send(*(event(number) for number in range(20)))
        wait_until(lambda: sorted(s3.ids("rotated/")) == list(range(20)))
        documents = s3.documents("rotated/")
        assert len(documents) >= 5 and all(len(each) < 400 for each in documents)
        assert running.process.poll() is None, "it was not stopped"


def test_json_holds_the_same_events(tmp_path: Path, s3: Bucket) -> None:
    with listener(tmp_path, AWS_ENDPOINT_URL=s3.address, PREFIX="json/", OUTPUT_FORMAT="json") as running:
        running.send(event(1) + event(2))
        running.stop()
    [document] = s3.documents("json/")
    assert [each["attributes"] for each in json.loads(document)["events"]] == [{"id": "1"}, {"id": "2"}]
    assert json.loads(document)["events"][0]["content"] == [{"name": "name", "attributes": {}, "content": ["döor"]}]


def test_what_cannot_be_uploaded_waits_for_the_next_start(tmp_path: Path, s3: Bucket) -> None:
    with listener(tmp_path, AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}", PREFIX="late/") as running:
        assert running.send(event(1)) == ["OK 1"]
        assert running.stop() == 0
    assert "stays in the outbox" in running.log.read_text()
    with listener(tmp_path, AWS_ENDPOINT_URL=s3.address, PREFIX="late/"):
        wait_until(lambda: s3.ids("late/") == [1])


def test_killed_again_and_again_under_load_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, s3: Bucket) -> None:
    draw = random.Random(1)
    own = {"AWS_ENDPOINT_URL": s3.address, "PREFIX": "killed/", "MAX_FILE_SIZE": "500"}
    acknowledged, sent = [], 0
    for _ in range(4):
        with listener(tmp_path, **own) as running, running.connect() as connection:
            answers, ends = connection.makefile(), time.monotonic() + draw.uniform(0.05, 1)
            while time.monotonic() < ends:
                batch = range(sent, sent + draw.randrange(1, 8))
                sent = batch.stop
                connection.sendall(b"".join(map(event, batch)))
                for number in batch:
                    assert answers.readline().startswith("OK ")
                    acknowledged.append(number)
            # A last batch whose answers nobody waits for: the kill falls into its middle.
            connection.sendall(b"".join(map(event, range(sent, sent + 50))))
            sent += 50
            time.sleep(draw.uniform(0, 0.02))
            running.process.kill()
    with listener(tmp_path, **own) as running:
        assert running.stop() == 0
    found = s3.ids("killed/")
    assert len(found) == len(set(found)), "none is there twice"
    assert set(acknowledged) <= set(found) <= set(range(sent))
    assert len(acknowledged) > 8


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"BUCKET_NAME": ""}, "BUCKET_NAME is not set"),
        ({"AWS_ACCESS_KEY_ID": ""}, "AWS_ACCESS_KEY_ID is not set"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY is not set"),
        ({"AWS_REGION": ""}, "AWS_REGION is not set"),
        ({"OUTPUT_FORMAT": "csv"}, "OUTPUT_FORMAT must be xml or json, not 'csv'"),
        ({"MAX_FILE_SIZE": "10MB"}, "MAX_FILE_SIZE must be a whole number, at least 1, not '10MB'"),
        ({"PORT": "70000"}, "PORT must be a whole number from 1 to 65535, not '70000'"),
    ],
    ids=["bucket", "key", "secret", "region", "format", "size", "port"],
)
def test_a_setting_that_cannot_be_used_ends_the_start_with_one_line(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], says: str
) -> None:
    from listener.settings import load_settings

    for name, value in (KEYS | {"BUCKET_NAME": BUCKET} | changed).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=f"^xml-listener cannot start: {says}$"):
        load_settings()


def test_settings_have_the_defaults_of_the_design(monkeypatch: pytest.MonkeyPatch) -> None:
    from listener.settings import load_settings

    for name in ("PORT", "PREFIX", "ROTATION_INTERVAL", "MAX_FILE_SIZE", "OUTPUT_FORMAT", "CURRENT_FILE", "TEMP_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (KEYS | {"BUCKET_NAME": BUCKET}).items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.port, settings.prefix, settings.output_format) == (8080, "xml-events/", "xml")
    assert (settings.rotation_seconds, settings.max_file_bytes) == (3600, 10_485_760)
    assert (str(settings.current_file), str(settings.temp_file)) == ("/app/data/current.xml", "/app/data/temp.xml")

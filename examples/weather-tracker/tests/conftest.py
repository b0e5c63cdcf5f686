"""Real neighbours for the tests: the double of the weather API, and a Redis server where there is one."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app import main
from app.settings import load_settings

DOUBLE = Path(__file__).with_name("weather_double.py")
OpenClient = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def weather_api() -> Iterator[str]:
    """The double's address. Started from its text alone, as a container without the file would."""
    with double([sys.executable, "-c", DOUBLE.read_text()]) as address:
        yield address


class double:
    """Runs a command that starts the double on a free port, and stops it at the end."""

    def __init__(self, command: list[str]) -> None:
        self.command = command

    def __enter__(self) -> str:
        environment = os.environ | {"WEATHER_DOUBLE_PORT": "0"}
        self.process = subprocess.Popen(self.command, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        return self.process.stdout.readline().split()[-1]

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate()


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not on PATH (Debian package redis-server)")
    port = free_port()
    folder = str(tmp_path_factory.mktemp("redis"))
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def open_client(monkeypatch: pytest.MonkeyPatch, weather_api: str) -> OpenClient:
    """Opens the service in this process, with settings of the test's choice, and a client to it."""

    @asynccontextmanager
    async def opened(**changed: object) -> AsyncIterator[httpx.AsyncClient]:
        usual = {"openweather_api_key": "test-key", "openweather_base_url": weather_api, "redis_host": None}
        monkeypatch.setattr(main, "settings", replace(load_settings(), **(usual | changed)))
        transport = httpx.ASGITransport(main.app)
        async with main.app.router.lifespan_context(main.app), httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client

    return opened


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, closed: bool = False) -> None:
    """Until something listens there or, with `closed`, until nothing does any more."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if (probe.connect_ex(("127.0.0.1", port)) != 0) == closed:
                return
        time.sleep(0.05)
    raise TimeoutError(f"port {port} is still {'open' if closed else 'closed'}")

"""gunicorn, started from Python: `python -m src.app` is production-grade without a command line of its own."""

from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from src.settings import Settings

log = structlog.get_logger()

# ECS sends SIGKILL 30 s after SIGTERM: what is in flight has to be done before.
GRACE_SECONDS = 25


class Logger:
    """gunicorn's words go where ours go; it would name its logger `gunicorn.error`, which alarms look for."""

    def __init__(self, cfg: object) -> None:
        self._log = structlog.get_logger()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def access(self, *args: object) -> None:
        """Each event has its own line already."""

    def reopen_files(self) -> None: ...

    def close_on_exec(self) -> None: ...


class Server(BaseApplication):
    """One worker process with threads; more containers scale it."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"0.0.0.0:{self._settings.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": self._settings.threads,
            "graceful_timeout": GRACE_SECONDS,
            # In memory, and writable under a read-only root without a mount.
            "worker_tmp_dir": "/dev/shm",  # noqa: S108
            # It would be a file in the home folder.
            "control_socket_disable": True,
            "logger_class": Logger,
            "when_ready": running,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def running(server: Arbiter) -> None:
    for address in server.address:
        log.info(f"Running on http://{address[0]}:{address[1]}")


def serve(app: Flask, settings: Settings) -> None:
    """Until SIGTERM."""
    Server(app, settings).run()

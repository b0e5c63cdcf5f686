"""How gunicorn runs the service (gunicorn's manual, "Settings")."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

# Before prometheus_client is imported anywhere: it looks at this once.
METRICS_FOLDER = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", "/tmp/metrics-app"))
METRICS_FOLDER.mkdir(exist_ok=True)
if "prometheus_client" not in sys.modules:
    # Numbers of an earlier run are thrown away; SIGHUP, which reads this file again, keeps those of this one.
    for entry in METRICS_FOLDER.iterdir():
        entry.unlink()

# All interfaces: in a container the port is published from outside.
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
WORKERS = os.environ.get("WORKERS", "3")
if not WORKERS.isdecimal() or int(WORKERS) < 1:
    sys.exit(f"metrics-app cannot start: WORKERS must be a whole number, at least 1, not {WORKERS!r}")
workers = int(WORKERS)
# Imported once, before the port is opened: settings that are missing end the start there, and workers share its memory.
preload_app = True
# Threads, because a worker of the default class closes each connection after its answer: `keepalive` is for these alone.
worker_class = "gthread"
threads = 4

# Seconds. A worker that is silent for longer is replaced.
timeout = 60
# How long a connection waits for its next request: longer than most load balancers ask again.
keepalive = 5
# On SIGTERM: what requests in flight may take; shorter than the orchestrator's patience of 30 s.
graceful_timeout = 25

# The heartbeat lies in memory: a disk may stall it (gunicorn's FAQ).
worker_tmp_dir = "/dev/shm"
# Nobody asks a control socket here, and the root is read-only.
control_socket_disable = True

accesslog = "-"
# Everything goes to stdout, in one format; gunicorn itself would log to stderr.
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stdout"}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "INFO", "handlers": [], "propagate": True},
    },
}


def child_exit(server: "Arbiter", worker: "Worker") -> None:
    """A worker that ended counts no longer as live; what it has counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)

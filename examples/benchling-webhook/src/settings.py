"""What the environment says. Nothing is required: without a queue, events are only logged."""

import os
from dataclasses import dataclass, field

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Settings:
    """Read once, when the service starts."""

    port: int = 5000
    log_level: str = "INFO"
    # Requests that one container serves at the same time.
    threads: int = 8
    # Address of an SQS queue that takes what is accepted.
    queue_url: str | None = None
    # What Benchling signs its requests with; without it, signatures are not checked.
    webhook_secret: str | None = field(default=None, repr=False)


def load_settings() -> Settings:
    """Raises ValueError, with one line for people, where a value cannot be used."""
    log_level = os.environ.get("LOG_LEVEL", "INFO").upper()
    if log_level not in LOG_LEVELS:
        raise ValueError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {log_level!r}")
    return Settings(
        port=_between("PORT", os.environ.get("PORT", "5000"), 1, 65535),
        log_level=log_level,
        threads=_between("THREADS", os.environ.get("THREADS", "8"), 1, 64),
        queue_url=os.environ.get("QUEUE_URL") or None,
        webhook_secret=os.environ.get("WEBHOOK_SECRET") or None,
    )


def _between(name: str, text: str, least: int, most: int) -> int:
    if text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise ValueError(f"{name} must be a whole number from {least} to {most}, not {text!r}")

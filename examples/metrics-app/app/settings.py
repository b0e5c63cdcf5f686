"""What the service reads from its environment, once, before it listens."""

import os
import sys
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings, checked. The password is left out of `repr`, so that no log shows it."""

    environment: str
    metrics_user: str
    metrics_pass: str = field(repr=False)


def load_settings() -> Settings:
    """Read the environment. An empty name or password counts as not set.

    Ends the process with one line that names the variable, when a required one is missing.
    """
    metrics_user = os.environ.get("METRICS_USER")
    if not metrics_user:
        sys.exit("metrics-app cannot start: METRICS_USER is not set")
    metrics_pass = os.environ.get("METRICS_PASS")
    if not metrics_pass:
        sys.exit("metrics-app cannot start: METRICS_PASS is not set")
    return Settings(
        environment=os.environ.get("FLASK_ENV", "production"),
        metrics_user=metrics_user,
        metrics_pass=metrics_pass,
    )

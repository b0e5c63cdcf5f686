"""What the service reads from its environment, once, when it is imported."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings, checked. The key is left out of `repr`, so that no log shows it."""

    openweather_api_key: str | None = field(repr=False)
    openweather_base_url: str
    redis_host: str | None
    redis_port: int
    cache_ttl_seconds: int
    port: int


def load_settings() -> Settings:
    """Read the environment. An empty value counts as not set.

    Raises ValueError, naming the variable, when a value cannot be used.
    """
    return Settings(
        openweather_api_key=os.environ.get("OPENWEATHER_API_KEY") or None,
        openweather_base_url=_url("OPENWEATHER_BASE_URL", os.environ.get("OPENWEATHER_BASE_URL") or "https://api.openweathermap.org"),
        redis_host=os.environ.get("REDIS_HOST") or None,
        redis_port=_port("REDIS_PORT", _without_service_link(os.environ.get("REDIS_PORT") or "6379")),
        cache_ttl_seconds=_number("CACHE_TTL_SECONDS", os.environ.get("CACHE_TTL_SECONDS") or "600", least=1),
        port=_port("PORT", os.environ.get("PORT") or "8000"),
    )


def _without_service_link(value: str) -> str:
    # Beside a Service named redis, Kubernetes sets REDIS_PORT to tcp://10.0.0.1:6379.
    return value.rpartition(":")[2] if value.startswith("tcp://") else value


def _url(name: str, value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError(f"{name} must start with http:// or https://, not be {value!r}")
    return value


def _port(name: str, value: str) -> int:
    return _number(name, value, least=1, most=65535)


def _number(name: str, value: str, least: int, most: int | None = None) -> int:
    allowed = f"a whole number from {least} to {most}" if most else f"a whole number, at least {least}"
    if not value.isascii() or not value.isdigit():
        raise ValueError(f"{name} must be {allowed}, not {value!r}")
    number = int(value)
    if number < least or (most and number > most):
        raise ValueError(f"{name} must be {allowed}, not {value!r}")
    return number

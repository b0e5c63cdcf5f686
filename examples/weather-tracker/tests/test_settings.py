"""The environment: defaults, and values that cannot be used."""

import pytest

from app.settings import load_settings

NAMES = ("OPENWEATHER_API_KEY", "OPENWEATHER_BASE_URL", "REDIS_HOST", "REDIS_PORT", "CACHE_TTL_SECONDS", "PORT")


@pytest.mark.parametrize("empty", [False, True])
def test_nothing_needs_to_be_set(monkeypatch: pytest.MonkeyPatch, empty: bool) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "") if empty else monkeypatch.delenv(name, raising=False)
    settings = load_settings()
    assert (settings.openweather_api_key, settings.redis_host) == (None, None)
    assert settings.openweather_base_url == "https://api.openweathermap.org"
    assert (settings.redis_port, settings.cache_ttl_seconds, settings.port) == (6379, 600, 8000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("REDIS_PORT", "-1"),
        ("CACHE_TTL_SECONDS", "0"),
        ("CACHE_TTL_SECONDS", "1.5"),
        ("OPENWEATHER_BASE_URL", "api.example.com"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"^{name} must .*{value}"):
        load_settings()


def test_the_redis_port_that_kubernetes_sets_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_PORT", "tcp://10.0.0.11:6380")
    assert load_settings().redis_port == 6380


def test_the_key_is_not_printed_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENWEATHER_API_KEY", "top-secret")
    assert "top-secret" not in repr(load_settings())

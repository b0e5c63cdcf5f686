"""GET /weather/{city} and GET /health, against the double of the weather API."""

import pytest

from tests.conftest import OpenClient, free_port

pytestmark = pytest.mark.anyio


async def test_a_city_answers_its_weather(open_client: OpenClient) -> None:
    async with open_client() as client:
        response = await client.get("/weather/oslo")
    body = response.json()
    assert response.status_code == 200
    assert body.pop("observed_at").endswith("Z")
    assert body == {
        "city": "Oslo",
        "country": "NO",
        "description": "broken clouds",
        "temperature_celsius": 4.2,
        "feels_like_celsius": 2.7,
        "humidity_percent": 81,
        "pressure_hpa": 1013,
        "wind_metres_per_second": 3.1,
        "cached": False,
    }


async def test_the_second_answer_comes_from_the_cache_whatever_the_case(open_client: OpenClient) -> None:
    async with open_client() as client:
        first = (await client.get("/weather/São Paulo")).json()
        second = (await client.get("/weather/SÃO PAULO")).json()
    assert second == first | {"cached": True}


async def test_an_unknown_city_is_404_and_named(open_client: OpenClient) -> None:
    async with open_client() as client:
        response = await client.get("/weather/nowhere")
    assert response.status_code == 404
    assert "nowhere" in response.json()["detail"]


@pytest.mark.parametrize(("city", "says"), [("broken", "status 500"), ("garbled", "no weather report")])
async def test_an_unusable_answer_of_the_weather_api_is_502(open_client: OpenClient, city: str, says: str) -> None:
    async with open_client() as client:
        response = await client.get(f"/weather/{city}")
    assert response.status_code == 502
    assert says in response.json()["detail"]


async def test_a_refused_key_is_502_and_the_key_is_not_shown(open_client: OpenClient) -> None:
    async with open_client(openweather_api_key="invalid-secret") as client:
        response = await client.get("/weather/oslo")
    assert response.status_code == 502
    assert "refused the key" in response.json()["detail"]
    assert "invalid-secret" not in response.text


async def test_a_weather_api_that_is_away_is_502(open_client: OpenClient) -> None:
    async with open_client(openweather_base_url=f"http://127.0.0.1:{free_port()}") as client:
        response = await client.get("/weather/oslo")
    assert response.status_code == 502
    assert "could not be reached" in response.json()["detail"]


async def test_a_weather_api_that_is_too_slow_is_502(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.main.UPSTREAM_TIMEOUT_SECONDS", 0.2)
    async with open_client() as client:
        response = await client.get("/weather/slowville")
    assert response.status_code == 502
    assert "did not answer in time" in response.json()["detail"]


async def test_failures_are_not_cached(open_client: OpenClient, weather_api: str) -> None:
    async with open_client() as client:
        for _ in range(2):
            assert (await client.get("/weather/broken")).status_code == 502


async def test_without_a_key_weather_is_503_and_health_is_200(open_client: OpenClient) -> None:
    async with open_client(openweather_api_key=None) as client:
        weather, health = await client.get("/weather/oslo"), await client.get("/health")
    assert weather.status_code == 503
    assert "OPENWEATHER_API_KEY" in weather.json()["detail"]
    assert (health.status_code, health.json()) == (200, {"status": "ok", "cache": "memory", "api_key_configured": False})


async def test_a_blank_or_endless_city_is_422(open_client: OpenClient) -> None:
    async with open_client() as client:
        for city in ("%20", "x" * 101):
            assert (await client.get(f"/weather/{city}")).status_code == 422

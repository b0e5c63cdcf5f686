"""The current weather of one city, from the OpenWeather API."""

from datetime import datetime

import httpx
from pydantic import BaseModel, ValidationError

from app.cache import Store

# Below the ten seconds that a container is commonly given to stop: a request in flight can still be answered.
UPSTREAM_TIMEOUT_SECONDS = 5.0


class Weather(BaseModel):
    """What GET /weather/{city} answers."""

    city: str
    country: str | None
    description: str
    temperature_celsius: float
    feels_like_celsius: float
    humidity_percent: int
    pressure_hpa: int
    wind_metres_per_second: float
    observed_at: datetime
    cached: bool


class KeyMissing(Exception):
    """No OPENWEATHER_API_KEY is configured."""


class CityUnknown(Exception):
    """The weather API knows no such city."""


class UpstreamFailed(Exception):
    """The weather API did not give a usable answer; the message says what it did instead."""


class WeatherService:
    """Answers from the store where it can, and asks the weather API otherwise."""

    def __init__(self, client: httpx.AsyncClient, store: Store, api_key: str | None) -> None:
        self._client = client
        self._store = store
        self._api_key = api_key

    async def current(self, city: str) -> Weather:
        """The weather in `city` now. Raises KeyMissing, CityUnknown or UpstreamFailed."""
        if self._api_key is None:
            raise KeyMissing
        if (known := await self._cached(city)) is not None:
            return known
        weather = await self._ask(city, self._api_key)
        await self._store.put(city.casefold(), weather.model_dump_json())
        return weather

    async def _cached(self, city: str) -> Weather | None:
        known = await self._store.get(city.casefold())
        if known is None:
            return None
        try:
            return Weather.model_validate_json(known).model_copy(update={"cached": True})
        except ValidationError:
            # Written by another version of this service, with which the Redis is shared.
            return None

    async def _ask(self, city: str, api_key: str) -> Weather:
        query = {"q": city, "units": "metric", "appid": api_key}
        try:
            response = await self._client.get("/data/2.5/weather", params=query)
        except httpx.TimeoutException as error:
            raise UpstreamFailed("did not answer in time") from error
        except httpx.HTTPError as error:
            raise UpstreamFailed("could not be reached") from error
        return _read(response)


class _Sky(BaseModel):
    description: str


class _Main(BaseModel):
    temp: float
    feels_like: float
    humidity: int
    pressure: int


class _Wind(BaseModel):
    speed: float


class _Sys(BaseModel):
    country: str | None = None


class _Report(BaseModel):
    """The part of OpenWeather's "current weather data" that is used here."""

    name: str
    dt: datetime
    weather: list[_Sky]
    main: _Main
    wind: _Wind
    sys: _Sys


def _read(response: httpx.Response) -> Weather:
    if response.status_code == 404:
        raise CityUnknown
    if response.status_code == 401:
        raise UpstreamFailed("refused the key in OPENWEATHER_API_KEY")
    if response.status_code != 200:
        raise UpstreamFailed(f"answered with status {response.status_code}")
    try:
        report = _Report.model_validate_json(response.content)
    except ValidationError as error:
        raise UpstreamFailed("answered with something that is no weather report") from error
    return Weather(
        city=report.name,
        country=report.sys.country,
        description=", ".join(sky.description for sky in report.weather),
        temperature_celsius=report.main.temp,
        feels_like_celsius=report.main.feels_like,
        humidity_percent=report.main.humidity,
        pressure_hpa=report.main.pressure,
        wind_metres_per_second=report.wind.speed,
        observed_at=report.dt,
        cached=False,
    )

"""The HTTP service: routes, error answers, start and stop."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request, Response, status
from fastapi import Path as PathParameter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints

from app.cache import Store, StoreUnavailable, open_store
from app.settings import load_settings
from app.weather import UPSTREAM_TIMEOUT_SECONDS, CityUnknown, KeyMissing, UpstreamFailed, Weather, WeatherService

logger = logging.getLogger("weather_tracker")

# Bounds what strangers can make this service remember.
MOST_CITIES = 500

try:
    settings = load_settings()
except ValueError as error:
    sys.exit(f"weather-tracker cannot start: {error}")


def log_to_stdout() -> None:
    """This service's own log only: httpx would log each request's address, and with it the key."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens what requests share, and closes it after the last one is answered."""
    log_to_stdout()
    if settings.openweather_api_key is None:
        logger.warning("OPENWEATHER_API_KEY is not set: /weather answers 503 until it is")
    store = open_store(settings.redis_host, settings.redis_port, settings.cache_ttl_seconds)
    logger.info("answers are cached in %s for %d s", store.kind, settings.cache_ttl_seconds)
    try:
        async with httpx.AsyncClient(base_url=settings.openweather_base_url, timeout=UPSTREAM_TIMEOUT_SECONDS) as client:
            app.state.store = store
            app.state.weather = WeatherService(client, store, settings.openweather_api_key)
            yield
    finally:
        await store.close()


app = FastAPI(
    title="Weather Tracker",
    description="Production-ready FastAPI weather tracking application",
    version="1.0.0",
    lifespan=lifespan,
)

CityName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class City(BaseModel):
    """A city to follow, and the answer when it is."""

    name: CityName


class Problem(BaseModel):
    """What every error answers."""

    detail: str


class Health(BaseModel):
    """What GET /health answers. It asks no one else: a weather API that is down is no reason to restart this."""

    status: Literal["ok"] = "ok"
    cache: Literal["redis", "memory"]
    api_key_configured: bool


def the_store(request: Request) -> Store:
    return request.app.state.store


def the_weather(request: Request) -> WeatherService:
    return request.app.state.weather


StoreDependency = Annotated[Store, Depends(the_store)]
WeatherDependency = Annotated[WeatherService, Depends(the_weather)]


@app.get("/health")
async def health(store: StoreDependency) -> Health:
    return Health(cache=store.kind, api_key_configured=settings.openweather_api_key is not None)


@app.get("/weather/{city}", responses={code: {"model": Problem} for code in (404, 502, 503)})
async def current_weather(city: Annotated[CityName, PathParameter()], weather: WeatherDependency) -> Weather:
    try:
        return await weather.current(city)
    except CityUnknown:
        raise HTTPException(404, f"the weather API knows no city named {city!r}") from None


@app.get("/cities", responses={503: {"model": Problem}})
async def tracked_cities(store: StoreDependency) -> list[City]:
    return [City(name=name) for name in await store.cities()]


@app.post("/cities", status_code=201, responses={200: {"model": City}, 409: {"model": Problem}, 503: {"model": Problem}})
async def track_city(city: City, response: Response, store: StoreDependency) -> City:
    """201 when the city is new, 200 when it was tracked before."""
    if len(await store.cities()) >= MOST_CITIES:
        raise HTTPException(409, f"{MOST_CITIES} cities are tracked, which is the limit: remove one first")
    if not await store.add_city(city.name):
        response.status_code = status.HTTP_200_OK
    return city


@app.delete("/cities/{name}", status_code=204, responses={404: {"model": Problem}, 503: {"model": Problem}})
async def forget_city(name: Annotated[CityName, PathParameter()], store: StoreDependency) -> None:
    if not await store.remove_city(name):
        raise HTTPException(404, f"no city named {name!r} is tracked")


@app.exception_handler(KeyMissing)
async def key_missing(request: Request, error: KeyMissing) -> JSONResponse:
    return JSONResponse({"detail": "no weather: OPENWEATHER_API_KEY is not set on this server"}, 503)


@app.exception_handler(UpstreamFailed)
async def upstream_failed(request: Request, error: UpstreamFailed) -> JSONResponse:
    logger.warning("%s: the weather API %s", request.url.path, error)
    return JSONResponse({"detail": f"no weather: the weather API {error}"}, 502)


@app.exception_handler(StoreUnavailable)
async def store_unavailable(request: Request, error: StoreUnavailable) -> JSONResponse:
    logger.warning("%s: Redis is not available: %s", request.url.path, error.__cause__)
    return JSONResponse({"detail": "the list of cities is not available now: Redis cannot be reached"}, 503)


if __name__ == "__main__":
    import uvicorn

    # All interfaces: in a container the port is published from outside.
    uvicorn.run(app, host="0.0.0.0", port=settings.port)

"""The store in Redis."""

import logging
from typing import Literal

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.cache import StoreUnavailable

logger = logging.getLogger("weather_tracker.cache")

REDIS_TIMEOUT_SECONDS = 1.0
ANSWERS = "weather-tracker:answer:"
CITIES = "weather-tracker:cities"


class RedisStore:
    """Shared by all workers and replicas. While Redis is away answers come uncached, with a warning."""

    kind: Literal["redis"] = "redis"

    def __init__(self, host: str, port: int, ttl_seconds: int) -> None:
        self._ttl_seconds = ttl_seconds
        self._redis: Redis = Redis(
            host=host,
            port=port,
            decode_responses=True,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            # One more try covers a connection that Redis closed while it was idle.
            retry=Retry(NoBackoff(), 1),
        )

    async def get(self, key: str) -> str | None:
        try:
            return await self._redis.get(ANSWERS + key)
        except RedisError as error:
            logger.warning("Redis cannot be read, going on without the cache: %s", error)
            return None

    async def put(self, key: str, value: str) -> None:
        try:
            await self._redis.set(ANSWERS + key, value, ex=self._ttl_seconds)
        except RedisError as error:
            logger.warning("Redis cannot be written, going on without the cache: %s", error)

    async def cities(self) -> list[str]:
        try:
            return sorted(await self._redis.hvals(CITIES))
        except RedisError as error:
            raise StoreUnavailable from error

    async def add_city(self, name: str) -> bool:
        try:
            return bool(await self._redis.hsetnx(CITIES, name.casefold(), name))
        except RedisError as error:
            raise StoreUnavailable from error

    async def remove_city(self, name: str) -> bool:
        try:
            return bool(await self._redis.hdel(CITIES, name.casefold()))
        except RedisError as error:
            raise StoreUnavailable from error

    async def close(self) -> None:
        await self._redis.aclose()

"""How long answers are kept, and what happens when they cannot be."""

import pytest
from redis.asyncio import Redis

from app.cache import MEMORY_ENTRIES, MemoryStore
from app.redis_store import ANSWERS
from tests.conftest import OpenClient, free_port

pytestmark = pytest.mark.anyio


async def test_memory_keeps_an_answer_until_its_time_is_over() -> None:
    now = 0.0
    store = MemoryStore(ttl_seconds=60, clock=lambda: now)
    await store.put("oslo", "cold")
    now = 59.9
    assert await store.get("oslo") == "cold"
    now = 60.0
    assert await store.get("oslo") is None


async def test_memory_drops_the_oldest_answer_when_it_is_full() -> None:
    store = MemoryStore(ttl_seconds=60)
    for number in range(MEMORY_ENTRIES + 1):
        await store.put(str(number), "x")
    assert await store.get("0") is None
    assert await store.get("1") == "x"


async def test_redis_keeps_an_answer_across_restarts_and_for_its_time(open_client: OpenClient, redis_port: int) -> None:
    settings = {"redis_host": "127.0.0.1", "redis_port": redis_port, "cache_ttl_seconds": 120}
    async with open_client(**settings) as client:
        assert (await client.get("/health")).json()["cache"] == "redis"
        first = (await client.get("/weather/singapore")).json()
    async with open_client(**settings) as client:
        second = (await client.get("/weather/singapore")).json()
    async with Redis(port=redis_port) as redis:
        left = await redis.ttl(ANSWERS + "singapore")
    assert (first["cached"], second["cached"]) == (False, True)
    assert 0 < left <= 120


async def test_an_answer_that_another_version_wrote_is_asked_anew(open_client: OpenClient, redis_port: int) -> None:
    async with Redis(port=redis_port) as redis:
        await redis.set(ANSWERS + "london", '{"shape": "older"}')
    async with open_client(redis_host="127.0.0.1", redis_port=redis_port) as client:
        response = await client.get("/weather/london")
    assert (response.status_code, response.json()["cached"]) == (200, False)


async def test_while_redis_is_away_weather_is_answered_uncached(
    open_client: OpenClient, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_client(redis_host="127.0.0.1", redis_port=free_port()) as client:
        answers = [(await client.get("/weather/oslo")).json() for _ in range(2)]
        health = await client.get("/health")
    assert [answer["cached"] for answer in answers] == [False, False]
    assert health.status_code == 200
    assert "WARNING: Redis cannot be read" in capsys.readouterr().out

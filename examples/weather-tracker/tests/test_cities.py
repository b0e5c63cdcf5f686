"""The list of tracked cities, the same over both stores."""

import pytest
from redis.asyncio import Redis

from tests.conftest import OpenClient, free_port

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "redis"])
async def store_settings(request: pytest.FixtureRequest) -> dict[str, object]:
    if request.param == "memory":
        return {}
    port = request.getfixturevalue("redis_port")
    async with Redis(port=port) as redis:
        await redis.flushall()
    return {"redis_host": "127.0.0.1", "redis_port": port}


async def test_a_city_is_tracked_listed_and_forgotten(open_client: OpenClient, store_settings: dict[str, object]) -> None:
    async with open_client(**store_settings) as client:
        added = await client.post("/cities", json={"name": " Oslo "})
        await client.post("/cities", json={"name": "Nairobi"})
        assert (added.status_code, added.json()) == (201, {"name": "Oslo"})
        assert (await client.get("/cities")).json() == [{"name": "Nairobi"}, {"name": "Oslo"}]
        assert (await client.delete("/cities/OSLO")).status_code == 204
        assert (await client.get("/cities")).json() == [{"name": "Nairobi"}]


async def test_a_city_tracked_twice_is_200_and_listed_once(open_client: OpenClient, store_settings: dict[str, object]) -> None:
    async with open_client(**store_settings) as client:
        answers = [await client.post("/cities", json={"name": name}) for name in ("Oslo", "oslo")]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert (await client.get("/cities")).json() == [{"name": "Oslo"}]


async def test_a_city_that_is_not_tracked_cannot_be_forgotten(open_client: OpenClient, store_settings: dict[str, object]) -> None:
    async with open_client(**store_settings) as client:
        response = await client.delete("/cities/atlantis")
    assert response.status_code == 404
    assert "atlantis" in response.json()["detail"]


async def test_the_list_has_a_limit(
    open_client: OpenClient, store_settings: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.main.MOST_CITIES", 2)
    async with open_client(**store_settings) as client:
        answers = [await client.post("/cities", json={"name": name}) for name in ("Oslo", "London", "Nairobi")]
    assert [answer.status_code for answer in answers] == [201, 201, 409]


async def test_a_body_without_a_name_is_422(open_client: OpenClient) -> None:
    async with open_client() as client:
        for body in ({}, {"name": " "}, {"name": 3}):
            assert (await client.post("/cities", json=body)).status_code == 422


async def test_while_redis_is_away_the_list_is_503(open_client: OpenClient) -> None:
    async with open_client(redis_host="127.0.0.1", redis_port=free_port()) as client:
        answers = [
            await client.get("/cities"),
            await client.post("/cities", json={"name": "Oslo"}),
            await client.delete("/cities/oslo"),
        ]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert "Redis" in answers[0].json()["detail"]

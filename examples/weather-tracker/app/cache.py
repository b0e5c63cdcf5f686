"""Where answers and the list of cities are kept: in Redis, or in this process's memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal, Protocol

# Enough for every city that people ask for at one time; bounds the memory of a long-running process.
MEMORY_ENTRIES = 1024


class StoreUnavailable(Exception):
    """The list of cities cannot be read or changed now."""


class Store(Protocol):
    """Answers may be lost at any time; the list of cities may not, so its methods raise StoreUnavailable."""

    kind: Literal["redis", "memory"]

    async def get(self, key: str) -> str | None: ...
    async def put(self, key: str, value: str) -> None: ...
    async def cities(self) -> list[str]: ...
    async def add_city(self, name: str) -> bool: ...
    async def remove_city(self, name: str) -> bool: ...
    async def close(self) -> None: ...


def open_store(redis_host: str | None, redis_port: int, ttl_seconds: int) -> Store:
    """Redis where a host is given, memory otherwise. Connects at first use, so Redis may start later."""
    if redis_host is None:
        return MemoryStore(ttl_seconds)
    # Only where it is used: the redis package is a fifth of all the code that this service loads.
    from app.redis_store import RedisStore

    return RedisStore(redis_host, redis_port, ttl_seconds)


class MemoryStore:
    """Of this process alone: lost at its end, and not shared between workers."""

    kind: Literal["memory"] = "memory"

    def __init__(self, ttl_seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl_seconds = ttl_seconds
        self._clock = clock
        self._answers: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._cities: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        ends, value = self._answers.get(key, (0.0, None))
        return value if self._clock() < ends else None

    async def put(self, key: str, value: str) -> None:
        self._answers[key] = (self._clock() + self._ttl_seconds, value)
        self._answers.move_to_end(key)
        if len(self._answers) > MEMORY_ENTRIES:
            self._answers.popitem(last=False)

    async def cities(self) -> list[str]:
        return sorted(self._cities.values())

    async def add_city(self, name: str) -> bool:
        added = name.casefold() not in self._cities
        self._cities.setdefault(name.casefold(), name)
        return added

    async def remove_city(self, name: str) -> bool:
        return self._cities.pop(name.casefold(), None) is not None

    async def close(self) -> None:
        return None

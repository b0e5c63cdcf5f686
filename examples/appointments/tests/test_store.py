"""No double booking, whoever asks and however many."""

from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random

from store import Appointment, Store, TakenError

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
# Gunicorn's four workers, and more at once than any of them has.
PROCESSES, THREADS, ASKED = 4, 8, 8


def book(path: Path, seed: int) -> list[int]:
    """Asks for random times in one morning, and moves and cancels some; the numbers that it holds at the end."""
    random, store, held = Random(seed), Store(path), []
    for _ in range(ASKED):
        starts = EIGHT + timedelta(minutes=random.randrange(240))
        ends = starts + timedelta(minutes=random.randrange(1, 30))
        try:
            if held and random.random() < 0.3:
                store.move(random.choice(held), starts, ends)
            elif held and random.random() < 0.3:
                store.cancel(held.pop(random.randrange(len(held))))
            else:
                held.append(store.create("room 1", f"person {seed}", starts, ends).id)
        except TakenError:
            pass
    return held


def book_in_threads(path: Path, seed: int) -> list[int]:
    with ThreadPoolExecutor(THREADS) as pool:
        return [
            number for held in pool.map(lambda i: book(path, seed * THREADS + i), range(THREADS)) for number in held
        ]


def overlaps(booked: list[Appointment]) -> list[tuple[Appointment, Appointment]]:
    return [(a, b) for a, b in zip(booked, booked[1:], strict=False) if a.calendar == b.calendar and b.starts < a.ends]


def test_many_processes_with_many_threads_book_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "appointments.sqlite"
    Store(path)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        held = [
            number for numbers in pool.map(book_in_threads, [path] * PROCESSES, range(PROCESSES)) for number in numbers
        ]
    booked = Store(path).all()
    assert overlaps(booked) == []
    assert sorted(held) == sorted(each.id for each in booked), "what was confirmed is there, and nothing else"
    assert booked


def test_of_many_who_want_one_hour_one_has_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "appointments.sqlite")

    def take(person: int) -> bool:
        try:
            store.create("room 1", f"person {person}", EIGHT, EIGHT + timedelta(hours=1))
        except TakenError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        asked: list[Future[bool]] = [pool.submit(take, person) for person in range(64)]
    assert sum(each.result() for each in asked) == 1


def test_what_was_booked_is_there_after_a_new_start(tmp_path: Path) -> None:
    made = Store(tmp_path / "appointments.sqlite").create("room 1", "Ada", EIGHT, EIGHT + timedelta(hours=1))
    assert Store(tmp_path / "appointments.sqlite").get(made.id) == made

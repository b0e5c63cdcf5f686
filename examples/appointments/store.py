"""Appointments in SQLite: durable, and never two at a time in one calendar, however many processes ask."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# How long a request waits for others that write.
WAIT_SECONDS = 10

SCHEMA = """
CREATE TABLE IF NOT EXISTS appointments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    calendar TEXT NOT NULL,
    person TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL CHECK (ends > starts)
) STRICT;
CREATE INDEX IF NOT EXISTS by_calendar ON appointments (calendar, starts);
"""


class NotFoundError(LookupError):
    """There is no such appointment."""


class TakenError(Exception):
    """Another appointment overlaps."""


@dataclass(frozen=True)
class Appointment:
    """From `starts` to `ends`, the end not included."""

    id: int
    calendar: str
    person: str
    starts: datetime
    ends: datetime


class Store:
    """Each call has its own connection: none is shared between threads or inherited by a fork."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as connection:
            # Readers do not wait for who writes; the file keeps the mode.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    def check(self) -> None:
        """Raises sqlite3.OperationalError where the file cannot be read."""
        with closing(self._connect()) as connection:
            connection.execute("SELECT 1 FROM appointments LIMIT 1").fetchone()

    def all(self, calendar: str | None = None) -> list[Appointment]:
        with closing(self._connect()) as connection:
            where, values = ("", ()) if calendar is None else ("WHERE calendar = ?", (calendar,))
            rows = connection.execute(f"SELECT * FROM appointments {where} ORDER BY starts, id", values)  # noqa: S608
            return [_read(row) for row in rows]

    def get(self, number: int) -> Appointment:
        """Raises NotFoundError."""
        with closing(self._connect()) as connection:
            return _find(connection, number)

    def create(self, calendar: str, person: str, starts: datetime, ends: datetime) -> Appointment:
        """Raises TakenError."""
        with self._writing() as connection:
            _refuse_overlap(connection, calendar, starts, ends)
            values = (calendar, person, _seconds(starts), _seconds(ends))
            insert = "INSERT INTO appointments (calendar, person, starts, ends) VALUES (?, ?, ?, ?)"
            number = connection.execute(insert, values).lastrowid
            return Appointment(number or 0, calendar, person, starts, ends)

    def move(self, number: int, starts: datetime, ends: datetime) -> Appointment:
        """Raises NotFoundError, TakenError."""
        with self._writing() as connection:
            before = _find(connection, number)
            _refuse_overlap(connection, before.calendar, starts, ends, besides=number)
            update = "UPDATE appointments SET starts = ?, ends = ? WHERE id = ?"
            connection.execute(update, (_seconds(starts), _seconds(ends), number))
            return Appointment(number, before.calendar, before.person, starts, ends)

    def cancel(self, number: int) -> None:
        """Raises NotFoundError."""
        with self._writing() as connection:
            if connection.execute("DELETE FROM appointments WHERE id = ?", (number,)).rowcount == 0:
                raise NotFoundError(f"there is no appointment {number}")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        # What was answered 201 survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the one write lock from its first statement: between look and insert nobody writes."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _refuse_overlap(
    connection: sqlite3.Connection, calendar: str, starts: datetime, ends: datetime, besides: int = 0
) -> None:
    overlap = "SELECT id FROM appointments WHERE calendar = ? AND starts < ? AND ends > ? AND id <> ? LIMIT 1"
    if connection.execute(overlap, (calendar, _seconds(ends), _seconds(starts), besides)).fetchone():
        raise TakenError(f"{calendar} has another appointment at that time")


def _find(connection: sqlite3.Connection, number: int) -> Appointment:
    row = connection.execute("SELECT * FROM appointments WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError(f"there is no appointment {number}")
    return _read(row)


def _read(row: tuple[int, str, str, int, int]) -> Appointment:
    number, calendar, person, starts, ends = row
    return Appointment(number, calendar, person, datetime.fromtimestamp(starts, UTC), datetime.fromtimestamp(ends, UTC))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())

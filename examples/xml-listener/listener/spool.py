"""The events on disk, from their acknowledgement to their upload. No event that `append` returned for is ever lost.

CURRENT_FILE      the journal: a line with its name, then one event after the other. It is only ever appended to.
TEMP_FILE         a finished document while it is written.
outbox/NAME       finished documents that wait for their upload.

A rotation makes TEMP_FILE of CURRENT_FILE, moves it into the outbox, and removes CURRENT_FILE. Killed anywhere in between,
the next start does it again from CURRENT_FILE, under the same name and with the same content: nothing is there twice.
"""

import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

from listener.document import write_document
from listener.splitter import Malformed, Splitter


class Spool:
    """All methods block, and one thread at a time may call them; `waiting` and `done` any thread."""

    def __init__(
        self,
        current_file: Path,
        temp_file: Path,
        output_format: str,
        max_file_bytes: int,
        rotation_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._current, self._temp = current_file, temp_file
        self._format = output_format
        self._max_bytes, self._rotation_seconds = max_file_bytes, rotation_seconds
        self._clock = clock
        self._journal: int | None = None
        self._size = self._synced = 0
        self._began = 0.0
        self.outbox = current_file.parent / "outbox"
        self.outbox.mkdir(parents=True, exist_ok=True)
        self._recover()

    def append(self, events: list[bytes]) -> None:
        """On disk when it returns. Raises OSError when the disk takes no more: then nothing half-written stays behind."""
        try:
            for event in events:
                # A full file is closed before the event that would make it too large.
                if self._journal is not None and self._size + len(event) + 1 > self._max_bytes:
                    self._sync()
                    self.rotate()
                if self._journal is None:
                    self._open()
                self._write(event + b"\n")
            self._sync()
        except OSError:
            self._undo()
            raise

    def is_due(self) -> bool:
        """Whether the oldest event of the journal has waited long enough."""
        return self._journal is not None and self._clock() - self._began >= self._rotation_seconds

    def rotate(self) -> None:
        """Move what the journal holds into the outbox. Nothing happens when there is none."""
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None
        if self._current.exists():
            self._publish()

    def waiting(self) -> list[Path]:
        """Finished documents, oldest first."""
        return sorted(self.outbox.iterdir())

    def done(self, document: Path) -> None:
        """It is uploaded."""
        document.unlink()
        sync_folder(self.outbox)

    def _recover(self) -> None:
        self._temp.unlink(missing_ok=True)
        # Never appended to again: it may have been published already.
        self.rotate()

    def _open(self) -> None:
        # Still there when an earlier rotation failed: a full disk, for one.
        self.rotate()
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock()))
        name = f"{moment}-{secrets.token_hex(4)}.{self._format}"
        self._journal = os.open(self._current, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o640)
        self._size = self._synced = 0
        self._began = self._clock()
        self._write(name.encode() + b"\n")
        self._sync()
        sync_folder(self._current.parent)

    def _write(self, data: bytes) -> None:
        assert self._journal is not None
        while data:
            written = os.write(self._journal, data)
            self._size += written
            data = data[written:]

    def _sync(self) -> None:
        if self._journal is not None:
            os.fsync(self._journal)
            self._synced = self._size

    def _undo(self) -> None:
        if self._journal is None:
            return
        os.ftruncate(self._journal, self._synced)
        self._size = self._synced
        if self._synced == 0:
            # It has not even its name.
            os.close(self._journal)
            self._journal = None
            self._current.unlink()

    def _publish(self) -> None:
        name, events = read_journal(self._current.read_bytes())
        if name is not None and events:
            with self._temp.open("wb") as out:
                write_document(out, name, events, name.rpartition(".")[2])
                out.flush()
                os.fsync(out.fileno())
            self._temp.rename(self.outbox / name)
            sync_folder(self.outbox)
        self._current.unlink()
        sync_folder(self._current.parent)


def read_journal(data: bytes) -> tuple[str | None, list[bytes]]:
    """Its name and its whole events. What a kill cut off at the end was never acknowledged, and is left out."""
    head, line, rest = data.partition(b"\n")
    if not line:
        return None, []
    try:
        events = Splitter(sys.maxsize).feed(rest)
    except Malformed as error:
        events = error.complete
    return head.decode("ascii", "replace"), events


def sync_folder(folder: Path) -> None:
    """A new, moved or removed name is on disk only after this (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

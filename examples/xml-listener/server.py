"""The TCP server: events in, `OK n` out when event n of the connection is on disk."""

import asyncio
import contextlib
import logging
import math
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

from listener.settings import Settings, load_settings
from listener.splitter import Malformed, Splitter
from listener.spool import Spool
from listener.uploader import Uploader

logger = logging.getLogger("xml-listener")

LOG_FOLDER = Path("/app/logs")
CHUNK_BYTES = 64 * 1024
# How often it looks whether the journal has waited long enough.
TICK_SECONDS = 0.5
# At the end: what clients may take to read their answers, and uploads to go on beginning.
FAREWELL_SECONDS = 5.0
# After a failed upload: doubled each time, up to the longest.
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 1.0, 60.0


@dataclass
class Batch:
    """Events of one packet, and what becomes of them."""

    events: list[bytes]
    stored: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Server:
    """One task writes, one uploads; connections hand their events to the first and wait."""

    def __init__(self, settings: Settings) -> None:
        self._port = settings.port
        self._spool = Spool(
            settings.current_file, settings.temp_file, settings.output_format, settings.max_file_bytes, settings.rotation_seconds
        )
        self._uploader = Uploader(settings.bucket, settings.prefix, settings.region)
        # None: there will be no more.
        self._batches: asyncio.Queue[Batch | None] = asyncio.Queue()
        self._stopping = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until SIGTERM or SIGINT: then what was acknowledged is flushed, rotated and, if S3 answers, uploaded."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        # All interfaces: in a container the port is published from outside.
        server = await asyncio.start_server(self._connected, "0.0.0.0", self._port)
        logger.info("listening on port %d", self._port)
        writing, uploading = asyncio.create_task(self._write()), asyncio.create_task(self._upload())
        # Both run until the end; one that fails ends the service, and the next start recovers what is on disk.
        await asyncio.wait([asyncio.create_task(self._stopping.wait()), writing, uploading], return_when=asyncio.FIRST_COMPLETED)
        self._stopping.set()
        server.close()
        if self._connections:
            await asyncio.wait(self._connections, timeout=FAREWELL_SECONDS)
        self._batches.put_nowait(None)
        await asyncio.gather(writing, uploading)
        await asyncio.to_thread(self._spool.rotate)
        await self._send_waiting(time.monotonic() + FAREWELL_SECONDS)
        logger.info("stopped")

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        splitter, count = Splitter(), 0
        peer = (writer.get_extra_info("peername") or ["a client"])[0]
        try:
            while data := await self._received(reader):
                try:
                    events, refusal = splitter.feed(data), None
                except Malformed as error:
                    events, refusal = error.complete, error
                if events:
                    await self._store(events)
                    writer.write(b"".join(b"OK %d\n" % (count + i) for i in range(1, len(events) + 1)))
                    count += len(events)
                    await writer.drain()
                if refusal:
                    raise refusal
            if not splitter.is_between_events:
                raise Malformed("the connection ended before the event did")
        except Malformed as error:
            logger.warning("%s: event %d refused: %s", peer, count + 1, error)
            writer.write(f"ERR {count + 1} {error}\n".encode())
        except OSError as error:
            logger.info("%s: the connection was cut: %s", peer, error)
        finally:
            writer.close()

    async def _received(self, reader: asyncio.StreamReader) -> bytes:
        """Empty at the end of the connection, and at the end of the service."""
        reading, stopping = asyncio.create_task(reader.read(CHUNK_BYTES)), asyncio.create_task(self._stopping.wait())
        done, waiting = await asyncio.wait([reading, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        return reading.result() if reading in done else b""

    async def _store(self, events: list[bytes]) -> None:
        batch = Batch(events)
        self._batches.put_nowait(batch)
        try:
            await batch.stored
        except OSError as error:
            raise Malformed(f"not stored, send it again later: {error.strerror}") from error

    async def _write(self) -> None:
        """One batch after the other, each on disk before it is answered; and rotations that are due."""
        while True:
            try:
                batch = await asyncio.wait_for(self._batches.get(), TICK_SECONDS)
            except TimeoutError:
                await self._rotate_when_due()
                continue
            if batch is None:
                return
            try:
                await asyncio.to_thread(self._spool.append, batch.events)
            except OSError as error:
                batch.stored.set_exception(error)
            else:
                batch.stored.set_result(None)
            await self._rotate_when_due()

    async def _rotate_when_due(self) -> None:
        try:
            if self._spool.is_due():
                await asyncio.to_thread(self._spool.rotate)
        except OSError as error:
            # A full disk: the journal keeps its events, and the next append tries again.
            logger.error("the current file cannot be rotated: %s", error)

    async def _upload(self) -> None:
        pause = RETRY_SECONDS
        while not self._stopping.is_set():
            pause = RETRY_SECONDS if await self._send_waiting(math.inf) else min(pause * 2, LONGEST_RETRY_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _send_waiting(self, until: float) -> bool:
        """Uploads the outbox, oldest first. False: something is left."""
        for document in self._spool.waiting():
            if time.monotonic() >= until or not await asyncio.to_thread(self._uploader.upload, document):
                return False
            await asyncio.to_thread(self._spool.done, document)
        return True


def log_to_stdout() -> None:
    """And to a file in LOG_FOLDER, where one is mounted."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if LOG_FOLDER.is_dir() and os.access(LOG_FOLDER, os.W_OK):
        handlers.append(RotatingFileHandler(LOG_FOLDER / "listener.log", maxBytes=1_000_000, backupCount=3))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", handlers=handlers)
    # It says at INFO where it found the credentials.
    logging.getLogger("botocore").setLevel(logging.WARNING)


if __name__ == "__main__":
    settings = load_settings()
    log_to_stdout()
    asyncio.run(Server(settings).run())

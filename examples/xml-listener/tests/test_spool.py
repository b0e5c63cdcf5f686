"""No acknowledged event is lost, and none is there twice: killed at every step, cut anywhere, with a full disk."""

import errno
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from listener.spool import Spool, read_journal

# Calls that change the disk; a kill may fall before, within or after each.
STEPS = [(os, "open"), (os, "write"), (os, "fsync"), (os, "close"), (Path, "open"), (Path, "rename"), (Path, "unlink")]


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill leaves what the kernel holds: thousands of real fsyncs would show nothing more. Each still counts as a step."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def spool(folder: Path, output_format: str = "xml", max_bytes: int = 120, clock: Callable[[], float] = lambda: 0.0) -> Spool:
    return Spool(folder / "current.xml", folder / "temp.xml", output_format, max_bytes, 60, clock)


def event(number: int) -> bytes:
    return b'<event id="%d"/>' % number


def published(folder: Path) -> list[int]:
    """The ids in the outbox. Every document there must be well-formed."""
    ids: list[int] = []
    for document in sorted((folder / "outbox").iterdir()):
        if document.suffix == ".json":
            ids += [int(each["attributes"]["id"]) for each in json.loads(document.read_text())["events"]]
        else:
            ids += [int(each.attrib["id"]) for each in ElementTree.parse(document).getroot()]
    return ids


def test_a_document_is_closed_before_it_grows_too_large(tmp_path: Path) -> None:
    spooled = spool(tmp_path)
    for number in range(20):
        spooled.append([event(number)])
    spooled.rotate()
    assert sorted(published(tmp_path)) == list(range(20))
    assert len(spooled.waiting()) > 2
    assert all(len(read) < 300 for read in (path.read_bytes() for path in spooled.waiting()))


def test_an_event_larger_than_a_document_gets_one_of_its_own(tmp_path: Path) -> None:
    spooled = spool(tmp_path)
    spooled.append([event(1), b'<event id="2">' + b"x" * 1000 + b"</event>", event(3)])
    spooled.rotate()
    assert (len(spooled.waiting()), sorted(published(tmp_path))) == (3, [1, 2, 3])


def test_a_document_is_due_when_its_oldest_event_has_waited(tmp_path: Path) -> None:
    now = [1000.0]
    spooled = spool(tmp_path, clock=lambda: now[0])
    now[0] += 100
    assert not spooled.is_due(), "nothing waits"
    spooled.append([event(1)])
    now[0] += 59
    assert not spooled.is_due()
    now[0] += 1
    assert spooled.is_due()
    spooled.rotate()
    assert not spooled.is_due()
    assert published(tmp_path) == [1]


def work(folder: Path, output_format: str, acknowledge: Callable[[int], None]) -> None:
    """Appends and rotations, by size and by hand; begins with a recovery."""
    spooled = spool(folder, output_format)
    for number in range(10):
        spooled.append([event(number)])
        acknowledge(number)
        if number in (3, 7):
            spooled.rotate()


def killed_at(folder: Path, output_format: str, step: int, moment: str) -> tuple[list[int], bool]:
    """A child works until its `step`th change of the disk. The events that it acknowledged; and whether it was killed."""
    reading, writing = os.pipe()
    real_write, left = os.write, [step]

    def killing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            if left[0] == 0 and moment == "within" and real is real_write:
                real_write(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*arguments, **more)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return call

    child = os.fork()
    if child == 0:
        try:
            for owner, name in STEPS:
                setattr(owner, name, killing(getattr(owner, name)))
            work(folder, output_format, lambda number: real_write(writing, bytes([number])) and None)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        acknowledged = list(pipe.read())
    return acknowledged, os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("output_format", ["xml", "json"])
@pytest.mark.parametrize("moment", ["before", "within", "after"])
def test_killed_at_every_step_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, output_format: str, moment: str) -> None:
    step, was_killed = 0, True
    while was_killed:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        acknowledged, was_killed = killed_at(folder, output_format, step, moment)
        # Killed again while it recovers, and then left alone.
        killed_at_recovery(folder, output_format, step % 6 + 1)
        spool(folder, output_format).rotate()
        found = sorted(published(folder))
        assert found[: len(acknowledged)] == acknowledged, f"step {step}"
        # The one that was being written may be there or not: nobody was told.
        assert found in (acknowledged, [*acknowledged, len(acknowledged)]), f"step {step}"
        assert not (folder / "temp.xml").exists() and not (folder / "current.xml").exists()
    assert step > 60, "the work has that many steps"
    assert acknowledged == list(range(10)), "the last run was not killed"


def killed_at_recovery(folder: Path, output_format: str, step: int) -> None:
    child = os.fork()
    if child == 0:
        left = [step]

        def killing(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **more: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*arguments, **more)

            return call

        try:
            for owner, name in ((Path, "rename"), (Path, "unlink"), (os, "fsync")):
                setattr(owner, name, killing(getattr(owner, name)))
            spool(folder, output_format)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_a_journal_cut_or_spoilt_after_what_was_acknowledged_keeps_that(tmp_path: Path) -> None:
    """Power that fails: the tail that was not yet synced may be short, or zeros."""
    spooled = spool(tmp_path, max_bytes=10_000)
    spooled.append([event(1), event(2)])
    whole = (tmp_path / "current.xml").read_bytes()
    spooled.append([event(3)])
    longer = (tmp_path / "current.xml").read_bytes()
    for size in range(len(whole), len(longer)):
        for tail in (b"", b"\0" * (len(longer) - size)):
            name, events = read_journal(longer[:size] + tail)
            assert name is not None and name.endswith(".xml")
            assert events[:2] == [event(1), event(2)] and len(events) <= 3


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_is_told_and_leaves_the_journal_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    spooled = spool(tmp_path, max_bytes=10_000)
    spooled.append([event(1)])
    real = getattr(os, call)

    def full(handle: int, *data: bytes) -> int:
        if data:
            real(handle, data[0][:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    for _ in range(2):
        with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
            patched.setattr(os, call, full)
            spooled.append([event(2)])
    spooled.append([event(3)])
    spooled.rotate()
    assert published(tmp_path) == [1, 3]


def test_a_disk_that_is_full_from_the_start_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spooled = spool(tmp_path)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr(os, "write", full)
        spooled.append([event(1)])
    spooled.append([event(2)])
    spooled.rotate()
    assert published(tmp_path) == [2]

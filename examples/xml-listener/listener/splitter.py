"""Cuts a stream of bytes into XML events: one document after the other, wherever the packets end."""

import re
from xml.parsers import expat

# A sender that never ends its event must not fill the memory.
MOST_EVENT_BYTES = 1 << 20
# What follows an event is moved: small slices keep that cheap where events are many and short.
SLICE_BYTES = 8192
# A tag that is known to be whole: quotes may hold `>`.
TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")


class Malformed(Exception):
    """What came is no XML event. The message is for the sender. Where the next event begins is not known."""

    complete: list[bytes]
    """The events that came whole before it."""


class _Complete(Exception):
    """Stops the parser where the event ends."""


class Splitter:
    """Feed it what arrives; it returns the events that are complete, each as its root element in UTF-8."""

    def __init__(self, most_event_bytes: int = MOST_EVENT_BYTES) -> None:
        self._most_event_bytes = most_event_bytes
        self._pending = b""
        self._begin()

    @property
    def is_between_events(self) -> bool:
        """Whether nothing of a next event has come yet."""
        return not self._pending.strip()

    def feed(self, data: bytes) -> list[bytes]:
        """Raises Malformed, which holds the events that came whole before it."""
        events: list[bytes] = []
        try:
            for at in range(0, len(data), SLICE_BYTES):
                self._pending += data[at : at + SLICE_BYTES]
                # An element can end at `>` only: without one there is nothing to look for, and a long text is read once.
                if b">" in data[at : at + SLICE_BYTES]:
                    for event in iter(self._next, None):
                        events.append(event)
                if len(self._pending) > self._most_event_bytes:
                    raise Malformed(f"an event may have {self._most_event_bytes} bytes at most")
        except Malformed as error:
            error.complete = events
            raise
        return events

    def _next(self) -> bytes | None:
        """The next event; None when it is not whole yet."""
        if self._parsed == 0:
            # White space may stand between events, but not before `<?xml`.
            self._pending = self._pending.lstrip()
        if not self._pending:
            return None
        try:
            self._parser.Parse(self._pending[self._parsed :], False)
        except expat.ExpatError as error:
            raise Malformed(f"{expat.ErrorString(error.code)}, line {error.lineno}, column {error.offset + 1}") from None
        except _Complete:
            end = self._end_of_root()
            event, self._pending = self._pending[self._start : end], self._pending[end:]
            self._begin()
            return event
        self._parsed = len(self._pending)
        return None

    def _end_of_root(self) -> int:
        """Expat says where an end tag begins, but where an empty element's tag ends."""
        opening = TAG.match(self._pending, self._start)
        if opening and opening[0].endswith(b"/>"):
            return opening.end()
        closing = TAG.match(self._pending, self._end)
        assert closing, "the parser has seen the whole tag"
        return closing.end()

    def _begin(self) -> None:
        self._parsed = self._start = self._end = self._depth = 0
        # With namespaces: an unbound prefix would spoil the file for most of its readers.
        self._parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        if hasattr(self._parser, "SetReparseDeferralEnabled"):
            # Otherwise expat may wait for more before it says that an event is complete (expat 2.6).
            self._parser.SetReparseDeferralEnabled(False)
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            raise Malformed(f"events are UTF-8, not {encoding}")

    def _doctype(self, *_: object) -> None:
        raise Malformed("a DOCTYPE is not accepted")

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            self._start = self._parser.CurrentByteIndex
        self._depth += 1

    def _closed(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._end = self._parser.CurrentByteIndex
            raise _Complete

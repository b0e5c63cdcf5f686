"""What Benchling sends, and what of it is accepted."""

from dataclasses import asdict, dataclass

# An SQS message holds 256 KiB; an event is a few hundred bytes.
MOST_BYTES = 256 * 1024
LONGEST_NAME = 200


class InvalidEvent(ValueError):
    """The payload is not an event; the message says what is wrong, for whoever sent it."""


@dataclass(frozen=True)
class Event:
    """One thing that happened in Benchling: `v2.entry.created`, and to what."""

    id: str
    type: str
    tenant: str | None = None

    def as_json(self) -> dict[str, str | None]:
        return asdict(self)


def read_event(payload: object) -> Event:
    """The event in a webhook's JSON. Raises InvalidEvent."""
    if not isinstance(payload, dict):
        raise InvalidEvent("the payload must be a JSON object")
    message = payload.get("message")
    if not isinstance(message, dict):
        raise InvalidEvent("`message` must be an object")
    tenant = payload.get("tenantId")
    return Event(
        id=_name(message, "id", "message."),
        type=_name(message, "type", "message."),
        tenant=None if tenant is None else _name(payload, "tenantId"),
    )


def _name(holder: dict[str, object], key: str, prefix: str = "") -> str:
    value = holder.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidEvent(f"`{prefix}{key}` must be a text that is not empty")
    if len(value) > LONGEST_NAME:
        raise InvalidEvent(f"`{prefix}{key}` must have at most {LONGEST_NAME} characters")
    return value

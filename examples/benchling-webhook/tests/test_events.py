"""What is an event, and what is said of what is none."""

import pytest

from src.events import LONGEST_NAME, Event, InvalidEvent, read_event

MESSAGE = {"id": "evt_1", "type": "v2.entry.created"}


def test_an_event_has_an_id_a_type_and_a_tenant() -> None:
    assert read_event({"message": MESSAGE, "tenantId": "ten_1"}) == Event("evt_1", "v2.entry.created", "ten_1")


def test_what_is_not_known_is_passed_over() -> None:
    assert read_event({"message": MESSAGE | {"new": 1}, "version": "9"}) == Event("evt_1", "v2.entry.created")


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (None, "the payload must be a JSON object"),
        ([MESSAGE], "the payload must be a JSON object"),
        ({"test": "data"}, "`message` must be an object"),
        ({"message": "hello"}, "`message` must be an object"),
        ({"message": {"type": "a"}}, "`message.id` must be a text that is not empty"),
        ({"message": {"id": 7, "type": "a"}}, "`message.id` must be a text that is not empty"),
        ({"message": {"id": "evt_1", "type": "  "}}, "`message.type` must be a text that is not empty"),
        ({"message": MESSAGE, "tenantId": 4}, "`tenantId` must be a text that is not empty"),
        ({"message": MESSAGE | {"id": "x" * (LONGEST_NAME + 1)}}, "`message.id` must have at most 200 characters"),
    ],
)
def test_what_is_no_event_is_named(payload: object, said: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        read_event(payload)
    assert str(refused.value) == said

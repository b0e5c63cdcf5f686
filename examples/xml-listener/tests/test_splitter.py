"""Events are found in a stream however it is cut."""

import random

import pytest

from listener.document import as_json
from listener.splitter import Malformed, Splitter
from xml.etree import ElementTree

EVENTS = [
    b"<event/>",
    b'<event id="1">door opened</event>',
    b'<a:event xmlns:a="urn:a"><a:b c="d"/></a:event>',
    b"<e t='a > b' u=\"'>'\"/>",
    b"<e t='&lt;/e>'><!-- </e> --><![CDATA[</e> <x>]]><?pi </e> ?></e >",
    "<événement>été &amp; 日本語 &#x1F6A2;</événement>".encode(),
    b"<e>\n" + b"<nested>" * 50 + b"</nested>" * 50 + b"\n</e>",
    b"<long>" + b"x" * 20_000 + b"</long>",
]
BETWEEN = [b"", b"\n", b"  \r\n", b'<?xml version="1.0" encoding="utf-8"?>\n', b"<!-- between -->"]


@pytest.mark.parametrize("seed", range(60))
def test_any_events_cut_into_any_packets_come_out_whole(seed: int) -> None:
    draw = random.Random(seed)
    sent = [draw.choice(EVENTS) for _ in range(draw.randrange(1, 12))]
    stream = b"".join(draw.choice(BETWEEN[:4]) + event for event in sent) + draw.choice(BETWEEN[:3])
    splitter, got = Splitter(), []
    while stream:
        size = draw.choice([1, 2, 7, 100, 9000, 50_000])
        got += splitter.feed(stream[:size])
        stream = stream[size:]
    assert got == sent
    assert splitter.is_between_events


def test_each_event_comes_out_with_its_last_byte() -> None:
    for event in EVENTS:
        splitter = Splitter()
        got = [splitter.feed(bytes([byte])) for byte in event]
        assert got == [[]] * (len(event) - 1) + [[event]]


def test_comments_between_events_are_left_out() -> None:
    assert Splitter().feed(b"<a/><!-- <b/> --><c/>") == [b"<a/>", b"<c/>"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b"<a></b>", "mismatched tag"),
        (b"junk", "syntax error"),
        (b"junk>", "syntax error"),
        (b"<a b=1/>", "not well-formed"),
        (b"<a>&nbsp;</a>", "undefined entity"),
        (b"<p:a/>", "unbound prefix"),
        (b"<a>\xff</a>", "not well-formed"),
        (b"</events>", "not well-formed"),
        (b"<a>\x00</a>", "not well-formed"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "UTF-8"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
        (b"<a>" + b"x" * (1 << 20), "bytes at most"),
        (b"<" + b"x" * (1 << 21), "bytes at most"),
    ],
)
def test_what_is_malformed_is_refused_with_a_reason_after_what_came_before(bad: bytes, says: str) -> None:
    with pytest.raises(Malformed, match=says) as raised:
        Splitter().feed(b"<good/><good/>" + bad + b">")
    assert raised.value.complete == [b"<good/>"] * 2


def test_json_keeps_names_attributes_and_the_order_of_mixed_content() -> None:
    event = ElementTree.fromstring(b'<e a="1">one<f/>two<g xmlns="urn:g">three</g></e>')
    assert as_json(event) == {
        "name": "e",
        "attributes": {"a": "1"},
        "content": [
            "one",
            {"name": "f", "attributes": {}, "content": []},
            "two",
            {"name": "{urn:g}g", "attributes": {}, "content": ["three"]},
        ],
    }

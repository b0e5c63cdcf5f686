"""A finished file: events in one well-formed document."""

import json
from collections.abc import Iterable
from typing import Any, BinaryIO
from xml.etree import ElementTree


def write_document(out: BinaryIO, name: str, events: Iterable[bytes], output_format: str) -> None:
    """XML: the events as they came, in a root element. JSON: each as name, attributes and content, in its order."""
    if output_format == "json":
        out.write(b'{"file": %s, "events": [' % json.dumps(name).encode())
        for i, event in enumerate(events):
            out.write(b",\n" if i else b"\n")
            out.write(json.dumps(as_json(ElementTree.fromstring(event)), ensure_ascii=False).encode())
        out.write(b"\n]}\n")
        return
    out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<events file="%s">\n' % name.encode())
    for event in events:
        out.write(event + b"\n")
    out.write(b"</events>\n")


def as_json(element: ElementTree.Element) -> dict[str, Any]:
    """Nothing of an element is lost but comments; a namespace stands before its name as in `{urn:a}b`."""
    content: list[Any] = [element.text] if element.text else []
    for child in element:
        content.append(as_json(child))
        if child.tail:
            content.append(child.tail)
    return {"name": element.tag, "attributes": dict(element.attrib), "content": content}

"""One answer in two formats: XML, and JSON as its image (the Spark convention)."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree as ET

from fastapi import Response


class Format(StrEnum):
    """What the end of a path asks for."""

    JSON = "json"
    XML = "xml"


#: What an element of a list is called inside it.
_ELEMENT_OF = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}

MEDIA_TYPE = {
    Format.JSON: "application/json; charset=utf-8",
    Format.XML: "text/xml; charset=utf-8",
}

#: XML has no way to write these, not even escaped.
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(
    root: str,
    value: object,
    form: Format,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Write an answer: plain values, mappings and lists of them.

    Args:
        root: The name of the outermost element; JSON does not say it.
        value: What stands in it.
        form: How it is written.
        status: Of HTTP.
        headers: Further headers of HTTP.
    """
    text = xml(root, value) if form is Format.XML else json.dumps(value, ensure_ascii=False)
    # Half a character can't be sent, and whoever stored it has been told otherwise.
    body = text.encode(errors="replace")
    return Response(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE[form])


def xml(root: str, value: object) -> str:
    """Write a value as an XML document.

    >>> xml("errors", [{"code": 404, "description": None}]).splitlines()[1]
    '<errors><error><code>404</code><description /></error></errors>'
    """
    document = ET.tostring(_element(root, value), encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{document}'


def _element(name: str, value: object) -> ET.Element:
    element = ET.Element(name)
    match value:
        case dict():
            element.extend(_element(key, inner) for key, inner in value.items())
        case list() | tuple():
            element.extend(_element(_ELEMENT_OF[name], inner) for inner in value)
        case None:
            pass
        case _:
            element.text = _UNWRITABLE.sub("\ufffd", _text(value))
    return element


def _text(value: Any) -> str:  # noqa: ANN401 -- a plain value
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Answers of an Open311 GeoReport v2 endpoint, in JSON or XML: read by what they are."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from streetwatch.service.delivery.answer_values import json_of
from streetwatch.service.delivery.filling import as_text

Record = dict[str, str]  #: a service, a request, an error: each field as text


class NotOpen311Error(ValueError):
    """An answer is not in the words of GeoReport v2."""


def records(answer: httpx.Response) -> list[Record]:
    """Return the items of a list: services, requests or errors.

    Raises:
        NotOpen311Error: it holds no such list.
    """
    if answer.content.lstrip().startswith(b"<"):
        return [_fields(item) for item in _root(answer)]
    tree = json_of(answer)
    if isinstance(tree, dict) and len(tree) == 1:  # some wrap the list: {"requests": [...]}
        (tree,) = tree.values()
    if not isinstance(tree, list) or not all(isinstance(item, dict) for item in tree):
        raise NotOpen311Error("no list of things in it")
    return [{str(key): as_text(value) for key, value in item.items()} for item in tree]


def required_attributes(answer: httpx.Response) -> list[str]:
    """Return the codes of the attributes that a service asks for.

    Raises:
        NotOpen311Error: it is no service definition.
    """
    if answer.content.lstrip().startswith(b"<"):
        return _required(_fields(item) for item in _root(answer).iter("attribute"))
    tree = json_of(answer)
    items = tree.get("attributes") if isinstance(tree, dict) else None
    if not isinstance(items, list):
        raise NotOpen311Error("no service definition in it")
    told = [item for item in items if isinstance(item, dict)]
    return _required({key: as_text(value) for key, value in item.items()} for item in told)


def complaint(answer: httpx.Response) -> str | None:
    """Return what an answer's errors say to people, None where it has none."""
    try:
        errors = records(answer)
    except NotOpen311Error:
        return None
    texts = [error.get("description") or error.get("code") or "" for error in errors]
    return "; ".join(text for text in texts if text) or None


def _required(attributes: Iterable[Record]) -> list[str]:
    return [one.get("code", "") for one in attributes if one.get("required") == "true"]


def _root(answer: httpx.Response) -> Element:
    try:
        root: Element = fromstring(answer.content)
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        raise NotOpen311Error("no XML that can be read") from None
    if root.tag.rpartition("}")[2] == "html":
        raise NotOpen311Error("a web page")
    return root


def _fields(item: Element) -> Record:
    """Return the texts of an item's fields; a namespace, which some declare, is left out."""
    return {field.tag.rpartition("}")[2]: "".join(field.itertext()).strip() for field in item}

"""Values in a platform's JSON answer."""

import json

import httpx

from streetwatch.service.config.request_schema import ConditionEntry
from streetwatch.service.config.template_values import Values
from streetwatch.service.delivery.field_paths import NoSuchFieldError, found
from streetwatch.service.delivery.filling import as_text


def json_of(answer: httpx.Response) -> object:
    """Return an answer's JSON, None where it holds none.

    It is UTF-8, or what the answer says: GBK still lives on some platforms.
    """
    try:
        return json.loads(answer.text)
    except (ValueError, RecursionError):
        return None


def text_at(tree: object, path: str) -> str | None:
    """Return what stands at a path as text, None where nothing does."""
    try:
        return as_text(found(tree, path)) or None
    except NoSuchFieldError:
        return None


def fits(tree: object, condition: ConditionEntry) -> bool:
    """Tell whether a value is one of those that a condition names."""
    try:
        return is_one_of(found(tree, condition.path), condition.values)
    except NoSuchFieldError:
        return False


def is_one_of(value: object, values: Values) -> bool:
    """Tell whether a value is in a list; 0 and "0" are the same."""
    return as_text(value) in [as_text(one) for one in values]

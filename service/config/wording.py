"""What pydantic found, in words that say what to write instead."""

import difflib
from inspect import isclass
from typing import Final, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from streetwatch.service.config.document import Location

_NOT_A_NUMBER: Final = "is not a number"
_NOT_WHOLE: Final = "is not a whole number"
_NOT_TEXT: Final = "is not text, which wants quotes here"
_NOT_PAIRS: Final = "is not made of key: value pairs"

#: What pydantic calls it, and what people do.
_MISFITS: Final = {
    "missing": "is missing",
    "float_type": _NOT_A_NUMBER,
    "float_parsing": _NOT_A_NUMBER,
    "finite_number": _NOT_A_NUMBER,
    "int_type": _NOT_WHOLE,
    "int_parsing": _NOT_WHOLE,
    "int_from_float": _NOT_WHOLE,
    "string_type": _NOT_TEXT,
    "path_type": _NOT_TEXT,
    "string_too_short": "is empty",
    "model_type": _NOT_PAIRS,
    "model_attributes_type": _NOT_PAIRS,
    "dict_type": _NOT_PAIRS,
    "list_type": "is not a list",
}
_OUT_OF_BOUNDS: Final = frozenset(
    {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}
)
_CHOICES: Final = frozenset({"enum", "literal_error"})


def refused(predicate: str, *, at: Location = ()) -> PydanticCustomError:
    """Return the error for a validator to raise.

    Args:
        predicate: `is so: write this instead`, to be read after the name of the value. It must
            not repeat the value: a password may have been filled in there.
        at: The part of the validated value that is wrong.
    """
    return PydanticCustomError("refused", "{predicate}", {"predicate": predicate, "at": at})


def predicate(detail: ErrorDetails, schema: type[BaseModel], location: Location) -> str:
    """Say what is wrong with the value at a location and what to write instead."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "refused":
        return str(context["predicate"])
    if kind == "extra_forbidden":
        return f"is an unknown key: {_nearest(schema, location)}"
    if kind in _CHOICES:
        return f"is unknown: write {str(context['expected']).replace(chr(39), '')}"
    found = _field(schema, location)
    if kind in _OUT_OF_BOUNDS:
        return f"is out of bounds: write a number {_bounds(found)}"
    what = _MISFITS.get(kind, f"is refused ({detail['msg'].lower()})")
    return f"{what}: write {_example(found, location)}"


def _nearest(schema: type[BaseModel], location: Location) -> str:
    known = list(fields_of(_model(schema, location[:-1]) or schema))
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"write {near[0]}" if near else f"write one of {', '.join(known)}"


def _example(found: FieldInfo | None, location: Location) -> str:
    """Return a key with a value that would be right."""
    key = next((part for part in reversed(location) if isinstance(part, str)), None)
    if found is None or not found.examples or key is None:
        return "it as in the reference"
    return f"{key}: {found.examples[0]}"


def _bounds(found: FieldInfo | None) -> str:
    """Say from where to where, both ends, though only one was crossed."""
    limits = {
        name: getattr(rule, name)
        for rule in (found.metadata if found else ())
        for name in ("ge", "gt", "le", "lt")
        if getattr(rule, name, None) is not None
    }
    low = f"from {limits['ge']}" if "ge" in limits else f"above {limits.get('gt')}"
    return f"{low} to {limits['le']}" if "le" in limits else low


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a schema's fields by the key that the file has."""
    return {found.alias or name: found for name, found in model.model_fields.items()}


def _field(schema: type[BaseModel], location: Location) -> FieldInfo | None:
    """Return the field that a location is in; list indices stay in their list's field."""
    named = location
    while named and isinstance(named[-1], int):
        named = named[:-1]
    model = _model(schema, named[:-1])
    return fields_of(model).get(str(named[-1])) if named and model else None


def _model(schema: type[BaseModel], location: Location) -> type[BaseModel] | None:
    """Return the schema of the mapping at a location."""
    model: type[BaseModel] | None = schema
    is_name = False  # of an item in a mapping whose keys are the user's own
    for part in location:
        if isinstance(part, str) and not is_name:
            found = fields_of(model).get(part) if model else None
            model = schema_in(found.annotation) if found else None
            is_name = found is not None and get_origin(found.annotation) is dict
        elif isinstance(part, str):
            is_name = False
    return model


def schema_in(annotation: object) -> type[BaseModel] | None:
    """Return the schema inside `list[Schema]`, `Schema | None`."""
    if isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    inside = (schema_in(argument) for argument in get_args(annotation))
    return next((model for model in inside if model), None)

"""What pydantic found, in words that say what to write instead."""

import difflib
from dataclasses import dataclass
from inspect import isclass
from typing import Final, Self, get_args, get_origin

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
    "list_type": "is not a list",
    "dict_type": _NOT_PAIRS,
    "too_short": "is empty",
    "bool_type": "is neither true nor false",
}

#: Where a mapping may be of several kinds, this key says which.
_KIND: Final = "kind"

#: What pydantic tells about such a mapping, and people about its key.
ABOUT_KIND: Final = frozenset({"union_tag_not_found", "union_tag_invalid"})
_OUT_OF_BOUNDS: Final = frozenset(
    {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}
)
_TOO_SHORT: Final = frozenset({"string_too_short", "too_short"})
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
    spot = _Spot.at(schema, location)
    choices = _choices(detail, spot)
    if choices:
        lack = kind == "union_tag_not_found"
        return f"is missing: write {_KIND}: {choices}" if lack else f"is unknown: write {choices}"
    if kind in _OUT_OF_BOUNDS:
        return f"is out of bounds: write a number {_bounds(spot.field)}"
    if kind in _TOO_SHORT and context["min_length"] > 1:
        return f"is too short: write at least {context['min_length']} characters"
    what = _MISFITS.get(kind, f"is refused ({detail['msg'].lower()})")
    return f"{what}: write {_example(spot)}"


def _choices(detail: ErrorDetails, spot: "_Spot") -> str:
    """Return what may stand there, if that is a few words."""
    if detail["type"] in ABOUT_KIND:
        return ", ".join(variants_in(spot.annotation))
    if detail["type"] in _CHOICES:
        return str(detail["ctx"]["expected"]).replace("'", "")
    return ""


def untagged(schema: type[BaseModel], location: Location) -> Location:
    """Return a location as the file has it: pydantic also names the kind of a mapping in it."""
    return _Spot.at(schema, location).written


def _nearest(schema: type[BaseModel], location: Location) -> str:
    known = list(fields_of(_Spot.at(schema, location[:-1]).model or schema))
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"write {near[0]}" if near else f"write one of {', '.join(known)}"


def _example(spot: "_Spot") -> str:
    """Return a key with a value that would be right."""
    if spot.field is None or not spot.field.examples:
        return "it as in the reference"
    return f"{spot.key}: {spot.field.examples[0]}"


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


@dataclass(frozen=True, slots=True)
class _Spot:
    """What a schema has at a location.

    Attributes:
        model: The schema of the mapping there.
        key: Of the field that the location is in.
        field: That field.
        annotation: What may stand there.
        written: The location without the names of kinds.
    """

    model: type[BaseModel] | None
    key: str = ""
    field: FieldInfo | None = None
    annotation: object = None
    written: Location = ()

    @classmethod
    def at(cls, schema: type[BaseModel], location: Location) -> Self:
        spot = cls(schema, annotation=schema)
        for part in location:
            spot = spot._next(part)
        return spot

    def _next(self, part: str | int) -> Self:
        cls = type(self)
        kinds = variants_in(self.annotation)
        if isinstance(part, str) and part in kinds:
            return cls(kinds[part], self.key, self.field, kinds[part], self.written)
        written = (*self.written, part)
        if isinstance(part, int):
            return cls(self.model, self.key, self.field, self.annotation, written)
        if get_origin(self.annotation) is dict:  # the keys are the user's own
            inside = get_args(self.annotation)[1]
            return cls(schema_in(inside), self.key, self.field, inside, written)
        found = fields_of(self.model).get(part) if self.model else None
        if found is None:  # unknown: its field still says most
            return cls(None, self.key, self.field, None, written)
        return cls(schema_in(found.annotation), part, found, found.annotation, written)


def schema_in(annotation: object) -> type[BaseModel] | None:
    """Return the schema inside `list[Schema]`, `Schema | None`."""
    return next(iter(schemas_in(annotation)), None)


def variants_in(annotation: object) -> dict[str, type[BaseModel]]:
    """Return the schemas that an annotation has a choice of, by their kind."""
    models = schemas_in(annotation)
    if len(models) < 2:
        return {}
    return {get_args(model.model_fields[_KIND].annotation)[0]: model for model in models}


def schemas_in(annotation: object) -> list[type[BaseModel]]:
    """Return every schema inside an annotation."""
    if isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in schemas_in(argument)]

"""What does not fit a schema, each thing by its place: for a form, where no file has lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from streetwatch.service.config.checking import location_of
from streetwatch.service.config.document import Location, Tree
from streetwatch.service.config.wording import predicate, untagged


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that is wrong.

    Attributes:
        at: The value's keys and indices, from the top of the document.
        kind: pydantic's name for what is wrong; `refused` for our own rules.
        words: `is so: write this instead`, to be read after the name of the value.
        bounds: What a number must keep to, by pydantic's names (`ge`, `le`).
    """

    at: Location
    kind: str
    words: str
    bounds: Mapping[str, float] = field(default_factory=dict)


def misfits(schema: type[BaseModel], tree: Tree) -> tuple[Misfit, ...]:
    """Return everything that is wrong with a document; none of it repeats a value."""
    try:
        schema.model_validate(tree)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    else:
        return ()
    return tuple(
        Misfit(
            untagged(schema, location_of(detail)),
            detail["type"],
            predicate(detail, schema, location_of(detail)),
            {key: detail["ctx"][key] for key in ("ge", "le") if key in detail.get("ctx", {})},
        )
        for detail in details
    )

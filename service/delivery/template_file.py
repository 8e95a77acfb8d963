"""A template as its file has it: read, checked, and tried on a sample case."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from streetwatch.service.config.checking import checked
from streetwatch.service.config.document import Document, Location, Tree, read_document
from streetwatch.service.config.environment import filled, filled_in
from streetwatch.service.config.errors import TemplateError
from streetwatch.service.config.request_schema import CallEntry
from streetwatch.service.config.secrets import secrets_in
from streetwatch.service.config.template_schema import TemplateEntry
from streetwatch.service.config.template_values import Encoding, placeholders
from streetwatch.service.delivery.case_fields import View, template_fields
from streetwatch.service.delivery.field_paths import NoSuchFieldError, built, found, steps
from streetwatch.service.delivery.filling import Filling
from streetwatch.service.delivery.sample import sample_message

#: Stands for the bytes of a picture until one is sent.
NO_BYTES = "..."

#: Two requests are not about a message: all that is known then.
_KNOWN_WITHOUT_CASE: Mapping[str, Mapping[str, object]] = {
    "find": {"external_id": ""},
    "status": {"number": ""},
}


@dataclass(frozen=True, slots=True)
class Template:
    """What a template says.

    Attributes:
        entry: Its keys.
        secrets: What must never be repeated: passwords, and whatever `${NAME}` stood for.
    """

    entry: TemplateEntry
    secrets: frozenset[str] = field(repr=False)

    def filling(self, fields: Mapping[str, object]) -> Filling:
        """Return what its requests are filled in with."""
        entry = self.entry
        return Filling(fields, entry.tables, entry.formats, entry.offset)

    def requests(self) -> Iterator[tuple[str, CallEntry]]:
        """Return its requests, each with the occasion."""
        for name in type(self.entry.requests).model_fields:
            request = getattr(self.entry.requests, name)
            if request is not None:
                yield name, request


def load_template(path: Path, *, environ: Mapping[str, str]) -> Template:
    """Read a template (docs/reference/targets.md).

    Args:
        path: Of the file.
        environ: Fills in `${NAME}`.

    Raises:
        TemplateError: a line for everything that is wrong; none holds a password.
    """
    document = read_document(path, refusal=TemplateError)
    entry = checked(
        TemplateEntry,
        filled(document, environ, refusal=TemplateError),
        written=document.tree,
        where=document.where,
        refusal=TemplateError,
    )
    secrets = frozenset((*secrets_in(entry), *filled_in(document.tree, environ)))
    template = Template(entry, secrets)
    problems = list(_misfits(template, document))
    if problems:
        raise TemplateError(problems)
    return template


def sample_fields() -> dict[str, object]:
    """Return every field that a template may name, of a case that never was."""
    return template_fields(sample_message(), View(), number="1", base64=lambda _: NO_BYTES)


def _misfits(template: Template, document: Document) -> Iterator[str]:
    """Say which requests name a field, a table or a format that there is not."""
    names = {*template.entry.tables, *template.entry.formats}
    for occasion, request in template.requests():
        known = _KNOWN_WITHOUT_CASE.get(occasion) or sample_fields()
        for location, value in _texts(request, ("requests", occasion)):
            for path, name in placeholders(value):
                lack = _lack(path, name, known, names)
                if lack:
                    yield f"{document.where(location)}: {{{path}}}: {lack}"
        if request.encoding is Encoding.JSON:
            yield from _contradictions(request, ("requests", occasion, "body"), document)


def _texts(request: CallEntry, location: Location) -> Iterator[tuple[Location, Tree]]:
    for key, value in request.texts.items():
        if isinstance(value, dict):
            yield from (((*location, key, inner), one) for inner, one in value.items())
        else:
            yield (*location, key), value


def _contradictions(request: CallEntry, location: Location, document: Document) -> Iterator[str]:
    try:
        built((path, 0) for path in request.body)
    except NoSuchFieldError as error:
        text = f"{error} leads through a value that stands there: write one of the two"
        yield f"{document.where((*location, str(error)))}: {text}"


def _lack(path: str, name: str, known: Mapping[str, object], names: set[str]) -> str | None:
    try:
        found(known, path)
    except NoSuchFieldError:
        near = difflib.get_close_matches(str(steps(path)[0]), known, n=1)
        instead = f"write {near[0]}" if near else f"write one of {', '.join(known)}"
        return f"there is no such field here: {instead}"
    if name and name not in names:
        return f"{name} is neither under tables nor under formats: write it there"
    return None

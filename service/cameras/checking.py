"""One camera as it was written, against the schema that `cameras.yaml` has."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.config.camera_schema import CameraEntry
from streetwatch.service.config.checking import Mistake, mistakes_in
from streetwatch.service.config.document import Location, Tree

_LONGEST: Final = 2000

#: Control characters, and halves of characters that UTF-8 has no bytes for.
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def checked_camera(document: CameraDocument) -> CameraEntry:
    """Return a camera's entry.

    Raises:
        CameraRefusedError: with everything that is wrong in it, and where.
    """
    try:
        entry = CameraEntry.model_validate(document)
    except ValidationError as error:
        raise CameraRefusedError(mistakes_in(error, CameraEntry, document)) from None
    mistakes = [
        Mistake(location, "", says)
        for location, text in _texts(document, ())
        if (says := _problem(text))
    ]
    if mistakes:
        raise CameraRefusedError(mistakes)
    return entry


def _problem(text: str) -> str:
    """Tell what is wrong with a text that no file could hold."""
    if "${" in text:
        return "holds ${: nothing is filled in here, so write the value itself"
    if len(text) > _LONGEST:
        return f"is too long: write at most {_LONGEST} characters"
    if _UNWRITABLE.search(text):
        return "holds a control character: take it out"
    return ""


def _texts(tree: Tree, location: Location) -> Iterator[tuple[Location, str]]:
    """Yield every text and where it stands."""
    match tree:
        case str():
            yield location, tree
        case dict():
            for key, value in tree.items():
                yield from _texts(value, (*location, key))
        case list():
            for row, value in enumerate(tree):
                yield from _texts(value, (*location, row))
        case _:
            pass

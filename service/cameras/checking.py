"""One camera as it was written, against the schema that `cameras.yaml` has."""

from collections.abc import Iterator

from pydantic import ValidationError

from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.config.camera_schema import CameraEntry
from streetwatch.service.config.checking import Mistake, mistakes_in
from streetwatch.service.config.document import Location, Tree


def checked_camera(document: CameraDocument) -> CameraEntry:
    """Return a camera's entry.

    Raises:
        CameraRefusedError: with everything that is wrong in it, and where.
    """
    try:
        entry = CameraEntry.model_validate(document)
    except ValidationError as error:
        raise CameraRefusedError(mistakes_in(error, CameraEntry, document)) from None
    unfilled = [
        Mistake(location, "", "holds ${: nothing is filled in here, so write the value itself")
        for location in _placeholders(document, ())
    ]
    if unfilled:
        raise CameraRefusedError(unfilled)
    return entry


def _placeholders(tree: Tree, location: Location) -> Iterator[Location]:
    """Yield where a value would be filled in from the environment, were this a file."""
    match tree:
        case str() if "${" in tree:
            yield location
        case dict():
            for key, value in tree.items():
                yield from _placeholders(value, (*location, key))
        case list():
            for row, value in enumerate(tree):
                yield from _placeholders(value, (*location, row))
        case _:
            pass

"""All cameras as one `cameras.yaml`: what the console made becomes the file's. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from streetwatch.service.cameras.camera import Camera, CameraDocument, with_source
from streetwatch.service.config.secrets import HIDDEN


@dataclass(frozen=True, slots=True)
class Exported:
    """A file.

    Attributes:
        text: YAML, as `load_cameras` reads it.
        variables: Names that stand for the passwords in it; the passwords are not told.
    """

    text: str
    variables: tuple[str, ...]


class _Quoted(yaml.SafeDumper):
    """Writes hours in quotes: YAML 1.1 may read 22:00 as a number."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if ":" in text or text.isdecimal() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=style)


_Quoted.add_representer(str, _text)


def exported(cameras: Iterable[Camera]) -> Exported:
    """Return cameras as a file."""
    variables: list[str] = []
    documents = [_named(camera, variables) for camera in cameras]
    text = yaml.dump(
        {"cameras": documents}, Dumper=_Quoted, allow_unicode=True, sort_keys=False, width=110
    )
    return Exported(text, tuple(variables))


def _named(camera: Camera, variables: list[str]) -> CameraDocument:
    """Return a camera's document with a variable's name for each password."""
    address = camera.source.redacted
    parts = address.split(HIDDEN)
    names = [_variable(camera.id, row) for row in range(len(parts) - 1)]
    variables += names
    url = parts[0] + "".join(
        f"${{{name}}}{part}" for name, part in zip(names, parts[1:], strict=True)
    )
    return with_source({"id": camera.id, **camera.document}, camera.source, url)


def _variable(camera_id: str, row: int) -> str:
    name = camera_id.upper().replace("-", "_")
    return f"CAMERA_{name}_PASSWORD" + (f"_{row + 1}" if row else "")

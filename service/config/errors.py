"""What people wrote and the service can't use."""

from collections.abc import Iterable
from typing import ClassVar

from streetwatch.service.incidents.errors import InputError


class ConfigError(InputError):
    """A configuration is wrong; its text is one line for each thing to mend.

    Attributes:
        problems: The lines, `FILE:LINE: what is wrong: what to write instead`.
        reference: The page that describes the file.
    """

    reference: ClassVar[str] = "docs/reference"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class CamerasFileError(ConfigError):
    """`cameras.yaml` is wrong."""

    reference: ClassVar[str] = "docs/reference/cameras-yaml.md"


class SettingsError(ConfigError):
    """`streetwatch.yaml` or a `STREETWATCH_*` variable is wrong."""

    reference: ClassVar[str] = "docs/reference/settings.md"


class CalendarFileError(ConfigError):
    """The work calendar's file is wrong."""

    reference: ClassVar[str] = "docs/reference/deadlines.md"


class CodesFileError(ConfigError):
    """A profile of codes is wrong."""

    reference: ClassVar[str] = "docs/reference/codes.md"


class TemplateError(ConfigError):
    """The template of a target is wrong."""

    reference: ClassVar[str] = "docs/reference/targets.md"

"""What the files in `deploy/` are held against."""

from pathlib import Path
from typing import Final

from streetwatch.service.settings import Settings

DEPLOY: Final = Path(__file__).parents[1] / "deploy"


def setting_named(settings: Settings, variable: str) -> bool:
    """Tell whether a variable has set something."""
    group, _, name = variable.removeprefix("STREETWATCH_").lower().partition("__")
    value = getattr(settings, group, None)
    return (getattr(value, name, None) if name else value) is not None

"""What the commands share: options, exit status, JSON lines, the progress bar."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

EXIT_FOUND_WRONG = 1
EXIT_INPUT_WRONG = 2

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line (always so).")]
ModelName = Annotated[
    str | None, typer.Option("--model", help="Name of a shipped model, or path of a model card.")
]


def progress_bar() -> "Progress":
    """Return a progress bar on standard error, which shows only where a person watches."""
    from rich.console import Console  # noqa: PLC0415 -- `--help` must not wait for it
    from rich.progress import Progress  # noqa: PLC0415

    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def print_json(line: Mapping[str, object]) -> None:
    """Print one JSON object as a line on standard output."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()

"""`streetwatch verify`: is what was kept still what it was?"""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.output import EXIT_FOUND_WRONG


def verify(
    evidence: Annotated[Path, typer.Argument(help="An evidence pack (.zip): each file and hash.")],
) -> None:
    """Check hashes; print a line for everything that is wrong, and exit 1 where anything is."""
    _tell(_of_pack(evidence))


def _of_pack(path: Path) -> Iterator[str]:
    from streetwatch.service.evidence.pack_check import findings

    return findings(path)


def _tell(findings: Iterator[str]) -> None:
    wrong = False
    for finding in findings:
        wrong = True
        sys.stdout.write(f"{finding}\n")
    if wrong:
        raise typer.Exit(EXIT_FOUND_WRONG)
    sys.stderr.write("nothing is wrong\n")

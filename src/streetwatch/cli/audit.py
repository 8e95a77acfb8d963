"""The audit log: `streetwatch audit`, and what `streetwatch verify --audit` finds."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.opened import CONFIG, Config, opened
from streetwatch.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.store.audit_chain import Mark


def audit(  # noqa: PLR0913 -- one argument per option
    *,
    who: Annotated[str, typer.Option(help="Only what this user, token or command did.")] = "",
    what: Annotated[str, typer.Option(help="Only these deeds, or `user.`: all of a kind.")] = "",
    since: Annotated[datetime | None, typer.Option(help="Then or later, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Then or earlier, UTC.")] = None,
    head: Annotated[
        bool, typer.Option("--head", help="Only the last entry's POSITION:HASH: write it down.")
    ] = False,
    config: Config = CONFIG,
    as_json: AsJson = True,
) -> None:
    """Print who did what, to what, when and from where: a line an entry, oldest first."""
    from streetwatch.service.store.audit import Asked

    del as_json
    with opened(config) as service:
        if head:
            print_json({"head": str(service.audit.head())})
            return
        asked = Asked(who=who, what=what, since=_seconds(since), until=_seconds(until))
        for entry in service.audit.entries(asked):
            print_json(entry.told)


def of_audit(config: Path, heads: list[str] | None) -> Iterator[dict[str, str]]:
    """Yield what is wrong with the audit log of a service."""
    anchors = tuple(map(_mark, heads or ()))
    with opened(config) as service:
        for wrong in service.audit.wrongs(anchors):
            name = f"audit_{wrong.what}"
            yield {"finding": name, "name": str(wrong.position), "says": wrong.says}


def _seconds(moment: datetime | None) -> float | None:
    from datetime import UTC

    return None if moment is None else moment.replace(tzinfo=UTC).timestamp()


def _mark(text: str) -> "Mark":
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.store.audit_chain import Mark

    position, _, hashed = text.partition(":")
    if not position.isdecimal() or len(hashed) != 64:
        raise InputError(f"--head {text}: is no head: write POSITION:HASH as `audit --head` does")
    return Mark(int(position), hashed)

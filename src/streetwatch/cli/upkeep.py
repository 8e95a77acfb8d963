"""What keeps a store in order: `retention`, `backup`, `restore`, `verify`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.audit import of_audit
from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.store.sql_store import SqlStore
    from streetwatch.service.upkeep.retention import Retention

Config = Annotated[Path, typer.Option(help="Settings of the service.")]
_CONFIG = Path("streetwatch.yaml")


def retention(
    *,
    case: Annotated[
        str | None, typer.Option(help="Delete this case's evidence now: its number or external id.")
    ] = None,
    why: Annotated[str | None, typer.Option(help="Why, with --case; it is written down.")] = None,
    config: Config = _CONFIG,
    dry_run: Annotated[bool, typer.Option(help="Tell what is due, and delete nothing.")] = False,
    as_json: AsJson = True,
) -> None:
    """Delete what has been kept long enough, a line each; the service does so every night."""
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.openings import catalogue_of, evidence_of, retention_of, stored
    from streetwatch.service.settings_file import load_settings

    del as_json
    if (case is None) is not (why is None) or (case is not None and dry_run):
        raise InputError("retention: give --case together with --why, and without --dry-run")
    settings = load_settings(config, environ=os.environ)
    configure_logs(settings.log_format)
    file = load_cameras(settings.cameras, environ=os.environ)
    store = stored(settings)
    cameras = catalogue_of(settings, file, store)
    job = retention_of(settings, cameras, store, evidence_of(settings))
    now = time.time()
    if case is not None and why is not None:
        _delete(job, store, case, why, now)
    else:
        for gone in job.plan(now=now) if dry_run else job.run(now=now, clock=time.time):
            print_json(gone.line())
    store.close()


def _delete(job: "Retention", store: "SqlStore", case: str, why: str, now: float) -> None:
    """Delete what is kept of a case, and of reports that it took in."""
    from streetwatch.service.desk.book import Book

    book = Book(store.engine)
    name = str(book.case(case)["external_id"])
    for one in (name, *(other for other in book.names(name) if other != name)):
        print_json(job.delete(one, why=why, now=now).line())


def backup(
    out: Annotated[Path, typer.Argument(help="An empty folder, or one that is not there yet.")],
    *,
    config: Config = _CONFIG,
    as_json: AsJson = True,
) -> None:
    """Copy database and evidence of a service, running or not, with their hashes."""
    from streetwatch.service.openings import evidence_of, stored
    from streetwatch.service.settings_file import load_settings
    from streetwatch.service.upkeep.backup import back_up

    del as_json
    settings = load_settings(config, environ=os.environ)
    store = stored(settings)
    done = back_up(store.engine, evidence_of(settings), out, now=time.time())
    store.close()
    print_json({"backup": str(out), "files": done.files, "damaged": list(done.damaged)})
    if done.damaged:
        raise typer.Exit(EXIT_FOUND_WRONG)


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `backup` wrote.")],
    *,
    config: Config = _CONFIG,
    as_json: AsJson = True,
) -> None:
    """Check a backup and put it into the empty data folder of a service that is not running."""
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.settings_file import load_settings
    from streetwatch.service.upkeep.restore import restore as put_back

    del as_json
    settings = load_settings(config, environ=os.environ)
    if settings.database is not None:
        raise InputError(
            f"{config}: sets a database: restore that with pg_restore, then copy the folder "
            "evidence (docs/how-to/backup-and-restore.md)"
        )
    cover = put_back(folder, settings.data_dir)
    print_json({"restored": str(settings.data_dir), "made_at": cover.made_at, "files": cover.files})


def verify(  # noqa: PLR0913 -- one argument per option
    evidence: Annotated[
        Path | None, typer.Argument(help="An evidence pack (.zip): every file and hash.")
    ] = None,
    *,
    store: Annotated[
        bool, typer.Option("--store", help="Do store, evidence, chains and deliveries agree?")
    ] = False,
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="A public key that is trusted: a PEM file, or its name. May be repeated."
        ),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(help="With --store: a platform's own list of cases, a JSON object a line."),
    ] = None,
    target: Annotated[str, typer.Option(help="Whose list that is.")] = "desk",
    audit: Annotated[bool, typer.Option("--audit", help="Is the audit log whole?")] = False,
    head: Annotated[
        list[str] | None,
        typer.Option(help="With --audit: a head that was written down, POSITION:HASH."),
    ] = None,
    config: Config = _CONFIG,
    as_json: AsJson = True,
) -> None:
    """Check what is kept: a line a finding, exit status 1 where there is any."""
    from streetwatch.service.incidents.errors import InputError

    del as_json
    if (evidence is not None) + store + audit != 1:
        raise InputError("verify: say what is to be checked: EVIDENCE.zip, --store or --audit")
    if head and not audit:
        raise InputError("verify: --head goes with --audit")
    found = 0
    if audit:
        lines = of_audit(config, head)
    elif evidence is None:
        lines = _of_store(config, ledger, target)
    else:
        lines = _of_pack(evidence, tuple(key or ()))
    for line in lines:
        print_json(line)
        found += 1
    if found:
        raise typer.Exit(EXIT_FOUND_WRONG)


def _of_store(config: Path, ledger: Path | None, target: str) -> Iterator[dict[str, str]]:
    from streetwatch.service.openings import stored, verification_of
    from streetwatch.service.settings_file import load_settings
    from streetwatch.service.upkeep.ledger import PlatformLedger, compared

    received = None if ledger is None else PlatformLedger.read(ledger)
    settings = load_settings(config, environ=os.environ)
    opened = stored(settings)
    for finding in verification_of(settings, opened).run(now=time.time()):
        yield finding.line()
    if received is not None:
        for finding in compared(opened.engine, received, target):
            yield finding.line()
    opened.close()


def _of_pack(path: Path, keys: tuple[str, ...]) -> Iterator[dict[str, str]]:
    from streetwatch.service.evidence.keys import trusted
    from streetwatch.service.evidence.pack_check import check

    for told in check(path, frozenset(trusted(key) for key in keys)):
        if told.is_wrong:
            yield {"finding": "pack", "kind": told.kind, "name": told.name, "says": told.says}
        else:
            sys.stderr.write(f"{told}\n")

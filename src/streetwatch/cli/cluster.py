"""`streetwatch cluster`: the processes that share the cameras of one database."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.machines import all_run, stop
from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.settings import Settings
    from streetwatch.service.store.nodes import Nodes
    from streetwatch.service.store.sql_store import SqlStore

app = typer.Typer(no_args_is_help=True, help="The nodes that share the cameras of one database.")

Config = Annotated[Path, typer.Option(help="Settings of the service.")]
NodeName = Annotated[str, typer.Argument(help="Its `node.id`.", metavar="NODE")]
OfRay = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Tell of the machines of this Ray cluster too."),
]
_CONFIG = Path("streetwatch.yaml")


@app.command()
def status(*, config: Config = _CONFIG, cluster: OfRay = None, as_json: AsJson = True) -> None:
    """Print a line a node; exit status 1 where a camera is nobody's, or a machine lacks its own."""
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.openings import catalogue_of
    from streetwatch.service.store.node_status import statuses, unowned

    del as_json
    with _shared(config) as (settings, store, nodes):
        whole = nodes.whole()
        file = load_cameras(settings.cameras, environ=os.environ)
        cameras = catalogue_of(settings, file, store).cameras
    for one in statuses(whole):
        print_json(asdict(one))
    lost = unowned(whole, (one.id for one in cameras))
    if lost:
        typer.echo(f"{len(lost)} cameras are watched by nobody: {', '.join(lost[:10])}", err=True)
    is_whole = cluster is None or all_run(cluster)
    if lost or not is_whole:
        raise typer.Exit(EXIT_FOUND_WRONG)


@app.command()
def drain(
    node: NodeName,
    *,
    back: Annotated[bool, typer.Option("--back", help="Let it have cameras again.")] = False,
    config: Config = _CONFIG,
) -> None:
    """Have a node give its cameras to the others; it goes on running without any."""
    from streetwatch.service.incidents.errors import InputError

    with _shared(config) as (_, _, nodes):
        if not nodes.leave(node, is_leaving=not back):
            raise InputError(f"cluster: there is no node {node}: see streetwatch cluster status")


@app.command()
def forget(node: NodeName, *, config: Config = _CONFIG) -> None:
    """Forget a node that is gone for good."""
    from streetwatch.service.incidents.errors import InputError

    with _shared(config) as (_, _, nodes):
        if not nodes.forget(node):
            raise InputError(f"cluster: the node {node} lives, or there is none of this name")


app.command()(stop)


@app.command()
def detect(*, config: Config = _CONFIG) -> None:
    """Look at the pictures of nodes whose `node.detection` is `shared`, until SIGTERM."""
    from streetwatch.service.detecting import serve_detector
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.settings_file import load_settings

    settings = load_settings(config, environ=os.environ)
    configure_logs(settings.log_format)
    serve_detector(settings)


@contextmanager
def _shared(config: Path) -> "Iterator[tuple[Settings, SqlStore, Nodes]]":
    from streetwatch.service.openings import stored
    from streetwatch.service.settings_file import load_settings
    from streetwatch.service.store.nodes import Nodes

    settings = load_settings(config, environ=os.environ)
    store = stored(settings)
    try:
        yield settings, store, Nodes(store.engine, lease_s=settings.node.lease_s)
    finally:
        store.close()

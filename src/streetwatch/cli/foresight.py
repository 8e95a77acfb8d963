"""`streetwatch bench foresight`, `bench crowds` and `bench foresight-load`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.output import AsJson, print_json, progress_bar


def foresight(
    *,
    cities: Annotated[int, typer.Option(min=1, help="Simulated cities of each kind.")] = 200,
    nothing: Annotated[
        int | None, typer.Option(min=1, help="Cities without a plant; left out: as many.")
    ] = None,
    cameras: Annotated[int, typer.Option(min=16, help="Of each city.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Of the first city.")] = 1000,
    as_json: AsJson = True,
) -> None:
    """Plant hot spots, changes and blind spots; count what is found, and what is found falsely."""
    from streetwatch.benchmarks.foresight import TRIES, measure

    del as_json
    with progress_bar() as progress:
        many = dict.fromkeys(TRIES, cities) | {"nothing": nothing or cities}
        task = progress.add_task("cities", total=sum(many.values()))
        for what, count in many.items():
            print_json(
                measure(
                    what,
                    seeds=range(seed, seed + count),
                    cameras=cameras,
                    on_city=lambda: progress.advance(task),
                )
            )


def crowds(
    *,
    cities: Annotated[int, typer.Option(min=1, help="Simulated cities of each kind.")] = 40,
    cameras: Annotated[int, typer.Option(min=16, help="Of each city.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Of the first city.")] = 1000,
    as_json: AsJson = True,
) -> None:
    """Plant markets; count the warnings before their peaks, and those where there is no crowd."""
    from streetwatch.benchmarks.crowds import TRIES, measure

    del as_json
    with progress_bar() as progress:
        task = progress.add_task("cities", total=cities * len(TRIES))
        for what in TRIES:
            print_json(
                measure(
                    what,
                    seeds=range(seed, seed + cities),
                    cameras=cameras,
                    on_city=lambda: progress.advance(task),
                )
            )


def foresight_load(
    *,
    database: Annotated[str, typer.Option(help="Address of a filled database.")],
    cameras: Annotated[Path, typer.Option(help="Its cameras.yaml.")],
    times: Annotated[int, typer.Option(min=1, help="How often each question is asked.")] = 5,
    as_json: AsJson = True,
) -> None:
    """Time what the pages of foresight ask of a database that `streetwatch simulate` has filled."""
    from streetwatch.benchmarks.foresight_load import ask
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.store.sql_store import open_store

    del as_json
    known = load_cameras(cameras, environ={})
    with closing(open_store(database)) as store:
        for answer in ask(store.engine, known, times=times):
            print_json(answer.line())

"""`streetwatch bench foresight`, `bench crowds` and `bench foresight-load`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import time
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from streetwatch.cli.output import AsJson, print_json, progress_bar


class Part(StrEnum):
    """What is tried."""

    CITIES = "cities"
    CAMPAIGNS = "campaigns"
    PATROLS = "patrols"


def foresight(  # noqa: PLR0913 -- one argument per option
    *,
    cities: Annotated[int, typer.Option(min=1, help="Simulated cities of each kind.")] = 200,
    nothing: Annotated[
        int | None, typer.Option(min=1, help="Cities without a plant; left out: as many.")
    ] = None,
    cameras: Annotated[int, typer.Option(min=16, help="Of each city.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Of the first city.")] = 1000,
    only: Annotated[
        Part | None, typer.Option(help="Left out: cities, campaigns and patrols.")
    ] = None,
    histories: Annotated[int, typer.Option(min=1, help="Campaigns of each kind.")] = 1000,
    patrols: Annotated[int, typer.Option(min=1, help="Cities with patrols of each kind.")] = 100,
    as_json: AsJson = True,
) -> None:
    """Plant hot spots, changes, blind spots, campaigns; count what is found, and found falsely."""
    del as_json
    if only in {None, Part.CITIES}:
        _cities(cities, nothing or cities, cameras, seed)
    if only in {None, Part.CAMPAIGNS}:
        _campaigns(histories)
    if only in {None, Part.PATROLS}:
        _patrols(patrols)


def _cities(cities: int, nothing: int, cameras: int, seed: int) -> None:
    from streetwatch.benchmarks.foresight import TRIES, measure

    with progress_bar() as progress:
        many = dict.fromkeys(TRIES, cities) | {"nothing": nothing}
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


def _campaigns(histories: int) -> None:
    from streetwatch.benchmarks.foresight_campaigns import FIRST, PLANTED, measure

    with progress_bar() as progress:
        task = progress.add_task("campaigns", total=len(PLANTED) * histories)
        for name in PLANTED:
            seeds = range(FIRST, FIRST + histories)
            print_json(measure(name, seeds=seeds, on_history=lambda n: progress.advance(task, n)))


def _patrols(cities: int) -> None:
    from streetwatch.benchmarks.foresight_patrol import FIRST, measure

    seeds = range(FIRST, FIRST + cities)
    with progress_bar() as progress:
        task = progress.add_task("patrols", total=2 * cities)
        for is_planted in (True, False):
            print_json(
                measure(
                    is_planted=is_planted,
                    seeds=seeds,
                    on_history=lambda n: progress.advance(task, n),
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


def foresight_load(  # noqa: PLR0913 -- one argument per option
    *,
    database: Annotated[str, typer.Option(help="Address of a filled database.")],
    cameras: Annotated[Path, typer.Option(help="Its cameras.yaml.")],
    roads: Annotated[Path | None, typer.Option(help="Its roads.geojson.")] = None,
    times: Annotated[int, typer.Option(min=1, help="How often each question is asked.")] = 5,
    only: Annotated[
        str | None, typer.Option(help="Only questions with this in their name.")
    ] = None,
    pages: Annotated[
        bool, typer.Option(help="Time the console's pages, whole in a browser, instead.")
    ] = False,
    as_json: AsJson = True,
) -> None:
    """Time what the pages of foresight ask of a database that `streetwatch simulate` has filled."""
    from streetwatch.benchmarks.foresight_load import ask
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.foreseeing import roads_in
    from streetwatch.service.store.sql_store import open_store

    del as_json
    if pages:
        _pages(database, cameras, times)
        return
    known = load_cameras(cameras, environ={})
    with closing(open_store(database)) as store:
        lines = roads_in(roads) if roads else None
        for answer in ask(store.engine, known, times=times, roads=lines, only=only):
            print_json(answer.line())


def _pages(database: str, cameras: Path, times: int) -> None:
    from streetwatch.benchmarks.foresight_pages import shown

    with TemporaryDirectory(prefix="streetwatch-") as folder:
        for one in shown(database, cameras, Path(folder), times=times, now=time.time()):
            print_json(one.line())

"""`streetwatch simulate`: a city that does not exist, with everything known about it."""

# ruff: noqa: PLC0415 -- imports inside the command: `streetwatch --help` must not wait for them

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streetwatch.cli.output import AsJson, print_json, progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from streetwatch.datasets.city.life import City
    from streetwatch.datasets.city.plan import Plant


def simulate(  # noqa: PLR0913 -- one argument per option
    out: Annotated[Path, typer.Argument(help="A new folder for the city's files.")],
    *,
    seed: Annotated[int, typer.Option(min=0, help="The same gives the same city.")] = 0,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Its first day, as 2026-09-01."),
    ] = None,
    days: Annotated[int, typer.Option(help="How many.")] = 28,
    districts: Annotated[int, typer.Option(help="How many.")] = 2,
    cameras: Annotated[int, typer.Option(help="In all districts together.")] = 40,
    a_day: Annotated[float, typer.Option(help="Violations of a camera and day, about.")] = 4.0,
    plant: Annotated[
        list[str] | None,
        typer.Option(
            help="What is planted: hot_spot, change, relapse, crowd, blind_spot, none; "
            "repeatable; default: everything."
        ),
    ] = None,
    looks: Annotated[
        list[str] | None,
        typer.Option(help="Camera whose looks are written, for `replay --detections`; repeatable."),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="Address of an empty database that is filled with the city's cases."),
    ] = None,
    files: Annotated[
        bool, typer.Option(help="Write what happened day by day, too; a large city's is gigabytes.")
    ] = True,
    as_json: AsJson = True,
) -> None:
    """Simulate a city: cameras, what happens before them, what is planted in it, who complains."""
    from streetwatch.datasets.city.life import City
    from streetwatch.datasets.city.plan import Plan
    from streetwatch.datasets.city.writing import write_city

    del as_json
    begins = (first or datetime(2026, 9, 1)).date()  # noqa: DTZ001 -- a day
    plan = Plan(seed, begins, days, districts, cameras, a_day, _plants(plant))
    city = City(plan)
    wanted = _cameras(city, looks or [])
    with progress_bar() as progress:
        total = days * (bool(database) + files) + len(wanted)
        task = progress.add_task("days", total=total)

        def on(_: object) -> None:
            progress.advance(task)

        counts = write_city(city, out, on_day=on, with_days=files)
        for camera in wanted:
            _write_looks(city, camera, out)
            on(camera)
        told: dict[str, Any] = {"out": str(out), "cameras": cameras, "days": days, **counts}
        if database:
            told["incidents"] = _filled(database, city, on)
    print_json(told)


def _plants(words: list[str] | None) -> "frozenset[Plant]":
    from streetwatch.datasets.city.plan import Plant
    from streetwatch.datasets.yolo_folder import DatasetError

    if words is None:
        return frozenset(Plant)
    known = {*Plant, "none"}
    wrong = next((word for word in words if word not in known), None)
    if wrong is not None:
        raise DatasetError(f"--plant {wrong}: write one of {', '.join((*Plant, 'none'))}")
    return frozenset(Plant(word) for word in words if word != "none")


def _cameras(city: "City", words: list[str]) -> list[str]:
    from streetwatch.datasets.yolo_folder import DatasetError

    known = [post.id for post in city.ground.posts]
    for word in words:
        if word not in known:
            raise DatasetError(f"--looks {word}: no such camera: {known[0]} to {known[-1]}")
    return words


def _write_looks(city: "City", camera: str, out: Path) -> None:
    from streetwatch.datasets.city.stream import stream
    from streetwatch.service.runtime.recorded import look_line

    folder = out / "looks"
    folder.mkdir(exist_ok=True)
    with (folder / f"{camera}.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(map(look_line, stream(city, camera)))


def _filled(database: str, city: "City", on_day: "Callable[[object], None]") -> int:
    from streetwatch.benchmarks.city_store import fill_with
    from streetwatch.service.store.sql_store import open_store

    with closing(open_store(database)) as store:
        return fill_with(store.engine, city, on_day=on_day)

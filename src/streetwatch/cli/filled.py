"""`streetwatch bench`: what storing, delivery, leases and pages take when there is much."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, print_json, progress_bar


def delivery(
    *,
    cases: Annotated[int, typer.Option(min=1, help="How many are filed, each to two targets.")],
    seed: Annotated[int, typer.Option(help="Of what goes wrong.")] = 1,
    kill: Annotated[bool, typer.Option(help="Relays die by kill -9 at random steps.")] = False,
    as_json: AsJson = True,
) -> None:
    """File cases at platforms that misbehave: is each there once, in order? Exit 1 if not."""
    from streetwatch.benchmarks.delivery import measure_delivery

    del as_json
    with TemporaryDirectory() as folder, progress_bar() as progress:
        task = progress.add_task("messages pending", total=None)
        outcome = measure_delivery(
            Path(folder),
            cases=cases,
            seed=seed,
            kill=kill,
            on_pending=lambda pending: progress.update(
                task, description=f"{pending} messages pending"
            ),
        )
    print_json(outcome.line())
    if not outcome.is_right:
        raise typer.Exit(EXIT_FOUND_WRONG)


def store(
    *,
    rows: Annotated[int, typer.Option(min=1000, help="Incidents, and as many cases.")] = 1_000_000,
    database: Annotated[
        str | None,
        typer.Option(help="Address of an empty or filled database; left out: SQLite, thrown away."),
    ] = None,
    times: Annotated[int, typer.Option(min=1, help="How often each question is asked.")] = 50,
    as_json: AsJson = True,
) -> None:
    """Fill a store with a year of a city, then time and explain every question asked of it."""
    from streetwatch.benchmarks.store import facts, measure
    from streetwatch.benchmarks.store_rows import fill, filled
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.store.sql_store import open_store

    del as_json
    with TemporaryDirectory(prefix="streetwatch-") as folder, progress_bar() as progress:
        opened = open_store(database or f"sqlite:///{folder}/store.db")
        try:
            there = filled(opened.engine)
            if there not in {0, rows}:
                raise InputError(f"--database: holds {there} incidents: give an empty one")
            task = progress.add_task("rows", total=rows)
            if not there:
                fill(opened.engine, rows, on_rows=lambda n: progress.advance(task, n))
            for figure in measure(opened, rows, times=times):
                print_json({**facts(opened), "rows": rows, **figure.line()})
        finally:
            opened.close()


def leases(
    *,
    database: Annotated[
        str | None,
        typer.Option(help="Address of a database that no service uses; left out: SQLite."),
    ] = None,
    times: Annotated[int, typer.Option(min=1, help="How often each work is done.")] = 200,
    as_json: AsJson = True,
) -> None:
    """Time what it costs that several processes share the cameras."""
    from streetwatch.benchmarks.lease_cost import timings
    from streetwatch.benchmarks.store import facts
    from streetwatch.service.store.sql_store import open_store

    del as_json
    with TemporaryDirectory(prefix="streetwatch-") as folder:
        opened = open_store(database or f"sqlite:///{folder}/leases.db")
        try:
            for one in timings(opened, times=times):
                print_json({**facts(opened), **one.line()})
        finally:
            opened.close()


def looks(
    *,
    standing: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Incidents that stand; repeatable; default 1, 10, 50."),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="Address of an empty database; left out: SQLite, thrown away."),
    ] = None,
    times: Annotated[int, typer.Option(min=1, help="How many looks are stored.")] = 200,
    as_json: AsJson = True,
) -> None:
    """Time what it takes to store a look, by how many things stand."""
    from streetwatch.benchmarks.look_cost import cost
    from streetwatch.benchmarks.store import facts
    from streetwatch.service.store.sql_store import open_store

    del as_json
    with TemporaryDirectory(prefix="streetwatch-") as folder:
        opened = open_store(database or f"sqlite:///{folder}/looks.db")
        try:
            for count in standing or [1, 10, 50]:
                print_json({**facts(opened), **cost(opened, count, looks=times).line()})
        finally:
            opened.close()


def console(
    *,
    cameras: Annotated[int, typer.Option(min=10, help="How many there are.")] = 300,
    incidents: Annotated[int, typer.Option(min=1000, help="And as many cases.")] = 10_000,
    times: Annotated[int, typer.Option(min=1, help="How often each thing is done.")] = 20,
    as_json: AsJson = True,
) -> None:
    """Fill a service with a city, and measure in a browser how long its pages take."""
    from streetwatch.benchmarks.console import facts, measured
    from streetwatch.benchmarks.console_load import Load, carrying

    del as_json
    load = Load(cameras, incidents)
    with TemporaryDirectory(prefix="streetwatch-") as folder, progress_bar() as progress:
        task = progress.add_task("incidents", total=incidents)
        known = {"cameras": cameras, "incidents": incidents, **facts()}

        def filled(rows: int) -> None:
            progress.advance(task, rows)

        with carrying(load, Path(folder), now=time.time(), on_rows=filled) as url:
            for one in measured(url, times=times):
                print_json({**known, **one.line()})

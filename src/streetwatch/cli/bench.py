"""`streetwatch bench`: what is measured, a JSON object a line."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from streetwatch.benchmarks.light import Light
from streetwatch.cli import endurance, foresight, masking, throughput
from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, ModelName, print_json, progress_bar

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _bench() -> None:
    """Measure, with n and the interval."""


@app.command()
def accuracy(  # noqa: PLR0913 -- one argument per option
    data: Annotated[Path, typer.Option(help="Holds images/, labels/ (YOLO) and data.yaml.")],
    *,
    model: ModelName = None,
    subset: Annotated[
        Light | None, typer.Option(help="Only pictures taken in the dark, or in the light.")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(help="Folder for plots; needs the extra `plots`.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Fail where a figure fell under its interval there.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option(help="Write the figures into --baseline instead.")
    ] = False,
    as_json: AsJson = True,
) -> None:
    """Measure the detector on labelled pictures, at the card's operating thresholds."""
    from streetwatch.benchmarks.baseline import drops, read_baseline, write_baseline
    from streetwatch.benchmarks.light import light_of
    from streetwatch.benchmarks.measurement import measure
    from streetwatch.benchmarks.plots import write_plots
    from streetwatch.datasets.yolo_folder import names_of, read_folder, read_picture
    from streetwatch.vision.detect import Detector

    del as_json
    images = list(read_folder(data))
    if subset:
        images = [one for one in images if light_of(read_picture(one.path).mean()) is subset]
    detector = Detector.load(model)
    named = set(names_of(data).values())
    thresholds = {
        label: value for label, value in detector.card.thresholds.items() if label in named
    }
    name = "/".join(data.resolve().parts[-2:]) + (f"#{subset}" if subset else "")
    then = read_baseline(baseline, name) if baseline and not update_baseline else []
    with progress_bar() as progress:
        task = progress.add_task("pictures", total=len(images))
        measured = measure(
            images, detector, thresholds=thresholds, on_image=lambda: progress.advance(task)
        )
    lines = [one.line() for one in measured.figures]
    for line in lines:
        print_json(line)
    if plots:
        write_plots(plots, measured.figures, measured.judged, measured.confusion)
    if baseline and update_baseline:
        write_baseline(baseline, name, lines, model=detector.card.version)
    worse = list(drops(lines, then))
    for words in worse:
        sys.stderr.write(f"{name}: {words}\n")
    if worse:
        raise typer.Exit(EXIT_FOUND_WRONG)


@app.command()
def report(
    baseline: Annotated[
        Path,
        typer.Argument(help="What --update-baseline wrote, or `bench events` printed (.jsonl)."),
    ],
) -> None:
    """Print a baseline as Markdown tables, as the documentation has them."""
    from streetwatch.benchmarks.baseline import read_sets
    from streetwatch.benchmarks.event_table import event_table, read_lines
    from streetwatch.benchmarks.markdown import tables

    if baseline.suffix == ".jsonl":
        sys.stdout.write(event_table(read_lines(baseline)))
    else:
        sys.stdout.write(tables(read_sets(baseline)))


@app.command()
def events(  # noqa: PLR0913 -- one argument per option
    data: Annotated[Path, typer.Option(help="Holds clips, cameras.yaml and truth.json.")],
    *,
    model: ModelName = None,
    look_interval_s: Annotated[
        float, typer.Option(min=0.04, help="Seconds of the clip between two looks.")
    ] = 1.0,
    gate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Fail where the precision is lower.")
    ] = None,
    clips: Annotated[bool, typer.Option(help="Print each clip's lines first.")] = False,
    looks: Annotated[
        Path | None, typer.Option(help="Folder that keeps what was seen, for the next time.")
    ] = None,
    threads: Annotated[int, typer.Option(min=0, help="Of the detector; 0: all.")] = 0,
    sparing: Annotated[
        bool, typer.Option(help="Detect where something changed or may mature, as the service.")
    ] = False,
    as_json: AsJson = True,
) -> None:
    """Run clips with known truth through the whole chain: is each violation filed once?"""
    from streetwatch.benchmarks import event_clips
    from streetwatch.benchmarks.events import ALL
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.logs import configure_logs
    from streetwatch.vision.detect import Detector

    del as_json
    configure_logs("console")
    cameras = load_cameras(data / "cameras.yaml", environ=os.environ)
    true = event_clips.read_truth(data)
    under = event_clips.read_disturbances(data)
    detector = Detector.load(model, threads=threads)
    seeing = event_clips.Seeing(detector, look_interval_s, looks, sparing)
    results: list[event_clips.ClipResult] = []
    with progress_bar() as progress:
        task = progress.add_task("looks", total=None)
        for clip in true:
            progress.update(task, description=clip.path.name)
            results.append(
                event_clips.run_clip(
                    clip,
                    cameras,
                    seeing,
                    disturbance=under.get(clip.path.name, ""),
                    on_look=lambda: progress.advance(task),
                )
            )
    for result in results if clips else []:
        for one in result.tallies.values():
            print_json({"clip": result.name, **one.line()})
    for disturbance, one in event_clips.by_disturbance(results):
        print_json({"disturbance": disturbance, **one.line()})
    lines = event_clips.table(results)
    for one in lines:
        print_json(one.line())
    # "Not measured" is never a pass.
    judged = [one for one in lines if one.n or one.filed or one.type == ALL]
    if gate is not None and any(one.precision is None or one.precision < gate for one in judged):
        raise typer.Exit(EXIT_FOUND_WRONG)


@app.command()
def simulation(  # noqa: PLR0913 -- one argument per option
    *,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each scene and disturbance.")] = 20,
    looks_per_s: Annotated[
        list[float] | None, typer.Option(help="Looks a second; repeatable; default 5, 1, 0.2.")
    ] = None,
    scene: Annotated[str | None, typer.Option(help="Only this scene.")] = None,
    disturbance: Annotated[str | None, typer.Option(help="Only this disturbance.")] = None,
    first_seed: Annotated[
        int, typer.Option(min=0, help="0-99 are for developing, report others.")
    ] = 0,
    pictures: Annotated[bool, typer.Option(help="Draw what the camera would show.")] = True,
    as_json: AsJson = True,
) -> None:
    """Simulate disturbed looks at parked and passing cars: is each stay filed once?"""
    from streetwatch.benchmarks.simulation import SCENES, simulate
    from streetwatch.datasets.simulate import DISTURBANCES
    from streetwatch.datasets.yolo_folder import DatasetError

    del as_json
    if scene and scene not in SCENES:
        raise DatasetError(f"--scene {scene}: there is {', '.join(SCENES)}")
    if disturbance and disturbance not in DISTURBANCES:
        raise DatasetError(f"--disturbance {disturbance}: there is {', '.join(DISTURBANCES)}")
    rates = looks_per_s or [5.0, 1.0, 0.2]
    wanted = [disturbance] if disturbance else DISTURBANCES
    runs = [(s, d, r) for s in ([scene] if scene else SCENES) for d in wanted for r in rates]
    with progress_bar() as progress:
        task = progress.add_task("runs", total=len(runs) * seeds)
        for name, under, rate in runs:
            progress.update(task, description=f"{name}, {under}, {rate:g}/s")
            outcome = simulate(
                name,
                under,
                looks_per_s=rate,
                seeds=range(first_seed, first_seed + seeds),
                pictures=pictures,
                on_seed=lambda: progress.advance(task),
            )
            print_json(outcome.line())


@app.command()
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


@app.command()
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


@app.command()
def presence(
    *,
    objects: Annotated[
        list[int] | None, typer.Option(min=1, help="Standing at once; repeatable; default 10, 50.")
    ] = None,
    looks: Annotated[int, typer.Option(min=1, help="How many looks are timed.")] = 500,
    as_json: AsJson = True,
) -> None:
    """Time `observe`, the fold of one look into presence, and weigh what it remembers."""
    from streetwatch.benchmarks.presence_cost import cost

    del as_json
    counts = objects or [10, 50]
    with progress_bar() as progress:
        task = progress.add_task("looks", total=2 * len(counts) * looks)
        for count in counts:
            for pictures in (False, True):
                measured = cost(
                    count, pictures=pictures, looks=looks, on_look=lambda: progress.advance(task)
                )
                print_json(measured.line())


@app.command()
def placement(
    *,
    cameras: Annotated[int, typer.Option(min=1, help="How many there are.")] = 3000,
    nodes: Annotated[int, typer.Option(min=2, help="How many watch them.")] = 60,
    seed: Annotated[int, typer.Option(help="Of what each camera costs.")] = 1,
    as_json: AsJson = True,
) -> None:
    """Simulate a city's nodes: the time of a round of placing, and how even it leaves them."""
    from streetwatch.benchmarks.placement import rounds

    del as_json
    for one in rounds(cameras, nodes, seed=seed):
        print_json(one.line())


@app.command()
def scale(
    *,
    cameras: Annotated[
        list[int] | None, typer.Option(min=1, help="Repeatable; default 100, 3,000, 50,000.")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Compute what a city needs from the committed figures of one machine. Nothing is run."""
    from streetwatch.benchmarks.scale import Measured, needs

    del as_json
    measured = Measured.read()
    for count in cameras or [100, 3000, 50_000]:
        print_json(needs(count, measured))


@app.command()
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


@app.command()
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


app.command()(throughput.throughput)
app.command()(masking.masking)
app.command()(masking.masking_clips)
app.command()(masking.masking_plates)
app.command()(endurance.faults)
app.command()(endurance.soak)
app.command()(foresight.foresight)
app.command()(foresight.crowds)
app.command()(foresight.foresight_load)

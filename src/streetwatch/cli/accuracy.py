"""`streetwatch bench`: whether what is filed is right, on pictures, clips and in simulations."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.benchmarks.light import Light
from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, ModelName, print_json, progress_bar


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


def report(
    baseline: Annotated[
        Path,
        typer.Argument(
            help="What --update-baseline wrote; or `bench events` or `simulation` printed (.jsonl)."
        ),
    ],
) -> None:
    """Print a baseline as Markdown tables, as the documentation has them."""
    from streetwatch.benchmarks.baseline import read_sets
    from streetwatch.benchmarks.event_table import event_table, read_lines
    from streetwatch.benchmarks.markdown import tables
    from streetwatch.benchmarks.simulation_table import read_outcomes, simulation_tables

    if baseline.suffix != ".jsonl":
        sys.stdout.write(tables(read_sets(baseline)))
    elif outcomes := read_outcomes(baseline):
        sys.stdout.write(simulation_tables(outcomes))
    else:
        sys.stdout.write(event_table(read_lines(baseline)))


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
    from streetwatch.benchmarks.streets import over_streets
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.logs import configure_logs
    from streetwatch.vision.detect import Detector

    del as_json
    configure_logs("console")
    cameras = load_cameras(data / "cameras.yaml", environ=os.environ)
    true = event_clips.read_truth(data)
    about = event_clips.read_about(data)
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
                    about=about.get(clip.path.name, event_clips.NOTHING_SAID),
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
        print_json({**one.line(), **over_streets(results, one.type)})
    # "Not measured" is never a pass.
    judged = [one for one in lines if one.n or one.filed or one.type == ALL]
    if gate is not None and any(one.precision is None or one.precision < gate for one in judged):
        raise typer.Exit(EXIT_FOUND_WRONG)


def simulation(  # noqa: PLR0913 -- one argument per option
    *,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each scene and disturbance.")] = 20,
    looks_per_s: Annotated[
        list[float] | None, typer.Option(help="Looks a second; repeatable; default 5, 1, 0.2.")
    ] = None,
    scene: Annotated[list[str] | None, typer.Option(help="Only this scene; repeatable.")] = None,
    disturbance: Annotated[
        list[str] | None, typer.Option(help="Only this disturbance; repeatable.")
    ] = None,
    first_seed: Annotated[
        int, typer.Option(min=0, help="0-99 are for developing, report others.")
    ] = 0,
    pictures: Annotated[bool, typer.Option(help="Draw what the camera would show.")] = True,
    runs: Annotated[
        Path | None, typer.Option(help="File that keeps each run, to go on after a break.")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Simulate disturbed looks at parked and passing cars: is each stay filed once?"""
    from streetwatch.benchmarks.simulation import SCENES, Trial, simulate
    from streetwatch.benchmarks.simulation_runs import kept_runs
    from streetwatch.datasets.simulate import DISTURBANCES

    del as_json
    trials = [
        Trial(name, under, rate, pictures)
        for name in _among("--scene", scene, SCENES)
        for under in _among("--disturbance", disturbance, DISTURBANCES)
        for rate in looks_per_s or [5.0, 1.0, 0.2]
    ]
    wanted = range(first_seed, first_seed + seeds)
    with kept_runs(runs) as kept, progress_bar() as progress:
        task = progress.add_task("runs", total=len(trials) * seeds)
        for number, trial in enumerate(trials):
            words = f"{trial.scene}, {trial.disturbance}, {trial.looks_per_s:g}/s"
            done = kept.of(trial)
            progress.update(task, description=words)

            def ran(seed: int, incidents: int, trial: Trial = trial) -> None:
                kept.add(trial, seed, incidents)
                progress.advance(task)

            print_json(simulate(trial, wanted, done=done, on_run=ran).line())
            progress.update(task, completed=(number + 1) * seeds)


def _among(option: str, words: list[str] | None, known: Iterable[str]) -> list[str]:
    """Return what was asked for, or everything there is.

    Raises:
        DatasetError: there is no such thing; says what there is.
    """
    from streetwatch.datasets.yolo_folder import DatasetError

    there = list(known)
    for word in words or []:
        if word not in there:
            raise DatasetError(f"{option} {word}: there is {', '.join(there)}")
    return words or there

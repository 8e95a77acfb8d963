"""`streetwatch bench faults` and `streetwatch bench soak`: what the service comes through."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, print_json, progress_bar


def faults(
    *,
    runs: Annotated[int, typer.Option(min=1, help="How often all troubles are gone through.")] = 5,
    lasting_s: Annotated[float, typer.Option(min=5, help="How long each lasts.")] = 45.0,
    seed: Annotated[int, typer.Option(help="Of what is lost and flipped on the way.")] = 0,
    page: Annotated[
        Path | None, typer.Option(help="Write the page of the reference there.")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Let cameras fail in every way, and measure what is said, lost and filed. Exit 1 if wrong."""
    from streetwatch.benchmarks import fault_table
    from streetwatch.benchmarks.faults import AS_SHIPPED, run_faults
    from streetwatch.datasets.fake_street import drawn_clips
    from streetwatch.service.logs import configure_logs

    del as_json
    configure_logs("json")
    done = []
    with TemporaryDirectory() as work, progress_bar() as progress:
        clips = drawn_clips(Path(work))
        for run in progress.track(range(runs), description="runs"):
            folder = Path(work) / str(run)
            folder.mkdir()
            done.append(
                run_faults(folder, clips, pace=AS_SHIPPED, lasting_s=lasting_s, seed=seed + run)
            )
    table = fault_table.table_of(done)
    for one in table.lines:
        print_json(one.line())
    print_json({"lost_by_others": table.lost_by_others})
    if page is not None:
        page.write_text(fault_table.page(table, lasting_s=lasting_s), encoding="utf-8")
    if not table.is_right:
        raise typer.Exit(EXIT_FOUND_WRONG)


def soak(  # noqa: PLR0913 -- one argument per option
    *,
    cameras: Annotated[int, typer.Option(min=1, help="How many show the film.")] = 50,
    minutes: Annotated[float, typer.Option(min=1, help="For how long.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Of the troubles.")] = 0,
    rest_minutes: Annotated[
        float, typer.Option(min=0, help="How long the street is empty before the film comes again.")
    ] = 0.0,
    film: Annotated[
        Path | None, typer.Option(help="Folder with a film, truth.json, cameras.yaml; else ours.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Add the line to this file.")] = None,
    work: Annotated[
        Path, typer.Option(help="Where coded clips, and the service's log, are kept.")
    ] = Path("runs/soak"),
    as_json: AsJson = True,
) -> None:
    """Run the service on cameras that fail at random, and see what grows. Exit 1 if wrong."""
    from streetwatch.benchmarks.soak.run import Soak, run_soak
    from streetwatch.datasets import demo

    del as_json
    where = film or Path(next(iter(demo.__path__)))
    with TemporaryDirectory() as folder, progress_bar() as progress:
        task = progress.add_task("soak", total=minutes * 60)
        told = run_soak(
            Soak(where, cameras, minutes * 60, seed, work, rest_minutes * 60),
            Path(folder),
            on_second=lambda at: progress.update(task, completed=at),
        )
    print_json(told.line())
    sys.stderr.write(told.table())
    if report is not None:
        with report.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(told.line(), ensure_ascii=False) + "\n")
    if told.wrong():
        raise typer.Exit(EXIT_FOUND_WRONG)

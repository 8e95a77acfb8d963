"""`streetwatch bench faults` and `streetwatch bench soak`: what the service comes through."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, print_json, progress_bar


class What(StrEnum):
    """What fails."""

    CAMERAS = "cameras"
    STORE = "store"


def faults(  # noqa: PLR0913 -- one argument per option
    *,
    what: Annotated[
        list[What] | None, typer.Option(help="What fails; else all, one after the other.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="How often all troubles are gone through.")] = 5,
    lasting_s: Annotated[float, typer.Option(min=5, help="How long each lasts.")] = 45.0,
    seed: Annotated[int, typer.Option(help="Of what is lost and flipped on the way.")] = 0,
    page: Annotated[
        Path | None, typer.Option(help="Write what was measured into the page of the reference.")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Let cameras and the evidence store fail in every way; tell what is lost. Exit 1 if wrong."""
    from streetwatch.benchmarks.fault_page import with_sections
    from streetwatch.service.logs import configure_logs

    del as_json
    configure_logs("json")
    course = _Course(runs, lasting_s, seed)
    sections = dict(course.of(one) for one in what or What)
    if page is not None:
        before = page.read_text(encoding="utf-8") if page.is_file() else ""
        page.write_text(with_sections(before, sections), encoding="utf-8")
    if not course.is_right:
        raise typer.Exit(EXIT_FOUND_WRONG)


@dataclass(slots=True)
class _Course:
    """How faults are gone through."""

    runs: int
    lasting_s: float
    seed: int
    is_right: bool = True

    def of(self, what: What) -> tuple[str, str]:
        """Go through the faults of one thing; return a section's title and text."""
        with TemporaryDirectory() as work, progress_bar() as progress:
            rounds = progress.track(range(self.runs), description=what.value)
            gone_through = self._cameras if what is What.CAMERAS else self._store
            return gone_through(Path(work), rounds)

    def _cameras(self, work: Path, rounds: Iterable[int]) -> tuple[str, str]:
        from streetwatch.benchmarks import fault_table
        from streetwatch.benchmarks.faults import AS_SHIPPED, run_faults
        from streetwatch.datasets.fake_street import drawn_clips

        clips, done = drawn_clips(work), []
        for run in rounds:
            folder = work / str(run)
            folder.mkdir()
            seed = self.seed + run
            done.append(
                run_faults(folder, clips, pace=AS_SHIPPED, lasting_s=self.lasting_s, seed=seed)
            )
        table = fault_table.table_of(done)
        for one in table.lines:
            print_json(one.line())
        print_json({"lost_by_others": table.lost_by_others})
        self.is_right &= table.is_right
        return fault_table.TITLE, fault_table.camera_section(table, lasting_s=self.lasting_s)

    def _store(self, work: Path, rounds: Iterable[int]) -> tuple[str, str]:
        from streetwatch.benchmarks import store_fault_table
        from streetwatch.benchmarks.store_faults import run_store_faults

        done = [run_store_faults(work / str(run), lasting_s=self.lasting_s) for run in rounds]
        lines = store_fault_table.store_table(done)
        for one in lines:
            print_json(one.line())
            self.is_right &= one.right == len(one.outcomes)
        return (
            store_fault_table.TITLE,
            store_fault_table.store_section(lines, lasting_s=self.lasting_s),
        )


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

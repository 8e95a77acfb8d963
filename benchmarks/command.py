"""`streetwatch bench`: what is measured, a JSON object a line."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure, with n.")


@bench.callback()
def _bench() -> None:
    """Measure, with n and the interval."""


@bench.command()
def accuracy(
    data: Annotated[Path, typer.Option(help="Holds images/, labels/ (YOLO) and data.yaml.")],
    *,
    model: Annotated[str | None, typer.Option(help="Shipped model, or a model card.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = True,
) -> None:
    """Measure the detector on labelled pictures, at the card's operating thresholds."""
    from rich.console import Console
    from rich.progress import Progress

    from streetwatch.benchmarks.accuracy import measure
    from streetwatch.datasets.yolo_folder import names_of, read_folder
    from streetwatch.vision.detect import Detector

    del as_json
    images = list(read_folder(data))
    detector = Detector.load(model)
    named = set(names_of(data).values())
    thresholds = {
        label: value for label, value in detector.card.thresholds.items() if label in named
    }
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("pictures", total=len(images))
        figures = measure(
            images, detector, thresholds=thresholds, on_image=lambda: progress.advance(task)
        )
    for one in figures:
        sys.stdout.write(json.dumps(one.line(), ensure_ascii=False) + "\n")

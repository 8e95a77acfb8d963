"""`streetwatch compose`: clips with known truth, out of real material."""

# ruff: noqa: PLC0415 -- imports inside the command: `streetwatch --help` must not wait for them

from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.output import AsJson, ModelName, print_json, progress_bar
from streetwatch.datasets.compose.kinds import Disturbance, Kind


def compose(  # noqa: PLR0913 -- one argument per option
    out: Annotated[Path, typer.Option(help="Folder for the clips; what is there is kept.")],
    material: Annotated[
        Path, typer.Option(help="Holds videos/ and labelled pictures SOURCE/SPLIT.")
    ],
    *,
    count: Annotated[int, typer.Option(min=1, help="How many clips.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same gives the same clips.")] = 0,
    minutes: Annotated[float, typer.Option(min=5, max=120, help="Of each clip.")] = 10,
    fps: Annotated[float, typer.Option(min=0.1, max=4, help="Pictures a second.")] = 2,
    kind: Annotated[
        list[Kind] | None, typer.Option(help="What clips are about; repeatable; default: all.")
    ] = None,
    disturb: Annotated[
        list[Disturbance] | None, typer.Option(help="Repeatable; default: each in turn.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="Pictures of which split: train, val or test.")
    ] = "val",
    model: ModelName = None,
    as_json: AsJson = True,
) -> None:
    """Compose clips with known truth out of real streets, real objects and real traffic."""
    from streetwatch.datasets.compose.composing import Material, Order
    from streetwatch.datasets.compose.composing import compose as compose_clips
    from streetwatch.vision.detect import Detector

    del as_json
    order = Order(
        out, count, seed, minutes, fps, kind or tuple(Kind), disturb or tuple(Disturbance)
    )
    sees = Material(material, split, Detector.load(model, threads=1))
    with progress_bar() as progress:
        task = progress.add_task("clips", total=count)
        about = compose_clips(
            order, sees, lambda name: progress.update(task, description=name, advance=1)
        )
    print_json(
        {
            "clips": len(about),
            "events": sum(one["events"] for one in about.values()),
            "camera_hours": round(sum(one["minutes"] for one in about.values()) / 60, 2),
        }
    )

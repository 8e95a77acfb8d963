"""What makes a model: `train`, `export`, `quantize`, `calibrate`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, print_json, progress_bar

if TYPE_CHECKING:
    from streetwatch.benchmarks.accuracy import Judged
    from streetwatch.models.calibrate import OperatingPoint
    from streetwatch.models.card import ModelCard


def train(  # noqa: PLR0913 -- one argument per option
    data: Annotated[Path, typer.Option(help="data.yaml of a set that `data build` made.")],
    weights: Annotated[Path, typer.Option(help="COCO weights of YOLO26n (.pt).")],
    out: Annotated[Path, typer.Option(help="Where the checkpoints go.")],
    *,
    epochs: Annotated[int, typer.Option(min=1, help="Times through the set.")] = 12,
    image_size: Annotated[int, typer.Option(min=64, help="Longest side, pixels.")] = 640,
    batch: Annotated[int, typer.Option(min=1, help="Pictures a step.")] = 16,
    device: Annotated[str, typer.Option(help="cpu, or a GPU's number.")] = "cpu",
    frozen_layers: Annotated[
        int, typer.Option(min=0, max=23, help="First layers left alone; 10: the backbone.")
    ] = 0,
    remember: Annotated[
        float, typer.Option(min=0, help="Weight of what keeps COCO's labels known; 0: none.")
    ] = 1.0,
    begin_with: Annotated[
        Path | None, typer.Option(help="Weights of an earlier training to go on from.")
    ] = None,
    begin_share: Annotated[
        float, typer.Option(min=0, max=1, help="How much of them is kept; the rest is COCO's.")
    ] = 0.8,
    learning_rate: Annotated[float, typer.Option(min=0, help="At the start.")] = 7e-4,
    mosaic: Annotated[
        float, typer.Option(min=0, max=1, help="Share of pictures put together from four.")
    ] = 0.9,
    progressive: Annotated[bool, typer.Option(help="Begin with small pictures.")] = True,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint.")] = False,
    as_json: AsJson = True,
) -> None:
    """Teach the COCO model our labels; needs the extra `train`."""
    from streetwatch.datasets.yolo_folder import set_names
    from streetwatch.models.train import TrainingPlan
    from streetwatch.models.train import train as run_training

    del as_json
    plan = TrainingPlan(
        data=data,
        labels=set_names(data),
        weights=weights,
        out=out,
        epochs=epochs,
        image_size=image_size,
        batch=batch,
        device=device,
        frozen_layers=frozen_layers,
        remember=remember,
        progressive=progressive,
        seed=seed,
        begin_with=begin_with,
        begin_share=begin_share,
        learning_rate=learning_rate,
        mosaic=mosaic,
    )
    with redirect_stdout(sys.stderr), progress_bar() as progress:  # ultralytics talks on stdout
        task = progress.add_task("epochs", total=epochs)
        trained = run_training(
            plan,
            resume=resume,
            on_epoch=lambda done, total: progress.update(task, completed=done, total=total),
        )
    print_json({"weights": str(trained.weights), "card": str(trained.card), "epochs": epochs})


#: More pictures widen the ranges, and every step of INT8 with them: on val, AP50 of garbage,
#: bin_overflow and bin was 0.827, 0.893, 0.892 with 60, and 0.781, 0.883, 0.879 with 240.
INT8_FRAMES = 60

Frames = Annotated[
    list[Path] | None, typer.Option(help="Folder of street pictures for INT8; repeatable.")
]
HeldOut = Annotated[
    list[Path] | None, typer.Option(help="Labelled folder not trained on (val); repeatable.")
]
Target = Annotated[float, typer.Option(min=0.5, max=0.999, help="Precision to reach.")]
Count = Annotated[int, typer.Option(min=1, help="Pictures to measure INT8's ranges on.")]


def export(  # noqa: PLR0913 -- one argument per option
    weights: Annotated[Path, typer.Option(help="Weights of `streetwatch train`.")],
    out: Annotated[Path, typer.Option(help="Folder for the ONNX file and its card.")],
    *,
    name: Annotated[str, typer.Option(help="Of the model.")] = "street-yolo26n",
    image_size: Annotated[int, typer.Option(min=64, help="Longest side at run time.")] = 640,
    frames: Frames = None,
    count: Count = INT8_FRAMES,
    calibrate_on: HeldOut = None,
    target: Target = 0.92,
    as_json: AsJson = True,
) -> None:
    """Make a model out of trained weights; needs the extra `train`.

    An ONNX file in FP32 with its card; with --frames in INT8 (the FP32 one is kept in OUT/fp32);
    with --calibrate-on its thresholds are chosen, as by `quantize` and `calibrate`.
    """
    from streetwatch.models.export import export as run_export

    del as_json
    with redirect_stdout(sys.stderr):
        whole = out / "fp32" if frames else out
        card = run_export(weights, out=whole, name=name, image_size=image_size)
    if frames:
        card = _quantized(card, frames, out=out, count=count)
    print_json({"model": card.name, "file": str(card.file), "sha256": card.sha256})
    if calibrate_on and not _calibrate(calibrate_on, out / f"{name}.toml", target=target):
        raise typer.Exit(EXIT_FOUND_WRONG)


def quantize(  # noqa: PLR0913 -- one argument per option
    model: Annotated[Path, typer.Option(help="Card of the FP32 model.")],
    frames: Annotated[list[Path], typer.Option(help="Folder of street pictures; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder for the INT8 file and its card.")],
    *,
    name: Annotated[
        str | None, typer.Option(help="Of the INT8 model; left out: the FP32 model's.")
    ] = None,
    count: Count = INT8_FRAMES,
    as_json: AsJson = True,
) -> None:
    """Make an INT8 file and its card from an FP32 model; needs the extra `train`."""
    from streetwatch.models.card import read_card

    del as_json
    made = _quantized(read_card(model), frames, out=out, count=count, name=name)
    print_json({"model": made.name, "file": str(made.file), "sha256": made.sha256})


def _quantized(
    card: "ModelCard", frames: list[Path], *, out: Path, count: int, name: str | None = None
) -> "ModelCard":
    from streetwatch.datasets.yolo_folder import read_picture
    from streetwatch.models.quantize import quantize as run_quantization
    from streetwatch.service.pictures import pictures
    from streetwatch.vision.letterbox import letterbox

    files = pictures(frames)
    chosen = files[:: max(len(files) // count, 1)][:count]
    with redirect_stdout(sys.stderr), progress_bar() as progress:
        inputs = (letterbox(read_picture(path), card.input_size)[0][None] for path in chosen)
        tracked = progress.track(inputs, total=len(chosen))
        return run_quantization(card, tracked, out=out, name=name)


def calibrate(
    data: Annotated[
        list[Path], typer.Option(help="Labelled folder not trained on (val); repeatable.")
    ],
    model: Annotated[Path, typer.Option(help="Card to write the thresholds into.")],
    *,
    target: Target = 0.92,
    dry_run: Annotated[bool, typer.Option(help="Print only; leave the card alone.")] = False,
    as_json: AsJson = True,
) -> None:
    """Choose each label's operating threshold for precision, and write it into the card."""
    del as_json
    if not _calibrate(data, model, target=target, dry_run=dry_run):
        raise typer.Exit(EXIT_FOUND_WRONG)


def _calibrate(data: list[Path], model: Path, *, target: float, dry_run: bool = False) -> bool:
    """Choose, write and print the thresholds; tell whether every label has got one."""
    from streetwatch.models.card import calibrated, read_card, write_card

    judged = _judged(data, model)
    points = _points(judged, target=target)
    found = {label: point for label, point in points.items() if point}
    if not dry_run:
        write_card(calibrated(read_card(model), found), model)
    for label, point in points.items():
        if point:
            print_json({"label": label, **point.line()})
        else:
            print_json({"label": label, "threshold": None, "n": judged[label].truth})
    return len(found) == len(points)


def _judged(data: list[Path], model: Path) -> "dict[str, Judged]":
    from streetwatch.benchmarks.accuracy import judged_on
    from streetwatch.datasets.yolo_folder import names_of, read_folder
    from streetwatch.vision.detect import Detector

    detector = Detector.load(str(model))
    folders = {folder: list(read_folder(folder)) for folder in data}
    labels = {
        folder: [label for label in names_of(folder).values() if label in detector.card.labels]
        for folder in data
    }
    with progress_bar() as progress:
        task = progress.add_task("pictures", total=sum(map(len, folders.values())))
        return judged_on(folders, detector, labels, on_image=lambda: progress.advance(task))


def _points(judged: "dict[str, Judged]", *, target: float) -> "dict[str, OperatingPoint | None]":
    from streetwatch.models.calibrate import operating_point

    return {
        label: operating_point(one.confidence, one.right[0], one.truth, target=target)
        for label, one in judged.items()
    }

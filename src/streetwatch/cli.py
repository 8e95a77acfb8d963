"""The `streetwatch` command: every sub-command, each importing what it needs when it is called.

Results go to standard output, one JSON object a line; progress and logs to standard error. Exit
status: 0 done, 1 ran but found something wrong, 2 the input is wrong (one clear line).
"""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.benchmarks.command import bench

if TYPE_CHECKING:
    from rich.progress import Progress

    from streetwatch.service.cameras import Camera
    from streetwatch.service.replay import Restart
    from streetwatch.vision.detect import Detector
    from streetwatch.vision.types import Look

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Finds street vending, exposed garbage and illegal parking, and files each once.",
)

app.add_typer(bench, name="bench")

EXIT_FOUND_WRONG = 1
EXIT_INPUT_WRONG = 2

#: How often a recorded clip is looked at, seconds of the clip: as a live camera by default.
LOOK_INTERVAL_S = 1.0

#: What a model of recorded looks is called: none looked.
NO_MODEL = "recorded"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line (always so).")]
ModelName = Annotated[
    str | None, typer.Option("--model", help="Name of a shipped model, or path of a model card.")
]


@app.command()
def run(
    config: Annotated[
        Path, typer.Option(help="Settings of the service: docs/reference/settings.md.")
    ] = Path("streetwatch.yaml"),
) -> None:
    """Watch the cameras: streams, detection, incidents, delivery, desk and API in one process."""
    from streetwatch.service.app import serve
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.settings import load_settings

    settings = load_settings(config, environ=os.environ)
    configure_logs(settings.log_format)
    with _demo_camera(settings.demo.clip, settings.demo.port):
        serve(settings, load_cameras(settings.cameras, environ=os.environ))


@contextmanager
def _demo_camera(clip: Path | None, port: int) -> Iterator[None]:
    """Serve the demo clip as a live RTSP camera, in a process of its own like a real one."""
    if clip is None:
        yield
        return
    from streetwatch.datasets.live import start_live

    camera = start_live(clip, port=port, path=clip.name)
    try:
        yield
    finally:
        camera.stop()


@app.command()
def replay(  # noqa: PLR0913 -- one argument per option of the contract
    clip: Annotated[Path | None, typer.Argument(help="A recorded clip.")] = None,
    *,
    detections: Annotated[
        Path | None, typer.Option(help="Recorded looks instead of a clip; - is standard input.")
    ] = None,
    cameras: Annotated[
        Path | None, typer.Option(help="cameras.yaml; left out: the one beside the clip.")
    ] = None,
    camera: Annotated[str | None, typer.Option(help="Which camera of cameras.yaml.")] = None,
    start: Annotated[
        str | None, typer.Option(help="Wall clock at second 0, ISO 8601 with its zone.")
    ] = None,
    model: ModelName = None,
    as_json: AsJson = True,
) -> None:
    """Run the whole chain over a recording, on its own clock; print what would have been filed."""
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.replay import chosen_camera, line_of
    from streetwatch.service.replay import replay as run_chain
    from streetwatch.service.store.sql_store import open_store
    from streetwatch.vision.detect import Detector

    del as_json
    configure_logs("console")
    if (clip is None) == (detections is None):
        raise InputError("replay: give either a clip or --detections LOOKS.jsonl")
    epoch = _epoch(start)
    path = cameras or (clip.parent if clip else Path()) / "cameras.yaml"
    chosen = chosen_camera(load_cameras(path, environ=os.environ), camera, clip=clip, path=path)
    steps: Iterator[Look | Restart]
    if clip is None:
        name, steps = NO_MODEL, _recorded(detections or Path("-"))
    else:
        detector = Detector.load(model)
        name, steps = detector.card.version, _seen_in(clip, chosen, detector)
    incidents = run_chain(
        steps,
        watched=chosen.watched(model=name),
        store=open_store("sqlite://"),
        epoch=epoch,
    )
    for incident in incidents:
        _print_json(line_of(incident))


def _epoch(start: str | None) -> float | None:
    from streetwatch.service.incidents.errors import InputError

    if start is None:
        return None
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError(f"--start {start}: write it like 2026-11-23T08:00:00+08:00")
    return moment.timestamp()


def _recorded(path: Path) -> "Iterator[Look | Restart]":
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.replay import recorded_looks

    if str(path) == "-":
        yield from recorded_looks(sys.stdin, name="standard input")
        return
    try:
        with path.open(encoding="utf-8") as lines:
            yield from recorded_looks(lines, name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: can't be read as text: {error}") from error


def _seen_in(clip: Path, camera: "Camera", detector: "Detector") -> "Iterator[Look]":
    """Detect in a clip's pictures, with progress on standard error."""
    from streetwatch.service.replay import looks_at
    from streetwatch.vision.capture.file import read_file
    from streetwatch.vision.capture.source import Source, SourceKind

    source = Source(SourceKind.FILE, str(clip))
    frames = read_file(source, camera_id=camera.id, look_interval_s=LOOK_INTERVAL_S)
    with _progress() as progress:
        task = progress.add_task(clip.name, total=None)
        for look in looks_at(frames, detector, masks=camera.masks):
            progress.update(task, description=f"{clip.name}: {look.at:.0f} s seen", advance=1)
            yield look


@app.command()
def detect(
    paths: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    *,
    model: ModelName = None,
    conf: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Everything above; left out: the card's thresholds."),
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Print what the model sees in pictures, a line each."""
    from streetwatch.service.pictures import lines, pictures
    from streetwatch.vision.detect import Detector

    del as_json
    files = pictures(paths)
    detector = Detector.load(model)
    failed = False
    with _progress() as progress:
        for line in progress.track(lines(files, detector, confidence=conf), total=len(files)):
            failed |= "error" in line
            _print_json(line)
    if failed:
        raise typer.Exit(EXIT_FOUND_WRONG)


@app.command()
def train(  # noqa: PLR0913 -- one argument per option
    data: Annotated[Path, typer.Option(help="Holds garbage/, vendor/, coco128/, videos/.")],
    out: Annotated[Path, typer.Option(help="Where the training set and the checkpoints go.")],
    *,
    weights: Annotated[
        Path | None, typer.Option(help="COCO weights; left out: DATA/weights/yolo26n_coco.pt.")
    ] = None,
    sprites: Annotated[
        Path | None, typer.Option(help="Rendered objects to paste into further pictures.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Times through the set.")] = 6,
    image_size: Annotated[int, typer.Option(min=64, help="Longest side, pixels.")] = 416,
    device: Annotated[str, typer.Option(help="cpu, or a GPU's number.")] = "cpu",
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint.")] = False,
) -> None:
    """Teach the COCO model our labels; needs the extra `train`."""
    from streetwatch.datasets.pasting import Paster
    from streetwatch.datasets.training_set import TRAINED_LABELS, build
    from streetwatch.models.train import TrainingPlan
    from streetwatch.models.train import train as run_training
    from streetwatch.models.ultralytics_model import Teacher

    coco = weights or data / "weights" / "yolo26n_coco.pt"
    data_file = out / "set" / "data.yaml"
    with redirect_stdout(sys.stderr), _progress() as progress:  # ultralytics talks on stdout
        if not (resume and data_file.is_file()):
            building = progress.add_task("training set", total=None)
            build(
                data,
                out / "set",
                teacher=Teacher(coco),
                paster=Paster(sprites) if sprites else None,
                on_picture=lambda name: progress.update(building, description=name, advance=1),
            )
        plan = TrainingPlan(
            data=data_file,
            labels=TRAINED_LABELS,
            weights=coco,
            out=out / "run",
            epochs=epochs,
            image_size=image_size,
            device=device,
        )
        training = progress.add_task("epochs", total=epochs)
        best = run_training(
            plan,
            resume=resume,
            on_epoch=lambda done, total: progress.update(training, completed=done, total=total),
        )
    _print_json({"weights": str(best), "labels": TRAINED_LABELS, "epochs": epochs})


@app.command()
def export(
    weights: Annotated[Path, typer.Option(help="Weights of `streetwatch train`.")],
    out: Annotated[Path, typer.Option(help="Folder for the ONNX file and its card.")],
    *,
    name: Annotated[str, typer.Option(help="Of the model.")] = "street-yolo26n",
    image_size: Annotated[int, typer.Option(min=64, help="Longest side at run time.")] = 640,
) -> None:
    """Make an ONNX file and its card from trained weights; needs the extra `train`."""
    from streetwatch.models.export import export as run_export

    with redirect_stdout(sys.stderr):
        card = run_export(weights, out=out, name=name, image_size=image_size)
    _print_json({"model": card.name, "file": str(card.file), "sha256": card.sha256})


def _progress() -> "Progress":
    """A progress bar on standard error, which shows only where a person watches."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _print_json(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the command; wrong input is one clear line and exit status 2."""
    from streetwatch.datasets.live import ClipError
    from streetwatch.datasets.yolo_folder import DatasetError
    from streetwatch.models.errors import ModelError
    from streetwatch.service.incidents.errors import StreetwatchError
    from streetwatch.vision.capture.errors import CaptureError

    try:
        app()
    except (StreetwatchError, ModelError, CaptureError, ClipError, DatasetError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_INPUT_WRONG)
    except BrokenPipeError:  # whoever read our lines has had enough
        sys.stderr.close()

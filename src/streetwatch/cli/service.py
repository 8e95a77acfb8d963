"""What runs the chain: `run`, `replay`, `detect`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.machines import dispatch
from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, ModelName, print_json, progress_bar

if TYPE_CHECKING:
    from streetwatch.service.cameras import Camera
    from streetwatch.service.replay import Question
    from streetwatch.service.runtime.recorded import Restart
    from streetwatch.service.settings import Settings
    from streetwatch.service.settings_file import Origins
    from streetwatch.vision.detect import Detector
    from streetwatch.vision.types import Detections, Look

#: How often a recorded clip is looked at, seconds of the clip: as a live camera by default.
LOOK_INTERVAL_S = 1.0

#: What a detector is asked for when the question is why it saw nothing.
FAINT = 0.05

#: What a model of recorded looks is called: none looked.
NO_MODEL = "recorded"


def run(
    config: Annotated[
        Path, typer.Option(help="Settings of the service: docs/reference/settings.md.")
    ] = Path("streetwatch.yaml"),
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Run on each machine of this Ray cluster instead; auto: ours."
        ),
    ] = None,
) -> None:
    """Watch the cameras: streams, detection, incidents, delivery, desk and API in one process."""
    if cluster is not None:
        dispatch(cluster, config)
        return
    from streetwatch.cli.leaving import leave_the_unfinished
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.serving import serve
    from streetwatch.service.settings_file import told_settings

    def read() -> "tuple[Settings, Origins]":
        return told_settings(config, environ=os.environ)

    settings, _ = read()
    configure_logs(settings.log_format)
    with _demo_camera(settings.demo.clip, settings.demo.port):
        serve(settings, load_cameras(settings.cameras, environ=os.environ), read)
    leave_the_unfinished()


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
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y@S", help="Tell instead what stopped an alarm at this pixel, this second."
        ),
    ] = None,
    model: ModelName = None,
    as_json: AsJson = True,
) -> None:
    """Run the whole chain over a recording, on its own clock; print what would have been filed."""
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.replay import chosen_camera, explained, finding_line, line_of
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
        detector = Detector.load(model).watching()
        name, steps = detector.card.version, _seen_in(clip, chosen, detector)
    watched, store = chosen.watched(model=name), open_store("sqlite://")
    if explain is not None:
        question = _question(explain)
        faint = None if clip is None else _faint(clip, chosen, detector, question.at)
        findings = explained(
            steps, question, watched=watched, store=store, epoch=epoch, faint=faint
        )
        for finding in findings:
            print_json(finding_line(finding, store))
        return
    incidents = run_chain(steps, watched=watched, store=store, epoch=epoch)
    for incident in incidents:
        print_json(line_of(incident))


def _question(text: str) -> "Question":
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.replay import Question

    found = re.fullmatch(r"(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)@(\d+(?:\.\d+)?)", text)
    if not found:
        raise InputError(f"--explain {text}: write pixel and second like 640,400@35.5")
    x, y, at = map(float, found.groups())
    return Question((x, y), at)


def _faint(clip: Path, camera: "Camera", detector: "Detector", at: float) -> "Detections":
    """Return everything seen at a moment of a clip, however unsure."""
    from streetwatch.vision.capture.file import read_file
    from streetwatch.vision.capture.source import Source, SourceKind
    from streetwatch.vision.types import Detections
    from streetwatch.vision.view import glance_at

    source = Source(SourceKind.FILE, str(clip))
    for frame in read_file(source, camera_id=camera.id, look_interval_s=LOOK_INTERVAL_S):
        if frame.at >= at:
            glance = glance_at(
                frame, longest=detector.longest_side, masks=camera.masks, areas=camera.areas
            )
            return glance.detected(detector, confidence=FAINT)
    return Detections.empty()


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
    from streetwatch.service.runtime.recorded import recorded_looks

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
    with progress_bar() as progress:
        task = progress.add_task(clip.name, total=None)
        for look in looks_at(frames, detector, masks=camera.masks, areas=camera.areas):
            progress.update(task, description=f"{clip.name}: {look.at:.0f} s seen", advance=1)
            yield look


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
    with progress_bar() as progress:
        for line in progress.track(lines(files, detector, confidence=conf), total=len(files)):
            failed |= "error" in line
            print_json(line)
    if failed:
        raise typer.Exit(EXIT_FOUND_WRONG)

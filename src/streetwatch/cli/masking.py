"""`bench masking`: how many people and plates are covered in the copies that go out."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, ModelName, print_json, progress_bar


def masking(
    data: Annotated[Path, typer.Option(help="Holds images/, labels/ and data.yaml.")],
    *,
    model: ModelName = None,
    held: Annotated[
        bool,
        typer.Option(help="Every second picture only: the others are there to choose things by."),
    ] = False,
    gate: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Fail where fewer heads are covered, of all."),
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Measure which share of labelled people is masked, by size, a line each."""
    from streetwatch.benchmarks.masking import as_they_are, lines, on_canvases, people_in
    from streetwatch.datasets.yolo_folder import read_folder
    from streetwatch.vision.detect import Detector
    from streetwatch.vision.masking import Masker

    del as_json
    images = list(read_folder(data))[1::2] if held else list(read_folder(data))
    masker = Masker(Detector.load(model))
    worst = 1.0 if images else 0.0
    with progress_bar() as progress:
        for name, scenes in (
            ("as they are", as_they_are(images)),
            ("on canvases of 1920x1080", on_canvases(images)),
        ):
            task = progress.add_task(name, total=None)
            people = people_in(scenes, masker, partial(progress.advance, task))
            for line in lines(name, people):
                print_json(line)
            worst = min(worst, float(str(line["head_covered"] or 0.0)))
    if gate is not None and worst < gate:
        sys.stderr.write(f"masking: {worst} of the heads are covered, the gate is {gate}\n")
        raise typer.Exit(EXIT_FOUND_WRONG)


def masking_plates(
    data: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Holds the pictures.")],
    plates: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Has the plates that people drew.")
    ] = Path("benchmarks/baselines/plates.jsonl"),
    *,
    model: ModelName = None,
    as_json: AsJson = True,
) -> None:
    """Measure which share of drawn plates is masked, a line for each part of the pictures."""
    from collections import defaultdict

    from streetwatch.benchmarks.plates import (
        pictures_in,
        plate_line,
        read_plates,
        shares_covered,
    )
    from streetwatch.vision.detect import Detector
    from streetwatch.vision.masking import Masker

    del as_json
    plated, files = read_plates(plates), pictures_in(data)
    masker = Masker(Detector.load(model))
    shares: dict[str, list[float]] = defaultdict(list)
    areas: dict[str, list[float]] = defaultdict(list)
    with progress_bar() as progress:
        task = progress.add_task("pictures", total=len(plated))
        step = partial(progress.advance, task)
        for one, covered, area in shares_covered(plated, files, masker, step):
            shares[one.part] += covered
            areas[one.part].append(area)
    for part in sorted(areas):
        print_json(plate_line(part, shares[part], areas[part]))


def masking_clips(
    clips: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    *,
    model: ModelName = None,
    as_json: AsJson = True,
) -> None:
    """Measure who is masked in copies of clips, and what a copy costs, a line for each clip."""
    from tempfile import TemporaryDirectory
    from time import process_time

    from streetwatch.benchmarks.masking import lines, people_in_clip
    from streetwatch.vision.capture.masked_clip import mask_clip
    from streetwatch.vision.detect import Detector
    from streetwatch.vision.masking import Masker

    del as_json
    masker = Masker(Detector.load(model, threads=1, lean=True))
    with progress_bar() as progress, TemporaryDirectory() as folder:
        for clip in clips:
            begun = process_time()
            mask_clip(clip, Path(folder) / "copy.mp4", masker)
            cost_s = round(process_time() - begun, 2)
            task = progress.add_task(clip.name, total=None)
            people = people_in_clip(clip, masker, partial(progress.advance, task))
            *_, line = lines(clip.name, people)
            print_json(line | {"cpu_s": cost_s})

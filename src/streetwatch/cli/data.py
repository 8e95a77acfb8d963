"""What makes training sets: `data build`, `data report`, `learn`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.output import AsJson, print_json, progress_bar

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _data() -> None:
    """Make training sets out of labelled pictures, and look at their labels."""


@app.command()
def build(  # noqa: PLR0913 -- one argument per option
    root: Annotated[
        Path, typer.Argument(help="Holds a folder for each source: NAME/{train,val,test}.")
    ],
    out: Annotated[Path, typer.Argument(help="Where the set is made.")],
    *,
    weights: Annotated[
        Path | None, typer.Option(help="COCO weights; left out: ROOT/weights/yolo26n_coco.pt.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Model that labels the rest: name, card, or `none`; default: shipped."),
    ] = None,
    sprites: Annotated[
        Path | None, typer.Option(help="Rendered objects (datasets.demo.sprites) to paste.")
    ] = None,
    pasted: Annotated[int, typer.Option(min=0, help="How many pictures to make of them.")] = 700,
    licence: Annotated[
        list[str] | None, typer.Option(help="SOURCE=LICENCE as its giver states it; repeatable.")
    ] = None,
    drop_leaks: Annotated[
        bool, typer.Option(help="Leave out training pictures that another split shows too.")
    ] = False,
    as_json: AsJson = True,
) -> None:
    """Build one training set: one label map, self-labels, no leak, a manifest."""
    from streetwatch.datasets.pasting import Paster
    from streetwatch.datasets.self_labels import SelfLabels
    from streetwatch.datasets.training_set import BuildPlan
    from streetwatch.datasets.training_set import build as build_set
    from streetwatch.models.ultralytics_model import Teacher
    from streetwatch.vision.detect import Detector

    del as_json
    plan = BuildPlan(
        root=root,
        out=out,
        licences=_licences(licence or []),
        drop_leaks=drop_leaks,
        paster=Paster(sprites, count=pasted) if sprites else None,
    )
    with redirect_stdout(sys.stderr), progress_bar() as progress:  # ultralytics talks on stdout
        coco = Teacher(weights or root / "weights" / "yolo26n_coco.pt")
        labeller = SelfLabels(coco, None if model == "none" else Detector.load(model))
        task = progress.add_task("training set", total=None)
        built = build_set(
            plan, labeller, lambda what: progress.update(task, description=what, advance=1)
        )
    for source in built.manifest.sources:
        splits = {name: facts.pictures for name, facts in source.splits.items()}
        print_json({"source": source.name, "licence": source.licence, "pictures": splits})
    print_json(
        {
            "data": str(built.data),
            "pictures_an_epoch": built.listed,
            "made": built.manifest.made,
            "left_out": list(built.manifest.dropped),
        }
    )


def _licences(given: list[str]) -> dict[str, str]:
    from streetwatch.datasets.yolo_folder import DatasetError

    wrong = [words for words in given if "=" not in words]
    if wrong:
        raise DatasetError(f"--licence {wrong[0]}: write it like garbage='CC BY 4.0'")
    return {words.partition("=")[0]: words.partition("=")[2] for words in given}


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A set that `data build` made.")],
    *,
    seed: Annotated[int, typer.Option(help="Which pictures are shown.")] = 0,
    as_json: AsJson = True,
) -> None:
    """Write a page with counts, boxes in doubt and contact sheets of a set's labels."""
    from streetwatch.datasets.label_report import write_report

    del as_json
    with progress_bar() as progress:
        task = progress.add_task("sheets", total=None)
        page = write_report(
            folder, seed=seed, on_sheet=lambda what: progress.update(task, description=what)
        )
    print_json({"report": str(page)})


@app.command()
def verdicts(
    out: Annotated[Path, typer.Argument(help="Folder for verdicts.jsonl and frames/.")],
    *,
    config: Annotated[Path, typer.Option(help="Settings of the service.")] = Path(
        "streetwatch.yaml"
    ),
    as_json: AsJson = True,
) -> None:
    """Take what was judged on the desk out of the service's store, for `learn`."""
    from streetwatch.service.desk.verdicts import write_verdicts
    from streetwatch.service.openings import desk_of
    from streetwatch.service.settings_file import load_settings

    del as_json
    with desk_of(load_settings(config, environ=os.environ)) as desk:
        lines = list(write_verdicts(desk.book, desk.originals, out))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (out / "verdicts.jsonl").write_text(text, encoding="utf-8")
    print_json({"verdicts": len(lines), "file": str(out / "verdicts.jsonl")})


def learn(
    verdicts: Annotated[
        Path, typer.Argument(help="Reviewed frames: a folder with verdicts.jsonl and frames/.")
    ],
    out: Annotated[Path, typer.Argument(help="Source folder to make, for `data build`.")],
    *,
    held_out: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of places kept for val.")
    ] = 0.2,
    as_json: AsJson = True,
) -> None:
    """Turn analysts' verdicts into new training pictures and hard negatives."""
    from streetwatch.datasets.learning import learn_from

    del as_json
    with progress_bar() as progress:
        task = progress.add_task("verdicts", total=None)
        learned = learn_from(
            verdicts, out, held_out=held_out, on_verdict=lambda: progress.advance(task)
        )
    for split, counts in learned.items():
        print_json({"split": split, **counts})

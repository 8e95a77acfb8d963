"""`streetwatch bench throughput` and `streetwatch tune`: what this machine carries."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.benchmarks.peers.names import Peer
from streetwatch.cli.output import AsJson, ModelName, print_json, progress_bar

if TYPE_CHECKING:
    from streetwatch.benchmarks.throughput import Load


def throughput(  # noqa: PLR0913 -- one argument per option of the contract
    *,
    data: Annotated[Path, typer.Option(help="Clips, cameras.yaml and truth.json.")],
    cameras: Annotated[
        list[int] | None, typer.Option(min=1, help="How many; repeatable: one line each.")
    ] = None,
    sweep: Annotated[
        int | None,
        typer.Option(min=2, help="Search the largest number, at most this, with all intervals."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=5, help="How long is counted.")] = 60.0,
    runs: Annotated[int, typer.Option(min=1, help="Of each; medians are printed.")] = 1,
    look_interval_s: Annotated[
        float, typer.Option(min=0.1, max=10, help="Between two pictures while something goes on.")
    ] = 2.0,
    quiet_interval_s: Annotated[
        float, typer.Option(min=0.1, max=8, help="Between two pictures while nothing does.")
    ] = 4.0,
    model: ModelName = None,
    threads: Annotated[int, typer.Option(min=0, help="Inside one detection; 0: by itself.")] = 1,
    quiet: Annotated[
        int, typer.Option(min=0, help="Cameras of an empty street beside each busy one.")
    ] = 3,
    vs: Annotated[
        list[Peer] | None,
        typer.Option(help="Run another program on the same streams; repeatable; extra `peers`."),
    ] = None,
    vs_cameras: Annotated[int, typer.Option(min=1, help="How many streams it gets.")] = 4,
    vs_packages: Annotated[
        list[Path] | None, typer.Option(help="Folder where peers are installed; repeatable.")
    ] = None,
    clip: Annotated[
        list[str] | None, typer.Option(help="Only this clip of the data; repeatable.")
    ] = None,
    work: Annotated[
        Path, typer.Option(help="Where the coded 1080p streams are kept for the next run.")
    ] = Path("runs/throughput"),
    spread_s: Annotated[
        float,
        typer.Option(min=0, help="The cameras come one after the other; 0: all are in step."),
    ] = 30.0,
    rtsp: Annotated[
        bool,
        typer.Option(help="Live streams from other processes, which take this machine's time too."),
    ] = False,
    as_json: AsJson = True,
) -> None:
    """Run the service on paced 1080p25 streams: how many cameras does this machine carry?"""
    from streetwatch.benchmarks.peers import run as peers
    from streetwatch.benchmarks.throughput import Load, coded, largest, measured
    from streetwatch.benchmarks.throughput_reading import median_line
    from streetwatch.models.registry import DEFAULT_MODEL
    from streetwatch.service.cameras import load_cameras

    del as_json
    known = load_cameras(data / "cameras.yaml", environ=os.environ)
    load = Load(
        (),
        known,
        0,
        seconds,
        look_interval_s,
        quiet_interval_s,
        model or DEFAULT_MODEL,
        threads,
        spread_s,
        rtsp,
    )
    with progress_bar() as progress:
        task = progress.add_task("coding", total=None)

        def say(words: str) -> None:
            progress.update(task, description=words)

        load = coded(load, data, work, quiet=quiet, only=clip or (), say=say)

        def line_of(number: int) -> dict[str, object]:
            one = _of(load, number)
            say(f"{number} cameras for {seconds:.0f} s")
            return median_line([measured(one).line() for _ in range(runs)])

        for number in cameras or []:
            print_json(line_of(number))
        if sweep is not None:
            print_json({"largest": largest(sweep, line_of, on_line=print_json)})
        for peer in vs or []:
            say(f"{peer} on {vs_cameras} cameras")
            print_json(peers.measured(peer, _of(load, vs_cameras), vs_packages or ()))


def tune(
    *,
    model: Annotated[
        list[str] | None,
        typer.Option(help="Name of a shipped model, or path of a card; repeatable."),
    ] = None,
    batch: Annotated[
        list[int] | None, typer.Option(min=1, max=64, help="Repeatable; default 1, 4.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Of each; medians are printed.")] = 9,
    write: Annotated[
        Path | None, typer.Option(help="Write the choice into this streetwatch.yaml.")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Time the detector on this machine and choose threads, batch and provider."""
    from streetwatch.benchmarks.tuning import best, timed, written
    from streetwatch.models import registry
    from streetwatch.models.session import providers
    from streetwatch.service.settings_file import load_settings

    del as_json
    before = "" if write is None else _read(write)
    cards = {name: registry.find(name) for name in model or [registry.DEFAULT_MODEL]}
    cores = len(os.sched_getaffinity(0))
    threads = sorted({1, *(2**n for n in range(cores.bit_length())), cores})
    tried = []
    for one in timed(
        cards, providers(), [n for n in threads if n <= cores], batch or [1, 4], runs=runs
    ):
        print_json(one.line())
        tried.append(one)
    chosen = best(tried)
    print_json({"chosen": chosen.settings()})
    if write is not None:
        after = written(before, chosen.settings())
        new = write.with_name(f".{write.name}.new")
        try:
            new.write_text(after, encoding="utf-8")
            load_settings(new, environ=os.environ)  # nothing is written that would be refused
            new.replace(write)
        finally:
            new.unlink(missing_ok=True)


def _read(path: Path) -> str:
    from streetwatch.service.incidents.errors import InputError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--write {path}: can't be read: {error}") from error


def _of(load: "Load", number: int) -> "Load":
    from dataclasses import replace

    return replace(load, number=number)

"""`streetwatch bench`: what objects, cameras and nodes cost as they become more."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

from typing import Annotated

import typer

from streetwatch.cli.output import AsJson, print_json, progress_bar


def presence(
    *,
    objects: Annotated[
        list[int] | None, typer.Option(min=1, help="Standing at once; repeatable; default 10, 50.")
    ] = None,
    looks: Annotated[int, typer.Option(min=1, help="How many looks are timed.")] = 500,
    as_json: AsJson = True,
) -> None:
    """Time `observe`, the fold of one look into presence, and weigh what it remembers."""
    from streetwatch.benchmarks.presence_cost import cost

    del as_json
    counts = objects or [10, 50]
    with progress_bar() as progress:
        task = progress.add_task("looks", total=2 * len(counts) * looks)
        for count in counts:
            for pictures in (False, True):
                measured = cost(
                    count, pictures=pictures, looks=looks, on_look=lambda: progress.advance(task)
                )
                print_json(measured.line())


def placement(
    *,
    cameras: Annotated[int, typer.Option(min=1, help="How many there are.")] = 3000,
    nodes: Annotated[int, typer.Option(min=2, help="How many watch them.")] = 60,
    seed: Annotated[int, typer.Option(help="Of what each camera costs.")] = 1,
    as_json: AsJson = True,
) -> None:
    """Simulate a city's nodes: the time of a round of placing, and how even it leaves them."""
    from streetwatch.benchmarks.placement import rounds

    del as_json
    for one in rounds(cameras, nodes, seed=seed):
        print_json(one.line())


def scale(
    *,
    cameras: Annotated[
        list[int] | None, typer.Option(min=1, help="Repeatable; default 100, 3,000, 50,000.")
    ] = None,
    as_json: AsJson = True,
) -> None:
    """Compute what a city needs from the committed figures of one machine. Nothing is run."""
    from streetwatch.benchmarks.scale import Measured, needs

    del as_json
    measured = Measured.read()
    for count in cameras or [100, 3000, 50_000]:
        print_json(needs(count, measured))

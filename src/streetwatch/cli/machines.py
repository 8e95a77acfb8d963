"""What is done to the machines of a Ray cluster: `run --cluster`, `cluster status`, `stop`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from streetwatch.cli.output import print_json

if TYPE_CHECKING:
    from streetwatch.service.cluster.dispatcher import Dispatcher

Address: TypeAlias = Annotated[
    str, typer.Option("--cluster", metavar="ADDRESS", help="Of the Ray cluster.")
]


def dispatch(address: str, config: Path) -> None:
    """Keep `streetwatch run` running on each machine, until SIGTERM; then they run on."""
    from streetwatch.service.cluster.dispatcher import Dispatcher, ray_at
    from streetwatch.service.cluster.machines import Doors, Role
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.settings_file import load_settings

    settings = load_settings(config, environ=os.environ)
    configure_logs(settings.log_format)
    there, ending = ("--config", str(config.absolute())), threading.Event()
    arguments = {Role.WATCH: ("run", *there), Role.DETECT: ("cluster", "detect", *there)}
    doors = Doors(settings.host, settings.port, settings.node.detect_port)
    with ray_at(address) as ray:
        for number in (signal.SIGTERM, signal.SIGINT):  # after Ray, which has handlers of its own
            signal.signal(number, lambda *_: ending.set())
        Dispatcher(ray, arguments, doors).run(ending)


def all_run(address: str) -> bool:
    """Print a line for each process that belongs on a machine of Ray; tell whether all run."""
    with _dispatcher(address) as dispatcher:
        told = dispatcher.statuses()
    for one in told:
        print_json(asdict(one))
    return all(one.state == "runs" for one in told)


def stop(*, cluster: Address = "auto") -> None:
    """End what `run --cluster` has started, on every machine, in order."""
    with _dispatcher(cluster) as dispatcher:
        stopped = dispatcher.stop()
    print_json({"stopped": stopped})


@contextmanager
def _dispatcher(address: str) -> "Iterator[Dispatcher]":
    from streetwatch.service.cluster.dispatcher import Dispatcher, ray_at

    with ray_at(address) as ray:
        yield Dispatcher(ray)

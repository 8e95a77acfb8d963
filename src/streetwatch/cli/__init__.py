"""The `streetwatch` command: every sub-command, each importing what it needs when it is called.

Results go to standard output, one JSON object a line; progress and logs to standard error. Exit
status: 0 done, 1 ran but found something wrong, 2 the input is wrong (one clear line).
"""

import sys

import typer

from streetwatch.cli import (
    audit,
    bench,
    cameras,
    cluster,
    data,
    deliveries,
    desk,
    grid,
    keys,
    model,
    service,
    targets,
    throughput,
    tokens,
    upkeep,
    users,
)
from streetwatch.cli.compose import compose
from streetwatch.cli.output import EXIT_INPUT_WRONG
from streetwatch.cli.simulate import simulate

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Finds street vending, exposed garbage and illegal parking, and files each once.",
)

for command in (
    service.run,
    service.replay,
    service.detect,
    desk.report,
    desk.evidence,
    deliveries.deliveries,
    upkeep.retention,
    upkeep.backup,
    upkeep.restore,
    upkeep.verify,
    audit.audit,
    data.learn,
    compose,
    simulate,
    model.train,
    model.export,
    model.quantize,
    model.calibrate,
    throughput.tune,
):
    app.command()(command)
app.add_typer(data.app, name="data")
app.add_typer(bench.app, name="bench")
app.add_typer(cameras.app, name="cameras")
app.add_typer(cluster.app, name="cluster")
app.add_typer(grid.app, name="grid")
app.add_typer(keys.app, name="keys")
app.add_typer(targets.app, name="targets")
app.add_typer(tokens.app, name="tokens")
app.add_typer(users.app, name="users")


def main() -> None:
    """Run the command; wrong input is one clear line and exit status 2."""
    try:
        app()
    except BrokenPipeError:  # whoever read our lines has had enough
        sys.stderr.close()
    except Exception as error:
        if not isinstance(error, _told_in_one_line()):
            raise
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_INPUT_WRONG)


def _told_in_one_line() -> tuple[type[Exception], ...]:
    """Return the errors that say what is wrong themselves; no command waits for their imports."""
    # ruff: noqa: PLC0415
    from streetwatch.datasets.live import ClipError
    from streetwatch.datasets.yolo_folder import DatasetError
    from streetwatch.models.errors import ModelError
    from streetwatch.service.incidents.errors import StreetwatchError
    from streetwatch.vision.capture.errors import CaptureError

    return StreetwatchError, ModelError, CaptureError, ClipError, DatasetError

"""`streetwatch bench`: what is measured, a JSON object a line."""

import typer

from streetwatch.cli import accuracy, endurance, filled, foresight, masking, scale, throughput

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _bench() -> None:
    """Measure, with n and the interval."""


for command in (
    accuracy.accuracy,
    accuracy.report,
    accuracy.events,
    accuracy.simulation,
    filled.delivery,
    filled.store,
    scale.presence,
    scale.placement,
    scale.scale,
    filled.leases,
    filled.looks,
    filled.console,
    throughput.throughput,
    masking.masking,
    masking.masking_clips,
    masking.masking_plates,
    endurance.faults,
    endurance.soak,
    foresight.foresight,
    foresight.crowds,
    foresight.foresight_load,
):
    app.command()(command)

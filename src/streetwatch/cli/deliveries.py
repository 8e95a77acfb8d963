"""`streetwatch deliveries`: what was promised to the targets, and sending it again."""

# ruff: noqa: PLC0415 -- imports inside the command: `streetwatch --help` must not wait for them

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.opened import noted
from streetwatch.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.settings import Settings
    from streetwatch.service.store.sql_store import SqlStore


def deliveries(  # noqa: PLR0913 -- one argument per option
    *,
    config: Annotated[
        Path, typer.Option(help="Settings of the service: docs/reference/settings.md.")
    ] = Path("streetwatch.yaml"),
    state: Annotated[
        str | None, typer.Option(help="Only pending, delivered or parked ones.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="Only to this target.")] = None,
    incident: Annotated[str | None, typer.Option(help="Only about this incident.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    resend: Annotated[
        str | None, typer.Option(metavar="KEY", help="Let this one be sent now; needs --target.")
    ] = None,
    drain: Annotated[
        bool, typer.Option("--drain", help="Send now what waits for its time, from here.")
    ] = False,
    parked: Annotated[bool, typer.Option("--parked", help="With --drain: parked too.")] = False,
    as_json: AsJson = True,
) -> None:
    """List what was promised to the targets, newest first; or send it. The service may run."""
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.openings import stored
    from streetwatch.service.settings_file import load_settings

    del as_json
    if resend is not None and target is None:
        raise InputError("deliveries: --resend KEY needs --target: a key is sent to each target")
    if parked and not drain:
        raise InputError("deliveries: --parked goes with --drain")
    settings = load_settings(config, environ=os.environ)
    configure_logs(settings.log_format)
    with closing(stored(settings)) as store:
        if resend is not None and target is not None:
            lines = iter([_resent(store, target, resend)])
        elif drain:
            lines = iter([_drained(settings, store, target, parked=parked)])
        else:
            lines = _listed(store, state, target, incident, limit)
        for line in lines:
            print_json(line)


def _listed(
    store: "SqlStore", state: str | None, target: str | None, incident: str | None, limit: int
) -> Iterator[dict[str, object]]:
    from streetwatch.service.api.deliveries import delivery_line
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.store.deliveries import Deliveries, Wanted
    from streetwatch.service.store.outbox import MessageState

    if state not in (None, *MessageState):
        raise InputError(f"--state {state}: write {', '.join(MessageState)}")
    wanted = Wanted(None if state is None else MessageState(state), target, incident)
    page = Deliveries(store.engine).page(wanted, limit=limit, offset=0)
    return map(delivery_line, page.deliveries)


def _resent(store: "SqlStore", target: str, key: str) -> dict[str, object]:
    """Make a message due; the service sends it, or `--drain`."""
    from streetwatch.service.api.deliveries import delivery_line
    from streetwatch.service.store.deliveries import Deliveries

    line = delivery_line(Deliveries(store.engine).resend(target, key, now=time.time()))
    noted(store.engine, "delivery.resent", target, names=[key])
    return line


def _drained(
    settings: "Settings", store: "SqlStore", target: str | None, *, parked: bool
) -> dict[str, object]:
    """Send from here what waits; a service that runs meanwhile sends its share."""
    from streetwatch.service.openings import lanes_of
    from streetwatch.service.store.deliveries import Deliveries

    deliveries = Deliveries(store.engine)
    due = deliveries.drain(target, parked=parked, now=time.time())
    noted(store.engine, "deliveries.drained", target or "")
    lanes = lanes_of(settings, store, clock=time.time)
    tried = lanes.drain(target)
    lanes.stop(timeout_s=0)
    left = deliveries.backlogs(now=time.time()).total
    return {"due": due, "tried": tried, "pending": left.pending, "parked": left.parked}

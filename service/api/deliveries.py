"""The API of the outbox: what is under way, and sending it again (docs/reference/delivery.md)."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from streetwatch.service.desk.questions import Word
from streetwatch.service.store.deliveries import Deliveries, Delivery, Wanted
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.transactions import COUNTED
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc


class DeliveriesPage(BaseModel):
    """A page of deliveries, newest first."""

    deliveries: list[dict[str, Any]]
    total: int


class Drained(BaseModel):
    """How many messages are sent now instead of later."""

    due: int


def deliveries_router(
    deliveries: Deliveries, *, clock: Callable[[], Seconds], wake: Callable[[], None]
) -> APIRouter:
    """Build the router. `NoSuchDeliveryError` and `DeliveredAlreadyError` are the API's to answer.

    Args:
        deliveries: People's side of the outbox.
        clock: Seconds since the epoch.
        wake: Called when something is due that was not.
    """
    router = APIRouter(prefix="/deliveries", tags=["delivery"])

    @router.get("")
    def page(
        state: MessageState | None = None,
        target: Word | None = None,
        incident: Word | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0, le=COUNTED)] = 0,
    ) -> DeliveriesPage:
        """List messages to targets, newest first."""
        found = deliveries.page(Wanted(state, target, incident), limit=limit, offset=offset)
        lines = [delivery_line(one) for one in found.deliveries]
        return DeliveriesPage(deliveries=lines, total=found.total)

    @router.post("/{target}/{key}/resend")
    def resend(target: Annotated[Word, Path()], key: Annotated[Word, Path()]) -> dict[str, Any]:
        """Send a parked or waiting message now. 409 where the target has it."""
        line = delivery_line(deliveries.resend(target, key, now=clock()))
        wake()
        return line

    @router.post("/drain")
    def drain(
        target: Word | None = None,
        parked: Annotated[bool, Query(description="What is parked too.")] = False,  # noqa: FBT002
    ) -> Drained:
        """Send everything now that waits for its time, to one target or to all."""
        due = deliveries.drain(target, parked=parked, now=clock())
        wake()
        return Drained(due=due)

    return router


def delivery_line(one: Delivery) -> dict[str, Any]:
    """Return a delivery as the API and the command show it."""
    return {
        "target": one.target,
        "key": one.key,
        "incident": one.incident_id,
        "occasion": one.occasion.value,
        "state": one.state.value,
        "number": one.number,
        "attempts": one.attempts,
        "queued_at": utc(one.queued_at),
        "due_at": utc(one.due_at),
        "delivered_at": None if one.delivered_at is None else utc(one.delivered_at),
        "uncertain": one.is_uncertain,
        "reason": one.reason,
    }

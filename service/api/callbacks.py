"""Callbacks in: a target tells, signed, how a case stands (docs/reference/delivery.md)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from streetwatch.service.access.asking import note
from streetwatch.service.delivery.callbacks import CallbackRefusedError, signed_at
from streetwatch.service.incidents import hearing
from streetwatch.service.incidents.platform import Heard, PlatformState, Receipt, Standing
from streetwatch.service.incidents.ports import Store
from streetwatch.service.store.receipts import Receipts
from streetwatch.vision.types import Seconds

LONGEST_BODY = 65_536

#: What a target is answered, so that its people see why nothing moved.
_WORDS = {
    Heard.MOVED: "the incident is closed",
    Heard.KEPT: "noted; the incident stays as it is",
    Heard.OLD: "this was said before, or overtaken by something said later: nothing changed",
}


class Callback(BaseModel):
    """What a target says about a case."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    state: Annotated[PlatformState, Field(strict=False)]
    external_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    number: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,200}$")] | None = None
    note: Annotated[str, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def _names_a_case(self) -> Self:
        if self.external_id is None and self.number is None:
            raise ValueError("name the case: external_id (ours) or number (yours)")
        return self


class Answered(BaseModel):
    """What became of a callback."""

    external_id: str
    changed: bool
    incident: str
    detail: str


async def _body(request: Request) -> bytes:
    """Read the exact bytes that were signed."""
    return await request.body()


_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Callback.model_json_schema()}},
    }
}


def callbacks_router(
    secrets: Mapping[str, str],
    *,
    receipts: Receipts,
    store: Store,
    clock: Callable[[], Seconds],
) -> APIRouter:
    """Build the router.

    Args:
        secrets: Of the targets that may call back, by their ids.
        receipts: What the targets call our cases.
        store: Where the incidents are.
        clock: Seconds since the epoch.
    """
    router = APIRouter(tags=["delivery"])

    @router.post(
        "/callbacks/{target}",
        openapi_extra=_SCHEMA,
        max_body_size=LONGEST_BODY,
        responses={401: {"description": "The signature or its time is wrong."}},
    )
    def callback(
        target: str,
        request: Request,
        body: Annotated[bytes, Depends(_body)],
        timestamp: Annotated[str, Header(alias="X-Streetwatch-Timestamp", max_length=32)],
        signature: Annotated[str, Header(alias="X-Streetwatch-Signature", max_length=128)],
    ) -> Answered:
        """Take in how a case stands on a target. Saying it again changes nothing."""
        if target not in secrets:
            raise HTTPException(404, "no target of this id may call back: set its callback_secret")
        now = clock()
        try:
            said_at = signed_at(
                secrets[target], timestamp=timestamp, given=signature, body=body, now=now
            )
        except CallbackRefusedError as error:
            raise HTTPException(401, str(error)) from error
        note(request, by=f"target:{target}")
        said = _read(body)
        incident_id = said.external_id or receipts.incident_of(target, said.number or "")
        heard, incident = hearing.hear(
            Standing(said.state, said_at),
            target=target,
            incident_id=incident_id or "",
            store=store,
            at=now,
        )
        if incident is None or heard is Heard.UNKNOWN:
            raise HTTPException(
                404, f"target {target} was handed no such case, or has not said yet that it has it"
            )
        if said.number is not None:
            receipts.name(target, incident.id, Receipt(said.number))
        return Answered(
            external_id=incident.id,
            changed=heard is Heard.MOVED,
            incident=incident.state.value,
            detail=_WORDS[heard],
        )

    return router


def _read(body: bytes) -> Callback:
    try:
        return Callback.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        lines = [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in found]
        raise HTTPException(422, lines) from error

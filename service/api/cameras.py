"""The API of the cameras: what is watched, and changing it while the service runs."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from streetwatch.service.access.asking import TheirReach, doer_of
from streetwatch.service.access.doer import Doer
from streetwatch.service.api.stepped import STEPS, followed
from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.catalogue import NOBODY, Catalogue
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.cameras.merging import Listed
from streetwatch.service.cameras.part import Cameras
from streetwatch.service.cameras.probing import Probing, Seen, Step, Wanted
from streetwatch.service.config.checking import Mistake
from streetwatch.service.desk.report import Name
from streetwatch.service.dry_run import Difference, DryRuns, Progress
from streetwatch.zones.moment import utc

CameraId = Annotated[
    str, Path(pattern=r"^[a-z0-9-]{1,64}$", description="As in cameras.yaml: a-z, 0-9 and -.")
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="ETag of the camera as it was read: it is changed only if it still has it.",
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        pattern=r"^\*$",
        description="`*`: only if there is no such camera yet.",
    ),
]


def _doer(
    request: Request,
    by: Annotated[
        Name | None, Query(description="On whose behalf, where that is not the account that asks.")
    ] = None,
) -> Doer:
    """Return who changes something; where nobody has to say who they are, the API itself."""
    doer = doer_of(request, by or "")
    return doer if doer.by else Doer(NOBODY)


By = Annotated[Doer, Depends(_doer)]

_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"schema": {"type": "string"}, "description": "For `If-Match`."}}}
}
_CHANGED: dict[int | str, dict[str, Any]] = {
    412: {"description": "The camera has changed since `If-Match`."}
}


class AccountBody(BaseModel):
    """A password apart from the address; it is taken and never told again."""

    model_config = ConfigDict(extra="forbid")

    user: str = Field("", max_length=200)
    password: SecretStr = Field(SecretStr(""), max_length=200)

    def account(self) -> Account:
        """Return what the core works with."""
        return Account(self.user, self.password.get_secret_value())


class CameraAnswer(BaseModel):
    """One camera: as `cameras.yaml` has it, and where that comes from."""

    camera: dict[str, Any]
    origin: str = Field(description="file, console, or changed: the file's, with a change.")
    version: str = Field(description="The ETag.")
    changed_at: str | None
    changed_by: str


#: The camera as `cameras.yaml` has it; `account` beside its keys.
CameraBody = Annotated[
    dict[str, Any],
    Body(
        description="One camera as cameras.yaml has it. `account: {user, password}` may stand "
        "beside: taken, and never told. `***` in an address is the password that is kept.",
        examples=[
            {
                "id": "kerb",
                "source": {"kind": "rtsp", "url": "rtsp://10.0.0.5/stream1"},
                "account": {"user": "viewer", "password": "..."},
                "zones": [],
            }
        ],
    ),
]


def cameras_router(catalogue: Catalogue) -> APIRouter:
    """Build the router. The errors of `cameras.errors` are the API's to answer.

    Args:
        catalogue: Of all cameras. Who follows it has a change applied before it is answered.
    """
    router = APIRouter(prefix="/cameras", tags=["cameras"])

    @router.get("/{camera_id}", responses=_SHOWN)
    def camera(camera_id: CameraId, response: Response, reach: TheirReach) -> CameraAnswer:
        """Return one camera, its address without the password."""
        return _answer(Cameras(catalogue, reach).find(camera_id), response)

    @router.put("/{camera_id}", responses=_SHOWN | _CHANGED)
    def put(  # noqa: PLR0913 -- FastAPI's way to say what a request may hold
        camera_id: CameraId,
        body: CameraBody,
        response: Response,
        reach: TheirReach,
        doer: By,
        *,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatch = None,
    ) -> CameraAnswer:
        """Make or change a camera; it is watched so within 2 s, and the others are not touched.

        Whoever is limited to a part of the city keeps it there, by its id or `place.grid_code`.
        """
        cameras = Cameras(catalogue, reach)
        document, account = _parted(body, camera_id)
        if if_none_match is not None:
            return _answer(cameras.add(document, by=doer.by, account=account), response)
        expected = _versions(if_match)
        put = cameras.put(document, by=doer.by, account=account, expected=expected)
        return _answer(put, response)

    @router.delete("/{camera_id}", status_code=204, responses=_CHANGED)
    def remove(camera_id: CameraId, reach: TheirReach, doer: By, if_match: IfMatch = None) -> None:
        """Watch a camera no more. What is filed of it stays as it is: nobody saw it leave."""
        Cameras(catalogue, reach).remove(camera_id, by=doer.by, expected=_versions(if_match))

    @router.post("/{camera_id}/revert", responses=_SHOWN | _CHANGED)
    def revert(
        camera_id: CameraId,
        response: Response,
        reach: TheirReach,
        doer: By,
        if_match: IfMatch = None,
    ) -> CameraAnswer:
        """Go back to what cameras.yaml says of a camera. 409 where it says nothing."""
        cameras = Cameras(catalogue, reach)
        back = cameras.revert(camera_id, by=doer.by, expected=_versions(if_match))
        return _answer(back, response)

    return router


class ProbeBody(BaseModel):
    """What to probe."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    url: str = Field(min_length=1, max_length=2000, examples=["rtsp://10.0.0.5/stream1"])
    account: AccountBody | None = None
    camera: str = Field("", max_length=64, description="Whose kept password `***` stands for.")


class DryRunBody(BaseModel):
    """Zones to try on what was seen."""

    model_config = ConfigDict(extra="forbid")

    camera: dict[str, Any] = Field(description="As cameras.yaml has it, with the zones to try.")
    hours: float = Field(2.0, gt=0, le=168, description="How far back.")


def trials_router(probing: Probing, dry_runs: DryRuns) -> APIRouter:
    """Build the router of what is tried before a camera is saved.

    Args:
        probing: Tries an address.
        dry_runs: Tries zones.
    """
    router = APIRouter(prefix="/cameras", tags=["cameras"])

    @router.post("/probe", response_class=StreamingResponse, responses=STEPS)
    async def probe(body: ProbeBody, reach: TheirReach, doer: By) -> StreamingResponse:
        """Try a camera's address; events `step` and `picture`. One at a time for each of them."""
        if body.camera:
            Cameras(probing.catalogue, reach).find(body.camera)
        account = None if body.account is None else body.account.account()
        wanted = Wanted(body.url, account, body.camera)
        return await followed(probing.probe(wanted, who=doer.one), _probed)

    @router.post("/{camera_id}/dry-run", response_class=StreamingResponse, responses=STEPS)
    async def dry_run(camera_id: CameraId, body: DryRunBody, doer: By) -> StreamingResponse:
        """Tell what other zones would have filed; events `progress`, then `difference`."""
        document, account = _parted(body.camera, camera_id)
        steps = dry_runs.run(document, body.hours, who=doer.one, account=account)
        return await followed(steps, _tried)

    return router


def _probed(told: Step | Seen) -> tuple[str, Any]:
    if isinstance(told, Step):
        return "step", told
    return "picture", {
        "jpeg": b64encode(told.jpeg).decode(),
        "size": told.size,
        "at": utc(told.at),
    }


def _tried(told: Progress | Difference) -> tuple[str, Any]:
    return ("progress" if isinstance(told, Progress) else "difference"), told


def _parted(body: dict[str, Any], camera_id: str) -> tuple[CameraDocument, Account | None]:
    """Return the document and the account beside it."""
    document = {"id": camera_id} | body
    given = document.pop("account", None)
    if document["id"] != camera_id:
        says = f"is not that of the path: write id: {camera_id}, or leave it out"
        raise CameraRefusedError([Mistake(("id",), "", says)])
    return document, None if given is None else _account(given)


def _account(given: object) -> Account:
    try:
        return AccountBody.model_validate(given).account()
    except ValueError:
        says = "is no account: write account: {user: ..., password: ...}, each a text"
        raise CameraRefusedError([Mistake(("account",), "", says)]) from None


def _answer(listed: Listed, response: Response) -> CameraAnswer:
    response.headers["ETag"] = f'"{listed.version}"'
    return CameraAnswer(
        camera=dict(listed.document),
        origin=listed.origin.value,
        version=listed.version,
        changed_at=None if listed.changed_at is None else utc(listed.changed_at),
        changed_by=listed.changed_by,
    )


def _versions(if_match: str | None) -> Sequence[str] | None:
    """Read `If-Match`; None where anything will do. What is none of our ETags matches nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    return [tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(",")]

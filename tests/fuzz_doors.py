"""The doors through which bytes of strangers come in, each as a function that takes any bytes.

A door refuses what it can't use, in the words and the class that it promises. Anything else that it
raises, a secret in what it says, or a refusal of nothing, is a find. `tests/fuzz/run.py` looks for
one by the hour, `tests/unit/test_fuzz.py` for a moment.
"""

import io
import json
import ssl
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI
from joserfc import jws
from joserfc.jwk import ECKey, KeySet

from streetwatch.service.access.role import Role
from streetwatch.service.access.sign_on.errors import ProviderDownError, SignOnError
from streetwatch.service.access.sign_on.logout_token import FRESH_S, leaving_of
from streetwatch.service.access.sign_on.person import person_of
from streetwatch.service.access.sign_on.token import Expected, UnknownKeyError, claims_of
from streetwatch.service.access.sign_on.told import provider_of
from streetwatch.service.api.callbacks import callbacks_router
from streetwatch.service.api.errors import add_error_answers
from streetwatch.service.api.foresight.campaigns import CampaignBody
from streetwatch.service.cameras.camera import load_cameras
from streetwatch.service.config.errors import CamerasFileError, SettingsError, TemplateError
from streetwatch.service.config.sign_on_schema import OidcSettings
from streetwatch.service.delivery.answer_values import json_of, text_at
from streetwatch.service.delivery.open311_answers import (
    NotOpen311Error,
    complaint,
    records,
    required_attributes,
)
from streetwatch.service.delivery.signing import signature
from streetwatch.service.delivery.template_file import load_template
from streetwatch.service.desk.grid.geojson import GridFileError, read_grids
from streetwatch.service.desk.observations.picture import Limits, decoded
from streetwatch.service.desk.open311.submission import Submission, fields_of
from streetwatch.service.evidence.pack_check import findings
from streetwatch.service.foresight.patrol_roads import NoRoadsError, roads_of
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.runtime.recorded import recorded_looks
from streetwatch.service.settings_file import load_settings
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.capture.source import redact
from streetwatch.vision.outside import PictureRefusedError
from waiting import awaited

CANARY: Final = "c4n4ry-0f-the-k3rb"
ENVIRON: Final = {"KERB_PASSWORD": CANARY}

_WORK: Final = Path(tempfile.mkdtemp(prefix="doors-"))
_NOW: Final = 1_795_000_000.0
_CALLER: Final = "the-secret-of-the-city"

_ISSUER: Final = "https://id.example"
_KEY: Final = ECKey.import_key(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "7I5hrIf6vCIOFmnWZBGNIsJmeug-gNWLafWY9pZz43I",
        "y": "FAoTYiMBSrL3599WM2Qarw63P-uMpLokSjx7ZfjppDY",
        "d": "h0YaFkzpeHGg76Y373CQhUyKCPW7LSsWP3PnbCPBIcs",
    }
)
_KEYS: Final = KeySet([_KEY])
_EXPECTED: Final = Expected(_ISSUER, "streetwatch", "once", ("ES256",), 60.0)
_TOLD: Final = OidcSettings.model_validate(
    {
        "issuer": _ISSUER,
        "client_id": "streetwatch",
        "client_secret": CANARY,
        "public_url": "https://street.example",
        "role_claim": "roles",
        "roles": {"chief": "admin", "clerk": "viewer"},
        "cameras_claim": "cameras",
        "grids_claim": "grids",
    }
)
_PROVIDER: Final = provider_of(_TOLD, Networks())
_UNUSED: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # making one takes longer than a door

Door = Callable[[bytes], None]


def cameras(data: bytes) -> None:
    """Read `cameras.yaml`."""
    try:
        load_cameras(_file(data), environ=ENVIRON)
    except CamerasFileError as error:
        _tells(error)


def settings(data: bytes) -> None:
    """Read `streetwatch.yaml`, targets and all."""
    try:
        load_settings(_file(data), environ=ENVIRON)
    except SettingsError as error:
        _tells(error)


def template(data: bytes) -> None:
    """Read the template of a platform."""
    try:
        load_template(_file(data), environ=ENVIRON)
    except TemplateError as error:
        _tells(error)


def looks(data: bytes) -> None:
    """Read recorded looks, as `replay --detections` does."""
    lines = data.decode("utf-8", "replace").splitlines()
    try:
        for _ in recorded_looks(lines, name="LOOKS"):
            pass
    except InputError as error:
        _tells(error)


def pack(data: bytes) -> None:
    """Check an evidence pack."""
    try:
        lines = list(findings(_file(data)))
    except InputError as error:
        _tells(error)
    else:
        assert all(line.isprintable() for line in lines), "a finding breaks its line"


def manifest(data: bytes) -> None:
    """Check a sound pack whose manifest is somebody else's."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("manifest.json", data)
        archive.writestr("case.json", b"{}")
    assert list(findings(_file(packed.getvalue()))), "a manifest without its files was believed"


def callback(data: bytes) -> None:
    """Take a callback in, signed by a target that says what it likes."""
    status = awaited(_posted(_callbacks(), "/callbacks/city", data))
    assert status in {404, 413, 422}, f"answered {status}"


def submission(data: bytes) -> None:
    """Take in an Open311 request."""
    try:
        form = Submission.model_validate(fields_of(data))
        form.draft("client", now=_NOW)
    except ValueError as error:
        _tells(error)


def open311_answer(data: bytes) -> None:
    """Read what an Open311 platform answers, in XML or JSON."""
    answer = httpx.Response(200, content=data)
    complaint(answer)
    for read in (records, required_attributes):
        try:
            read(answer)
        except NotOpen311Error as error:
            _tells(error)


def platform_answer(data: bytes) -> None:
    """Read what a platform with a template answers."""
    tree = json_of(httpx.Response(200, content=data))
    for path in ("code", "data.id", "data.0.number"):
        text_at(tree, path)


def picture(data: bytes) -> None:
    """Look at a picture that a citizen sent."""
    try:
        decoded(data, Limits(1_000_000, 1_000_000))
    except PictureRefusedError as error:
        _tells(error)


def grids(data: bytes) -> None:
    """Read unit grids."""
    try:
        read_grids(data, name="GRIDS")
    except GridFileError as error:
        _tells(error)


def token(data: bytes) -> None:
    """Read an ID token, of whoever made it, and one that the provider signed."""
    for one in (data.decode("utf-8", "replace"), _signed(data)):
        try:
            claims_of(one, _KEYS, _EXPECTED, now=_NOW)
        except UnknownKeyError:
            continue
        except SignOnError as error:
            _tells(error)


def leaving(data: bytes) -> None:
    """Read a logout token, of whoever made it, and one that the provider signed."""
    for one in (data.decode("utf-8", "replace"), _signed(data)):
        try:
            told = leaving_of(one, _KEYS, _EXPECTED, now=_NOW)
        except UnknownKeyError:
            continue
        except SignOnError as error:
            _tells(error)
        else:
            assert told.subject or told.session, "whoever it is about"
            assert _NOW < told.until <= _NOW + FRESH_S + 2 * _EXPECTED.skew_s, "no news for ever"


def person(data: bytes) -> None:
    """Read who somebody is from what the provider says of them."""
    try:
        claims = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(claims, dict):
        try:
            who = person_of({"sub": "one"} | claims, _TOLD)
        except SignOnError as error:
            _tells(error)
        else:
            assert who.role in {Role.VIEWER, Role.ADMIN}, "a role that nobody gave"


def provider_answer(data: bytes) -> None:
    """Read what an identity provider says of itself, and its keys."""
    said = httpx.MockTransport(lambda _: httpx.Response(200, content=data))
    _PROVIDER._http = httpx.Client(transport=said, verify=_UNUSED)  # noqa: SLF001 -- no socket
    for ask in (_PROVIDER._discovered, partial(_PROVIDER._published, _ISSUER)):  # noqa: SLF001
        try:
            ask()
        except ProviderDownError as error:
            _tells(error)


def roads(data: bytes) -> None:
    """Read the roads of a city, GeoJSON."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    try:
        roads_of(document if isinstance(document, dict) else {})
    except NoRoadsError as error:
        _tells(error)


def campaign(data: bytes) -> None:
    """Take in a campaign."""
    try:
        CampaignBody.model_validate_json(data)
    except ValueError as error:
        _tells(error)


def address(data: bytes) -> None:
    """Show an address to people without its password."""
    path = data.decode("utf-8", "replace")
    shown = redact(f"rtsp://admin:{CANARY}@10.0.0.5/{path}")
    assert CANARY not in shown, "the password is shown"


DOORS: Final[dict[str, Door]] = {
    one.__name__: one
    for one in (
        cameras,
        settings,
        template,
        looks,
        pack,
        manifest,
        callback,
        submission,
        open311_answer,
        platform_answer,
        picture,
        grids,
        token,
        leaving,
        person,
        provider_answer,
        roads,
        campaign,
        address,
    )
}


def _file(data: bytes) -> Path:
    path = _WORK / "input"
    path.write_bytes(data)
    return path


def _signed(claims: bytes) -> str:
    """Return claims, whatever they are, with a signature that holds."""
    return jws.serialize_compact({"alg": "ES256"}, claims, _KEY)


def _tells(error: Exception) -> None:
    """See that a refusal says something, and no secret."""
    assert str(error).strip(), "a refusal without a word"
    assert CANARY not in str(error), "a refusal holds a secret"


def _callbacks() -> FastAPI:
    if not _APPS:
        store = open_store(f"sqlite:///{_WORK / 'doors.db'}")
        api = FastAPI(max_body_size=1_000_000)
        receipts = Receipts(store.engine)
        api.include_router(
            callbacks_router({"city": _CALLER}, receipts=receipts, store=store, clock=lambda: _NOW)
        )
        add_error_answers(api)
        _APPS.append(api)
    return _APPS[0]


_APPS: Final[list[FastAPI]] = []


async def _posted(api: FastAPI, path: str, body: bytes) -> int:
    """Post a signed body to an application, without a network, and return the status."""
    stamp = f"{_NOW:.3f}"
    headers = [
        (b"content-type", b"application/json"),
        (b"x-streetwatch-timestamp", stamp.encode()),
        (b"x-streetwatch-signature", signature(_CALLER, stamp, body).encode()),
    ]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    said: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 -- as ASGI has it
        if message["type"] == "http.response.start":
            said.append(message["status"])

    await api(scope, receive, send)
    return said[0]

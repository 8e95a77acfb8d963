"""No secret comes out of a service, whatever is asked of it and however its hosts behave.

Every place of a configuration that takes a secret holds one that can be known again. The hosts that
it talks to answer with all that they were sent.
"""

import base64
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus

import httpx
import pytest
import yaml

from commands import streetwatch
from console_parts import PASSWORD, let_in
from filed import a_message, an_incident, promise
from live_service import Service, free_port, wait_for
from plain_http import client_of
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store

#: By the variable that each stands in. Some have what addresses and forms escape.
CANARIES: Final = {
    "KERB_PASSWORD": "canary-kerb%2Fa1",
    "GATE_TOKEN": "canary-gate-b2",
    "CITY_API_KEY": "canary/city+c3",
    "HOOK_SECRET": "canary-hook-d4-0123456789",
    "HOOK_PASSWORD": "canary-hook-e5",
    "BUS_PASSWORD": "canary bus f6",
    "FORM_KEY": "canary&form g7",
    "FORM_PASSWORD": "canary-form-h8",
    "CALLBACK_SECRET": "canary-call-i9-0123456789",
    "NOTICE_SECRET": "canary-note-j0-0123456789",
    "HOTLINE_KEY": "canary-line-k1-0123456789",
    "S3_ACCESS_KEY": "CANARYACCESSKEYM3",
    "STREETWATCH_EVIDENCE__SECRET_KEY": "canary/store+n4",
    "STREETWATCH_CAMERA_KEY": base64.urlsafe_b64encode(b"canary-key-l2".ljust(32, b"!")).decode(),
}

TARGETS: Final = ("city", "hook", "bus", "form")

TEMPLATE: Final = """\
auth: {kind: basic, username: me, password: "${FORM_PASSWORD}"}
requests:
  opened:
    path: /form
    encoding: form
    body: {id: "{external_id}", key: "${FORM_KEY}"}
"""


def configuration(folder: Path, echo: str, bus: int) -> None:
    streets = {"kind": "prohibited", "polygon": [[0, 0], [1, 0], [1, 1]]}
    zone = {"id": "road", **streets, "rules": [{"type": "illegal_parking_motor"}]}
    kerb = f"rtsp://admin:${{KERB_PASSWORD}}@127.0.0.1:{bus}/s"
    cameras = [
        {"id": "kerb", "source": {"kind": "rtsp", "url": kerb}, "zones": [zone]},
        {
            "id": "gate",
            "source": {"kind": "http", "url": f"{echo}/gate.m3u8?token=${{GATE_TOKEN}}"},
            "zones": [zone],
        },
    ]
    codes = {"illegal_parking_motor": "6"}
    types = ["illegal_parking_motor"]
    hook = echo.replace("//", "//me:${HOOK_PASSWORD}@")
    targets: list[dict[str, Any]] = [
        {"kind": "open311", "id": "city", "url": echo, "api_key": "${CITY_API_KEY}",
         "service_codes": codes, "types": types, "callback_secret": "${CALLBACK_SECRET}"},
        {"kind": "webhook", "id": "hook", "url": f"{hook}/in", "secret": "${HOOK_SECRET}"},
        {"kind": "mqtt", "id": "bus", "url": f"mqtt://127.0.0.1:{bus}", "username": "me",
         "password": "${BUS_PASSWORD}"},
        {"kind": "http", "id": "form", "url": echo, "template": "form.yaml", "types": types},
    ]  # fmt: skip
    settings = {
        "log_format": "json",
        "targets": targets,
        "notices": {"url": f"{echo}/notices", "secret": "${NOTICE_SECRET}"},
        "evidence": {
            "url": f"s3://evidence/city?endpoint={echo}",
            "access_key": "${S3_ACCESS_KEY}",
        },
        "open311": {"api_keys": [{"client": "hotline", "key": "${HOTLINE_KEY}"}]},
    }
    (folder / "cameras.yaml").write_text(yaml.safe_dump({"cameras": cameras}))
    (folder / "streetwatch.yaml").write_text(yaml.safe_dump(settings))
    (folder / "form.yaml").write_text(TEMPLATE)


@contextmanager
def echoing() -> Iterator[str]:
    """A platform that refuses everything, and says what it was sent."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def _echo(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            proof = self.headers.get("Authorization")  # first: a reason may be cut
            said = f"{proof} {self.path} {dict(self.headers)} ".encode() + body
            self.send_response(400, "no")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _echo  # noqa: N815 -- as the base class looks for them

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def spellings(secret: str) -> set[bytes]:
    """Every way in which a secret may be written down."""
    plain = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    coded = {base64.b64encode(f"{who}:{secret}".encode()).decode() for who in ("me", "admin")}
    return {one.encode() for one in plain | coded}


def leaks(text: bytes) -> list[str]:
    """Name the variables whose values stand in a text."""
    return [
        name for name, secret in CANARIES.items() if any(one in text for one in spellings(secret))
    ]


@pytest.fixture
def tight(service: Service) -> Iterator[Service]:
    """A service with a secret wherever there can be one, whose every host refuses it."""
    with echoing() as echo:
        configuration(service.folder, echo, bus=free_port())
        store = open_store(f"sqlite:///{service.folder / 'data' / 'streetwatch.db'}")
        promise(store, a_message(an_incident()), targets=TARGETS)
        store.close()
        EvidenceFolder(service.folder / "data" / "evidence").write("a" * 26, "still.jpg", b"one")
        service.start(**CANARIES)
        let_in(service)
        yield service


@contextmanager
def signed_in(service: Service) -> Iterator[httpx.Client]:
    ours = {"Origin": service.url}  # as a browser says with what it sends from a page of ours
    with client_of(service.url, headers=ours) as client:
        form = {"name": "admin", "password": PASSWORD, "next": "/console/wall"}
        assert client.post("/console/login", data=form).status_code == 303
        yield client


def asked(client: httpx.Client) -> Iterator[tuple[str, bytes]]:
    """Ask every route for what there is, and send each what it can't use."""
    paths = client.get("/openapi.json").json()["paths"]
    known = {"camera_id": "kerb", "target": "city", "format": "json", "incident_id": "a" * 26}
    for path, verbs in paths.items():
        filled = path
        for name in ("camera_id", "target", "format", "incident_id"):
            filled = filled.replace(f"{{{name}}}", known[name])
        if "{" in filled or filled.endswith("/events"):
            continue
        for verb in verbs:
            body = None if verb in {"get", "delete"} else {"source": {"url": "rtsp://me:***@h"}}
            answer = client.request(verb, filled, json=body)
            yield f"{verb} {filled}", answer.content + str(answer.headers).encode()
    for page in ("wall", "wall/kerb", "cameras", "cameras/kerb/change", "cases", "numbers",
                 "settings/service", "settings/platforms", "settings/people"):  # fmt: skip
        yield page, client.get(f"/console/{page}").content
    yield "openapi", client.get("/openapi.json").content
    probe = {"url": "rtsp://admin:***@127.0.0.1:9/s", "camera_id": "kerb"}
    yield "probe", client.post("/cameras/probe", json=probe).content


def said(service: Service, *command: str) -> bytes:
    """Return all that a command says."""
    config = service.folder / "streetwatch.yaml"
    done = streetwatch(*command, "--config", config, env=CANARIES)
    return (done.stdout + done.stderr).encode()


COMMANDS: Final = (
    ("cameras", "list"),
    ("cameras", "export"),
    ("deliveries", "list"),
    ("targets", "test", "hook"),
    ("targets", "test", "form"),
    ("verify",),
)


def test_no_secret_comes_out_of_a_service(tight: Service) -> None:
    wait_for("a failed delivery to each", lambda: _all_failed(tight))
    wait_for("evidence that was refused", lambda: _evidence_refused(tight))
    with signed_in(tight) as client:
        found = {where: leaks(text) for where, text in asked(client)}
    found |= {" ".join(command): leaks(said(tight, *command)) for command in COMMANDS}
    tight.stop()
    found["log"] = leaks(tight.log[0].read_bytes())
    found["database"] = leaks((tight.folder / "data" / "streetwatch.db").read_bytes())
    assert {where: names for where, names in found.items() if names} == {}
    assert len(found) > 40


def _evidence_refused(service: Service) -> bool | None:
    return True if '"evidence.store_refuses"' in service.log[0].read_text() else None


def _all_failed(service: Service) -> bool | None:
    log = service.log[0].read_text()
    failed = [line for line in log.splitlines() if '"delivery.' in line]
    is_told = (any(f'"target": "{name}"' in line for line in failed) for name in TARGETS)
    return True if all(is_told) else None

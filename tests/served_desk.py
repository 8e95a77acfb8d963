"""The desk's API over real HTTP, open to all, with as little around it as a test needs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
import sqlalchemy as sa
from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from gates import open_gate
from http_parts import serving
from plain_http import client_of
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.evidence.keeping import EvidenceStore


@contextmanager
def served_desk(
    engine: sa.Engine,
    desk: APIRouter,
    evidence: EvidenceStore,
    *,
    beside: Sequence[APIRouter] = (),
    open311: APIRouter | None = None,
) -> Iterator[httpx.Client]:
    """Serve it for the length of a `with` block.

    Args:
        engine: Of its database.
        desk: Its routes under `/desk`.
        evidence: The files of its cases.
        beside: Other routes.
        open311: Those of its Open311 server.
    """
    api = create_api(
        gate=open_gate(engine),
        desk=desk,
        open311=open311,
        beside=beside,
        evidence=evidence,
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, client_of(url) as client:
        yield client

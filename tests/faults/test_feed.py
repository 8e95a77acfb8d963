"""Readers of the desk's feed that hang up in the middle of a burst."""

import json
import logging
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from filed import NOON, a_message, an_incident
from gates import open_gate
from http_parts import serving
from streetwatch.service.api.guard import Guard
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.events import events_router
from streetwatch.service.desk.report import Report
from streetwatch.service.store.sql_store import open_store

READERS = 40
CASES = 60


def test_readers_that_leave_in_the_middle_of_a_burst_leave_nothing_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    book, api = Book(store.engine), FastAPI()
    for number in range(CASES):
        told = case_json(a_message(an_incident(id=f"{number:026d}")).case)
        report = Report.model_validate_json(json.dumps(told))
        book.report(report, key=f"key-{number:08d}", now=NOON)
    api.add_middleware(Guard, gate=open_gate(store.engine))
    api.include_router(events_router(book, look_every_s=0.01), prefix="/desk")
    with caplog.at_level(logging.WARNING), serving(api) as url:
        for reader in range(READERS):
            read_and_leave(url, times=reader % 7 + 1)
    store.close()
    assert [record.getMessage() for record in caplog.records] == []


def read_and_leave(url: str, *, times: int) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port or 80)) as line:
        line.sendall(b"GET /desk/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert line.recv(600).startswith(b"HTTP/1.1 200 ")
        for _ in range(times):
            assert line.recv(600), "the feed ended by itself"
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # cut

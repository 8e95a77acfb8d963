"""The webhook against a real receiver that checks signatures as the how-to page says."""

import hmac
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import Response

from filed import NOON, a_message, evidence
from platform_parts import Asked, Platform
from streetwatch.service.config.target_schema import WebhookEntry
from streetwatch.service.delivery.sink import DeliveryFailedError, Pollable, Receipt, Searchable
from streetwatch.service.delivery.webhook_sink import WebhookSink
from tls_parts import answering_over_tls, certified

SECRET = "hook-secret-0123456789"  # noqa: S105 -- of this test
MESSAGE = a_message(files=(evidence("threshold.jpg"),))

Sinks = Callable[..., WebhookSink]


@pytest.fixture
def sink_of(served: tuple[Platform, str]) -> Iterator[Sinks]:
    opened: list[WebhookSink] = []

    def make(**changes: Any) -> WebhookSink:  # noqa: ANN401 -- any key
        keys = {"id": "hook", "kind": "webhook", "url": f"{served[1]}/in?k=1", "secret": SECRET}
        entry = WebhookEntry.model_validate(keys | changes)
        opened.append(WebhookSink(entry, clock=lambda: NOON))
        return opened[-1]

    yield make
    for sink in opened:
        sink.close()


def is_ours(asked: Asked, *, now: float = NOON, secret: str = SECRET) -> bool:
    """What docs/how-to/connect-your-platform.md tells a receiver to do."""
    sent = asked.headers["x-streetwatch-timestamp"]
    signed = sent.encode() + b"." + asked.content
    ours = "sha256=" + hmac.new(secret.encode(), signed, "sha256").hexdigest()
    fresh = abs(now - int(sent)) < 300
    return fresh and hmac.compare_digest(ours, asked.headers["x-streetwatch-signature"])


def test_a_message_is_posted_with_a_signature_over_its_bytes(
    platform: Platform, sink_of: Sinks
) -> None:
    assert sink_of().deliver(MESSAGE, known=None) == Receipt()
    (asked,) = platform.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/in", {"k": "1"})
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["idempotency-key"] == MESSAGE.key
    assert is_ours(asked)
    assert not is_ours(asked, secret="another-secret-012345")  # noqa: S106
    assert not is_ours(asked, now=NOON + 3600)


def test_it_holds_the_case_in_the_receiver_s_coordinates(
    platform: Platform, sink_of: Sinks
) -> None:
    sink_of(crs="gcj02", public_url="https://w.example").deliver(MESSAGE, known=None)
    body = platform.asked[0].json
    assert (body["occasion"], body["key"]) == ("opened", MESSAGE.key)
    assert body["external_id"] == MESSAGE.case.external_id
    assert body["place"]["crs"] == "gcj02"
    assert body["place"]["lon"] == pytest.approx(121.4745, abs=1e-3)
    assert body["evidence"][0]["url"].startswith("https://w.example/evidence/")


def test_a_test_files_nothing(platform: Platform, sink_of: Sinks) -> None:
    sink_of().knock(MESSAGE)
    (asked,) = platform.asked
    assert asked.json["occasion"] == "test"
    assert is_ours(asked)


@pytest.mark.parametrize(
    ("answer", "arrived"),
    [
        pytest.param(Response(f"bad signature {SECRET}", 401), False, id="401"),
        pytest.param(Response("", 500), True, id="500"),
        pytest.param(Response(b"x" * 100_000, 200), True, id="an answer without an end"),
    ],
)
def test_a_no_is_told_without_the_secret(
    platform: Platform,
    sink_of: Sinks,
    answer: Response,
    arrived: bool,  # noqa: FBT001
) -> None:
    platform.says(answer)
    with pytest.raises(DeliveryFailedError) as caught:
        sink_of().deliver(MESSAGE, known=None)
    assert caught.value.failure.may_have_arrived is arrived
    assert SECRET not in caught.value.failure.reason


def test_an_authority_of_the_city_s_own_is_trusted_where_it_is_named(
    sink_of: Sinks, tmp_path: Path
) -> None:
    certificate = certified(tmp_path)
    with answering_over_tls(certificate) as url:
        known = sink_of(url=url, ca_file=str(certificate.ca_file))
        assert known.deliver(MESSAGE, known=None) == Receipt()
        with pytest.raises(DeliveryFailedError, match="CERTIFICATE_VERIFY_FAILED") as caught:
            sink_of(url=url).deliver(MESSAGE, known=None)
    assert not caught.value.failure.may_have_arrived


def test_an_answer_that_only_drips_is_given_up(sink_of: Sinks) -> None:
    ended = threading.Event()

    def drip(listener: socket.socket) -> None:
        link, _ = listener.accept()
        with link, suppress(OSError):  # the sink has had enough
            link.recv(65_536)
            link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not ended.wait(0.02):
                link.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        try:
            sink = sink_of(url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=0.2)
            with pytest.raises(DeliveryFailedError, match=r"not whole after 0\.6 s") as caught:
                sink.deliver(MESSAGE, known=None)
        finally:
            ended.set()
            thread.join()
    assert caught.value.failure.may_have_arrived


def test_it_can_be_neither_searched_nor_polled(sink_of: Sinks) -> None:
    assert not isinstance(sink_of(), Searchable)
    assert not isinstance(sink_of(), Pollable)

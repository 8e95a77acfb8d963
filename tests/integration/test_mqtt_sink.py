"""MQTT against a real broker."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from filed import NOON, a_message
from live_service import free_port
from mqtt_parts import PASSWORD, USER, Broker, listening_to
from streetwatch.service.config.target_schema import MqttEntry
from streetwatch.service.delivery.mqtt_sink import MqttSink
from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.sink import DeliveryFailedError, Receipt
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.errors import InputError
from waiting import PATIENCE_S

MESSAGE = a_message()

Sinks = Callable[..., MqttSink]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def sink_of() -> Iterator[Sinks]:
    opened: list[MqttSink] = []

    def make(url: str, **changes: Any) -> MqttSink:  # noqa: ANN401 -- any key
        keys = {"id": "mq", "kind": "mqtt", "url": url, "username": USER, "password": PASSWORD}
        opened.append(MqttSink(MqttEntry.model_validate(keys | changes)))
        return opened[-1]

    yield make
    for sink in opened:
        sink.close()


def refused_by(sink: MqttSink) -> Failure:
    with pytest.raises(DeliveryFailedError) as caught:
        sink.deliver(MESSAGE, known=None)
    assert PASSWORD not in caught.value.failure.reason
    return caught.value.failure


def decision_on(failure: Failure) -> Again | Park:
    return decide(failure, attempts=0, now=NOON, chance=0.5)


def test_a_message_is_published_once_with_qos_1_and_not_kept(
    broker: Broker, sink_of: Sinks
) -> None:
    sink = sink_of(f"mqtt://127.0.0.1:{broker.port}", crs="gcj02")
    with listening_to(broker, "streetwatch/#") as heard:
        assert sink.deliver(MESSAGE, known=None) == Receipt()
        sink.deliver(a_message(occasion=Occasion.CLEARED), known=Receipt())
        first, second = heard.get(timeout=PATIENCE_S), heard.get(timeout=PATIENCE_S)
    assert first.topic == "streetwatch/kerb/illegal_parking_motor/opened"
    assert second.topic == "streetwatch/kerb/illegal_parking_motor/cleared"
    assert (first.qos, first.retain) == (1, False)
    body = json.loads(first.payload)
    assert (body["external_id"], body["key"]) == (MESSAGE.case.external_id, MESSAGE.key)
    assert body["place"]["crs"] == "gcj02"


def test_over_tls_the_broker_s_certificate_is_checked(broker: Broker, sink_of: Sinks) -> None:
    url = f"mqtts://127.0.0.1:{broker.tls_port}"
    known = sink_of(url, ca_file=str(broker.ca_file), topic="tls/{external_id}")
    with listening_to(broker, "tls/#") as heard:
        known.deliver(MESSAGE, known=None)
        assert heard.get(timeout=PATIENCE_S).topic == f"tls/{MESSAGE.case.external_id}"
    failure = refused_by(sink_of(url))
    assert "certificate verify failed" in failure.reason
    assert not failure.may_have_arrived


@pytest.mark.parametrize(
    "who",
    [
        pytest.param({"password": "wrong-password"}, id="a wrong password"),
        pytest.param({"username": None, "password": None}, id="nobody"),
    ],
)
def test_who_may_not_in_waits_for_a_person(
    broker: Broker, sink_of: Sinks, who: dict[str, str | None]
) -> None:
    failure = refused_by(sink_of(f"mqtt://127.0.0.1:{broker.port}", **who))
    assert isinstance(decision_on(failure), Park)
    assert not failure.may_have_arrived


def test_nobody_there_means_that_nothing_arrived(sink_of: Sinks) -> None:
    failure = refused_by(sink_of("mqtt://127.0.0.1:1"))
    assert not failure.may_have_arrived
    assert isinstance(decision_on(failure), Again)


def test_a_broker_that_says_nothing_is_given_up(sink_of: Sinks) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        failure = refused_by(sink_of(f"mqtt://127.0.0.1:{port}", timeout_s=0.3))
    assert failure.reason == f"127.0.0.1:{port}: no answer to the connection"


def test_a_message_that_is_not_acknowledged_may_have_arrived(sink_of: Sinks) -> None:
    """A broker that takes the connection and ends it at the first message."""

    def serve(listener: socket.socket) -> None:
        link, _ = listener.accept()
        with link:
            link.recv(1024)
            link.sendall(b"\x20\x02\x00\x00")  # CONNACK: welcome
            link.recv(1024)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        failure = refused_by(sink_of(f"mqtt://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join()
    assert failure.may_have_arrived
    assert isinstance(decision_on(failure), Again)


def test_after_a_broken_connection_the_next_message_makes_a_new_one(
    tmp_path: Path, sink_of: Sinks
) -> None:
    broker = Broker(tmp_path)
    broker.start()
    try:
        sink = sink_of(f"mqtt://127.0.0.1:{broker.port}", timeout_s=2)
        sink.deliver(MESSAGE, known=None)
        broker.kill()
        refused_by(sink)
        broker.start()
        with listening_to(broker, "streetwatch/#") as heard:
            sink.deliver(MESSAGE, known=None)
            assert heard.get(timeout=PATIENCE_S).qos == 1
            assert heard.empty(), "what was given up is not sent behind the outbox's back"
    finally:
        broker.kill()


def test_a_ca_file_that_is_none_is_told_at_the_start(tmp_path: Path, sink_of: Sinks) -> None:
    url = f"mqtts://127.0.0.1:{free_port()}"
    with pytest.raises(InputError, match=r"targets: mq: ca_file .*none\.pem: can't be used"):
        sink_of(url, ca_file=str(tmp_path / "none.pem"))
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(InputError, match="give a PEM file"):
        sink_of(url, ca_file=str(tmp_path / "bad.pem"))

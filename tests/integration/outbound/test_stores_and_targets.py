"""No evidence store, target or broker leads it there."""

import socket
from typing import Any

import pytest

from filed import NOON, a_message, an_incident
from outbound_parts import ALLOWED, Host, host
from streetwatch.service.config.target_schema import MqttEntry, WebhookEntry
from streetwatch.service.delivery.mqtt_sink import MqttSink
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.delivery.webhook_sink import WebhookSink
from streetwatch.service.evidence.bucket import Address, Bucket
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.outbound.networks import Networks


def bucket_at(url: str) -> Bucket:
    return Bucket(Address.of(f"s3://evidence?endpoint={url}"), "one", "two", ALLOWED)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_evidence_store_whose_name_changes_after_it_was_looked_at_is_not_connected_to(
    camera: Host, fickle_name: list[str], scheme: str
) -> None:
    bucket = bucket_at(f"{scheme}://fickle.example:{camera.port}")
    with host("127.0.0.2", camera.port) as forbidden, pytest.raises(StorageError):
        bucket.put("still.jpg", b"picture")
    assert forbidden.connections == 0
    assert camera.connections == 0, "looked at again where it is connected to"
    assert len(fickle_name) >= 2


def test_an_evidence_store_is_reached_by_the_address_that_was_looked_at(
    camera: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def lookup(name: Any, *more: Any, **how: Any) -> Any:  # noqa: ANN401 -- as it is called
        return real("127.0.0.1" if name == "store.example" else name, *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    camera.says["/evidence/still.jpg"] = (200, {"ETag": "1"}, b"")
    bucket_at(f"http://store.example:{camera.port}").put("still.jpg", b"picture")
    assert camera.asked == ["/evidence/still.jpg"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_an_evidence_store_that_redirects_leads_to_nothing_out_of_reach(
    camera: Host, forbidden: Host, status: int
) -> None:
    there = {"Location": f"{forbidden.url}/latest/meta-data"}
    camera.says["/evidence/still.jpg"] = (status, there, b"")
    bucket = bucket_at(camera.url)
    with pytest.raises(StorageError):
        bucket.put("still.jpg", b"picture")
    with pytest.raises(StorageError):
        bucket.get("still.jpg")
    assert camera.asked
    assert forbidden.connections == 0


def webhook(url: str) -> WebhookSink:
    keys = {"id": "city", "kind": "webhook", "url": url, "secret": "s" * 16}
    networks = Networks.of(["127.0.0.1/32"])
    return WebhookSink(WebhookEntry.model_validate(keys), clock=lambda: NOON, networks=networks)


def refusal(url: str) -> str:
    sink = webhook(url)
    with pytest.raises(DeliveryFailedError) as failed:
        sink.deliver(a_message(an_incident()), known=None)
    sink.close()
    return failed.value.failure.reason


def test_a_target_out_of_reach_is_not_connected_to() -> None:
    assert "10.1.2.3 is in no network that may be connected to" in refusal("http://10.1.2.3/in")


def test_no_target_stands_where_a_cloud_tells_its_secrets() -> None:
    assert "no platform can stand at 169.254.169.254" in refusal("http://169.254.169.254/latest/")


def test_a_target_that_redirects_is_not_followed(camera: Host, forbidden: Host) -> None:
    camera.says["/in"] = (307, {"Location": f"{forbidden.url}/in"}, b"")
    assert "307" in refusal(f"{camera.url}/in")
    assert forbidden.asked == []


def test_no_broker_stands_where_a_cloud_tells_its_secrets() -> None:
    keys = {"id": "bus", "kind": "mqtt", "url": "mqtt://169.254.169.254:80"}
    sink = MqttSink(MqttEntry.model_validate(keys))
    with pytest.raises(DeliveryFailedError, match=r"no platform can stand at 169\.254\.169\.254"):
        sink.deliver(a_message(an_incident()), known=None)
    sink.close()

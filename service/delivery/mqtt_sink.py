"""Publishes a case to an MQTT broker: QoS 1, never retained, taken when the broker says so."""

import json
import secrets
import ssl
import threading
from typing import Any, Final
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from streetwatch.service.config.target_schema import MqttEntry
from streetwatch.service.delivery.case_fields import View, case_message
from streetwatch.service.delivery.retry import Failure
from streetwatch.service.delivery.sink import DeliveryFailedError, Receipt
from streetwatch.service.evidence.links import Links
from streetwatch.service.incidents.case import Message
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.outbound.outbound import Outbound, OutOfReachError, UnknownHostError
from streetwatch.service.outbound.trust import trust_in

#: Where the address names no port: as registered, without and with TLS.
_PORT, _TLS_PORT = 1883, 8883

#: What HTTP has for a key that is wrong: a person must mend it.
_UNAUTHORISED: Final = 401

#: What MQTT has for it: bad user or password, not authorised, banned.
_WRONG_KEY: Final = frozenset({134, 135, 138})


class MqttSink:
    """Publishes every message; a subscriber knows a repeated one by its key.

    One connection is kept. On any trouble it is given up and what was not acknowledged with it:
    the outbox sends again, not the client behind its back.
    """

    def __init__(
        self, entry: MqttEntry, networks: Networks = ANYWHERE, links: Links | None = None
    ) -> None:
        self._entry = entry
        self._outbound = Outbound.of(networks, [entry.url])
        self._view = View(entry.crs, entry.public_url, links)
        self._tls = _tls(entry)
        self._lock = threading.Lock()
        self._connection: _Connection | None = None

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        """Publish a message and wait for the broker's yes.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        payload = json.dumps(self.body(message), ensure_ascii=False).encode()
        with self._lock:
            try:
                self._connected().publish(self.topic(message), payload)
            except DeliveryFailedError:
                self._give_up()
                raise
        return known or Receipt()

    def topic(self, message: Message) -> str:
        """Return where a message is published."""
        incident = message.case.incident
        return self._entry.topic.format(
            target=self._entry.id,
            camera=incident.camera_id,
            zone=incident.zone_id,
            type=incident.type,
            occasion=message.occasion.value,
            external_id=message.case.external_id,
        )

    def body(self, message: Message) -> dict[str, object]:
        """Return what is published."""
        return case_message(message, self._view)

    def knock(self) -> None:
        """See that the broker lets us in.

        Raises:
            DeliveryFailedError: it does not.
        """
        with self._lock:
            try:
                self._connected()
            except DeliveryFailedError:
                self._give_up()
                raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._give_up()

    def _connected(self) -> "_Connection":
        if self._connection is None or not self._connection.stands:
            self._give_up()
            self._connection = _Connection(self._entry, self._tls, self._outbound)
            self._connection.open()
        return self._connection

    def _give_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Connection:
    """One connection to a broker, and what was last heard from it."""

    def __init__(self, entry: MqttEntry, tls: ssl.SSLContext | None, outbound: Outbound) -> None:
        self._outbound = outbound
        address = urlsplit(entry.url)
        self._host = address.hostname or ""
        self._port = address.port or (_TLS_PORT if tls else _PORT)
        self._timeout_s = entry.timeout_s
        self._answer: ReasonCode | None = None
        self._heard = threading.Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"streetwatch-{secrets.token_hex(6)}",
            reconnect_on_failure=False,
        )
        self._client.connect_timeout = entry.timeout_s
        self._has_tls = tls is not None
        if tls is not None:
            self._client.tls_set_context(tls)
        if entry.username is not None:
            password = entry.password.get_secret_value() if entry.password else None
            self._client.username_pw_set(entry.username, password)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_word
        self._client.on_disconnect = self._on_word

    @property
    def stands(self) -> bool:
        return self._client.is_connected()

    def open(self) -> None:
        try:
            self._client.connect(self._looked_up(), self._port)
        except (OSError, OutOfReachError, UnknownHostError) as error:  # sockets and TLS alike
            raise self._failed(f"no connection: {error}", may_have_arrived=False) from None
        self._client.loop_start()
        self._heard.wait(self._timeout_s)
        if self._answer is None:
            raise self._failed("no answer to the connection", may_have_arrived=False)
        if self._answer.is_failure:
            status = _UNAUTHORISED if self._answer.value in _WRONG_KEY else None
            text = f"the broker lets us not in: {self._answer}"
            raise self._failed(text, may_have_arrived=False, status=status)

    def _looked_up(self) -> str:
        """Return what to connect to; with TLS the name, which the certificate is checked for."""
        address = self._outbound.address(self._host, self._port)
        return self._host if self._has_tls else address

    def publish(self, topic: str, payload: bytes) -> None:
        self._heard.clear()
        sent = self._client.publish(topic, payload, qos=1, retain=False)
        self._heard.wait(self._timeout_s)  # set by its acknowledgement, or by the connection's end
        if not _is_taken(sent):
            raise self._failed("no answer: the broker did not acknowledge", may_have_arrived=True)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, *heard: Any) -> None:  # noqa: ANN401 -- paho's: client, data, flags, reason
        self._answer = heard[3]
        self._heard.set()

    def _on_word(self, *_: Any) -> None:  # noqa: ANN401
        self._heard.set()

    def _failed(
        self, what: str, *, may_have_arrived: bool, status: int | None = None
    ) -> DeliveryFailedError:
        reason = f"{self._host}:{self._port}: {what}"
        return DeliveryFailedError(Failure(reason, status, may_have_arrived=may_have_arrived))


def _is_taken(sent: MQTTMessageInfo) -> bool:
    try:
        return sent.is_published()
    except (ValueError, RuntimeError):  # it was not even queued
        return False


def _tls(entry: MqttEntry) -> ssl.SSLContext | None:
    if not entry.url.lower().startswith("mqtts:"):
        return None
    context = trust_in(entry.ca_file, where=f"targets: {entry.id}")
    context.sslsocket_class = _Closing
    return context


class _Closing(ssl.SSLSocket):
    """Closed when the certificate is not good: paho leaves it to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 -- as it is called
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise

"""A real MQTT broker for tests, as a process of its own, and one who listens to it."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any

import yaml
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from pwdlib import PasswordHash

from live_service import free_port, wait_for
from tls_parts import certified
from waiting import PATIENCE_S

USER, PASSWORD = "streetwatch", "broker-password-1"  # of this test's broker

_AUTH = "amqtt.plugins.authentication"


@dataclass
class Broker:
    """amqtt on two ports, plain and TLS; can be killed and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        """Who signed its certificate."""
        return self.folder / "ca.pem"

    def start(self) -> None:
        """Start it and wait until it listens."""
        config = self.folder / "broker.yaml"
        config.write_text(yaml.safe_dump(self._config()), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("amqtt")), "-c", str(config)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for port in (self.port, self.tls_port):
            wait_for("broker", partial(_listens, port))

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _config(self) -> dict[str, Any]:
        mine = certified(self.folder)
        users = self.folder / "users"
        users.write_text(f"{USER}:{PasswordHash.recommended().hash(PASSWORD)}\n")
        return {
            "listeners": {
                "default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"},
                "tls": {
                    "type": "tcp",
                    "bind": f"127.0.0.1:{self.tls_port}",
                    "ssl": True,
                    "certfile": str(mine.chain),
                    "keyfile": str(mine.key),
                },
            },
            "plugins": {
                f"{_AUTH}.FileAuthPlugin": {"password_file": str(users)},
            },
        }


def _listens(port: int) -> bool | None:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return None
    return True


@contextmanager
def listening_to(broker: Broker, topic: str) -> Iterator["Queue[MQTTMessage]"]:
    """Subscribe with QoS 1; what is published is put into a queue."""
    heard: Queue[MQTTMessage] = Queue()
    subscribed: Queue[None] = Queue()
    client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    client.username_pw_set(USER, PASSWORD)

    def subscribe(*_: object) -> None:
        client.subscribe(topic, qos=1)

    client.on_connect = subscribe
    client.on_subscribe = lambda *_: subscribed.put(None)
    client.on_message = lambda _, __, message: heard.put(message)
    client.tls_set_context(ssl.create_default_context(cafile=broker.ca_file))
    client.connect("127.0.0.1", broker.tls_port)
    client.loop_start()
    try:
        subscribed.get(timeout=PATIENCE_S)
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()

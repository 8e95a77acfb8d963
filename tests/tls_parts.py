"""A certificate for this machine, who signed it, and a server that shows it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files."""

    ca_file: Path
    chain: Path
    key: Path


def certified(folder: Path) -> Certificate:
    """Sign a certificate for localhost by an authority that nobody knows."""
    authority = trustme.CA()
    mine = authority.issue_cert("localhost", "127.0.0.1")
    made = Certificate(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    authority.cert_pem.write_to_path(made.ca_file)
    mine.cert_chain_pems[0].write_to_path(made.chain)
    mine.private_key_pem.write_to_path(made.key)
    return made


def shown(certificate: Certificate) -> ssl.SSLContext:
    """Return what a server shows it by."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    return context


def closed(plain: socket.socket, certificate: Certificate) -> ssl.SSLSocket:
    """Speak TLS at a server's socket."""
    return shown(certificate).wrap_socket(plain, server_side=True)


@contextmanager
def answering_over_tls(certificate: Certificate) -> Iterator[str]:
    """Answer 200 to every POST on a free port for the length of the block."""
    server = HTTPServer(("127.0.0.1", 0), _Yes)
    server.socket = closed(server.socket, certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Yes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""

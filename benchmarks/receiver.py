"""A simulated case platform: a real HTTP server that stores durably and answers badly.

It speaks two protocols: our desk's (`/desk/cases`, with idempotency keys), and one like Open311
(`/open311/v2/requests.json`, no keys, but a list that can be searched). A receiver has one book:
give each target a receiver of its own.
"""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from streetwatch.benchmarks.receiver_book import Entry, ReceiverBook
from streetwatch.benchmarks.receiver_faults import Fault, Faults, ScriptedFaults

#: Longer than anybody waits for an answer, seconds.
HOLD_S = 30.0

#: A late answer waits so long for another one at most, seconds.
LATE_S = 0.05

#: What GeoReport v2 lists at most.
LISTED = 1000

Answer = tuple[int, Any]


class Receiver:
    """The platform.

    Args:
        book: What it has stored.
        faults: What it does wrong.
        kill: Called by `Fault.KILLS`, after storing and before answering.
    """

    def __init__(
        self,
        book: ReceiverBook,
        faults: Faults | None = None,
        *,
        kill: Callable[[], None] = lambda: None,
    ) -> None:
        self.book = book
        self.faults: Faults = faults or ScriptedFaults()
        self.requests: list[tuple[str, str]] = []
        self.kill = kill
        self._answered = threading.Condition()
        self._closing = threading.Event()

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on a free port for the length of the block."""
        server = _Server(("127.0.0.1", 0), _handler_of(self))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self._closing.set()
            server.shutdown()
            server.server_close()
            thread.join()

    def meet(self, fault: Fault, handle: Callable[[], Answer], say: "Say") -> None:
        """Handle a request and let its answer go wrong."""
        match fault:
            case Fault.DROPS:
                say.nothing()
            case Fault.FAILS_BEFORE:
                say.answer((500, {"detail": "stored nothing"}))
            case Fault.BUSY:
                say.answer((429, {"detail": "busy"}), {"Retry-After": "1"})
            case Fault.REPEATS:
                handle()
                say.answer(handle())
            case _:
                self._answer(fault, handle(), say)
        with self._answered:
            self._answered.notify_all()

    def _answer(self, fault: Fault, answer: Answer, say: "Say") -> None:
        """Answer what was stored, or do not."""
        match fault:
            case Fault.FAILS_AFTER:
                say.answer((500, {"detail": "stored"}))
            case Fault.BREAKS_OFF:
                say.half(answer)
            case Fault.TIMES_OUT:
                self._closing.wait(HOLD_S)
                say.nothing()
            case Fault.KILLS:
                self.kill()
                say.nothing()
            case _:
                if fault is Fault.LATE:
                    with self._answered:
                        self._answered.wait(LATE_S)
                say.answer(answer)

    def desk(self, verb: str, name: str, key: str, body: bytes) -> Answer:
        """Speak the case desk's protocol."""
        if verb == "GET":
            found = self.book.named(name)
            return (404, {"detail": "no such case"}) if found is None else (200, self._case(found))
        case = json.loads(body)
        if verb == "POST":
            entry, is_new = self.book.open(case["external_id"], key=key)
            return (201 if is_new else 200), self._case(entry)
        changed = self.book.change(name, key=key, detail=str(case["cleared_at"]))
        return (404, {"detail": "no such case"}) if changed is None else (200, self._case(changed))

    def open311(self, verb: str, name: str, asked: Mapping[str, str], body: bytes) -> Answer:
        """Speak like Open311: no keys, every post files one more."""
        if verb == "POST":
            form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
            external_id = form["attribute[external_id]"]
            entry, _ = self.book.open(external_id)
            return 200, [{"service_request_id": entry.number, "service_notice": ""}]
        if name:
            found = self.book.named(name)
            return (404, []) if found is None else (200, [self._request(found)])
        return 200, [self._request(one) for one in self._listed(asked)]

    def _listed(self, asked: Mapping[str, str]) -> tuple[Entry, ...]:
        if "external_id" not in asked:
            return self.book.latest(LISTED)
        wanted = asked["external_id"]
        return tuple(Entry(wanted, one, "opened") for one in self.book.numbers(wanted))

    def _case(self, entry: Entry) -> dict[str, object]:
        state = self.book.state(entry.number)
        return {
            "external_id": entry.external_id,
            "number": entry.number,
            "state": "reported" if state == "open" else state,
            "history": [],
        }

    def _request(self, entry: Entry) -> dict[str, object]:
        return {
            "service_request_id": entry.number,
            "status": self.book.state(entry.number),
            "description": entry.external_id,
        }


class Say:
    """The ways in which an answer goes out, or does not."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler

    def answer(self, answer: Answer, headers: Mapping[str, str] | None = None) -> None:
        """Answer as one should."""
        self._write(answer, headers or {}, share=1.0)

    def half(self, answer: Answer) -> None:
        """Break off in the middle of the body."""
        self._write(answer, {}, share=0.5)
        self.nothing()

    def nothing(self) -> None:
        """Break the connection."""
        self._handler.close_connection = True
        try:
            self._handler.connection.shutdown(socket.SHUT_RDWR)
        except OSError:  # the other side was first
            return

    def _write(self, answer: Answer, headers: Mapping[str, str], *, share: float) -> None:
        status, value = answer
        body = json.dumps(value).encode()
        self._handler.send_response(status)
        for name, text in headers.items():
            self._handler.send_header(name, text)
        self._handler.send_header("Content-Type", "application/json")
        self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        self._handler.wfile.write(body[: int(len(body) * share)])
        self._handler.wfile.flush()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # who keeps a connection open does not keep us

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Tell of our own mistakes; who dies in the middle of a request is what we are here for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65_536  # one packet for head and body: two would wait for each other

        def _meet(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length)
            if len(body) < length:  # who sent it died in the middle of it
                self.close_connection = True
                return
            receiver.requests.append((self.command, self.path))
            fault = receiver.faults.draw()
            where = urlsplit(self.path)
            asked = {key: values[0] for key, values in parse_qs(where.query).items()}
            if where.path.startswith("/desk/cases"):
                name = where.path.removeprefix("/desk/cases").strip("/")
                key = self.headers.get("Idempotency-Key", "")
                receiver.meet(
                    fault, lambda: receiver.desk(self.command, name, key, body), Say(self)
                )
                return
            # No client can prevent what a proxy repeats where there are no keys.
            fault = Fault.NONE if fault is Fault.REPEATS else fault
            name = where.path.removeprefix("/open311/v2/requests").removesuffix(".json").strip("/")
            receiver.meet(
                fault, lambda: receiver.open311(self.command, name, asked, body), Say(self)
            )

        do_GET = do_POST = do_PATCH = _meet  # noqa: N815 -- the names that the base class looks for

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Say nothing: what was stored stands in the book."""

    return Handler

"""A real OpenID Connect provider in a process of its own, and a door before it that can lie."""

import hmac
import json
import os
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from live_service import free_port, wait_for
from waiting import PATIENCE_S

Claims = dict[str, Any]


def _key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


@dataclass
class IdentityProvider:
    """The provider as browsers and the service see it.

    What it says goes through untouched, but for what a test has set; PKCE is looked at here.

    Attributes:
        behind: Where the real one listens.
        url: Where the door listens: the issuer.
        amends: Claims of the ID token that are written over; None takes one out.
        key: Signs what was amended.
        publishes: Whether the key stands among the provider's.
        algorithm: Of that signature.
        is_down: It answers nothing but 503.
        about_itself: What is written over in its discovery.
        asked: Paths that were asked for.
        challenges: PKCE's, by the code's redirect.
    """

    behind: str
    url: str = ""
    amends: Claims = field(default_factory=dict)
    key: RSAKey = field(default_factory=_key)
    publishes: bool = True
    algorithm: str = "RS256"
    is_down: bool = False
    about_itself: Claims = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    challenges: list[str] = field(default_factory=list)
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(verify=False, timeout=PATIENCE_S)  # noqa: S501
    )

    def be_honest(self) -> None:
        """Forget every lie."""
        self.amends, self.about_itself = {}, {}
        self.publishes, self.algorithm, self.is_down = True, "RS256", False

    def knows(self, subject: str, **claims: object) -> None:
        """Have it know somebody."""
        httpx.put(
            f"{self.behind}/users/{subject}", json=claims, timeout=PATIENCE_S
        ).raise_for_status()

    def tells_of_leaving(self, at: str, **amends: object) -> httpx.Response:
        """Say to a service that somebody has left, by a logout token; None takes a claim out."""
        claims = {
            "iss": self.url,
            "aud": "streetwatch",
            "iat": int(now()),
            "exp": int(now()) + 120,
            "jti": uuid4().hex,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        } | amends
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "typ": "logout+jwt", "kid": self.key.kid}
        token = jwt.encode(header, claims, self.key)
        return self.http.post(f"{at}/console/sign-on/ended", data={"logout_token": token})

    @property
    def lies(self) -> bool:
        """Whether its ID tokens are ours."""
        return bool(self.amends) or not self.publishes or self.algorithm != "RS256"

    def says(self, path: str, answer: httpx.Response, sent: bytes) -> bytes:
        """Return the body of an answer of the real one, as it is to be."""
        match path:
            case "/.well-known/openid-configuration":
                return json.dumps(answer.json() | self.about_itself).encode()
            case "/jwks" if self.lies and self.publishes:
                keys = [*answer.json()["keys"], self.key.as_dict(private=False)]
                return json.dumps({"keys": keys}).encode()
            case "/oauth2/token" if answer.is_success:
                self._proves(sent)
                told = answer.json()
                return json.dumps(told | {"id_token": self._token(told["id_token"])}).encode()
            case _:
                return answer.content

    def _proves(self, sent: bytes) -> None:
        """PKCE: who brings the code is who asked for it."""
        (verifier,) = parse_qs(sent.decode())["code_verifier"]
        digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        assert digest in self.challenges

    def _token(self, token: str) -> str:
        if not self.lies:
            return token
        claims = json.loads(_plain(token.split(".")[1])) | self.amends
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(_coded(json.dumps(part).encode()) for part in parts) + "."
        if self.algorithm == "HS256":  # the public key as a secret that everybody knows
            header = {"alg": "HS256", "kid": self.key.kid}
            signed = ".".join(_coded(json.dumps(part).encode()) for part in (header, claims))
            public = self.key.as_pem(private=False)
            return f"{signed}.{_coded(hmac.digest(public, signed.encode(), 'sha256'))}"
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


@contextmanager
def provider() -> Iterator[IdentityProvider]:
    """Run the provider and its door for the length of the block."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "-p", str(port)],
        env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    behind = IdentityProvider(f"http://127.0.0.1:{port}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(behind))
    server.daemon_threads = True  # browsers keep connections open
    behind.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    try:
        wait_for("provider", lambda: _answers(behind.behind))
        thread.start()
        yield behind
        server.shutdown()
        thread.join()
    finally:
        server.server_close()
        behind.http.close()
        process.kill()
        process.wait()


def signs_in(browser: httpx.Client, at: str, subject: str = "s-li") -> httpx.Response:
    """Go the whole way as somebody of the provider's; return what the service answers."""
    return browser.get(led_back(browser, at, subject))


def led_back(browser: httpx.Client, at: str, subject: str = "s-li") -> str:
    """Begin, sign in at the provider, and return the address that it leads back to."""
    begun = browser.get(f"{at}/console/sign-on", params={"next": "/console/cases"})
    assert begun.status_code == 303, begun.text
    at_provider = browser.post(begun.headers["location"], data={"sub": subject})
    return str(at_provider.headers["location"])


def now() -> float:
    """The provider's clock is everybody's."""
    return time.time()


def _answers(url: str) -> bool | None:
    try:
        return httpx.get(url, timeout=PATIENCE_S).is_success or None
    except httpx.TransportError:
        return None


def _handler_of(behind: IdentityProvider) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            parts = urlsplit(self.path)
            behind.asked.append(parts.path)
            behind.challenges += parse_qs(parts.query).get("code_challenge", [])
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if behind.is_down:
                self._say(503, {}, b"")
                return
            headers = {name: value for name, value in self.headers.items() if name != "Connection"}
            answer = behind.http.request(
                self.command, behind.behind + self.path, content=body, headers=headers
            )
            told = behind.says(parts.path, answer, body)
            kept = ("content-type", "location", "set-cookie")
            self._say(
                answer.status_code,
                {name: answer.headers[name] for name in kept if name in answer.headers},
                told,
            )

        def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _pass  # noqa: N815 -- the names that the base class looks for

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Keep the test's output clean."""

    return Door


def _plain(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _coded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")

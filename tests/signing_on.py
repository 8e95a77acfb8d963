"""A service that asks an identity provider, and who comes to it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI, Request

from gates import a_cipher
from http_parts import serving
from oidc_provider import IdentityProvider, now
from streetwatch.service.access.access import Access, Provided, access_on
from streetwatch.service.access.asking import account_of
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import Limits
from streetwatch.service.access.sign_on.told import provider_of
from streetwatch.service.api.callers import Callers
from streetwatch.service.api.guard import Gate, Guard
from streetwatch.service.config.sign_on_schema import OidcSettings
from streetwatch.service.console.entrance import entrance_router
from streetwatch.service.console.factor import factor_router
from streetwatch.service.console.forms import HandOver
from streetwatch.service.console.sign_on import sign_on_router
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.store.audit import Audit
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S

PASSWORD = "street-Watch-1"  # noqa: S105


ROLES: dict[str, Any] = {
    "role_claim": "realm_access.roles",
    "roles": {"ops": "operator", "boss": "admin"},
}


MADE: dict[str, Any] = {"users": "made", **ROLES}


LI: dict[str, Any] = {"preferred_username": "li", "realm_access": {"roles": ["ops"]}}


@dataclass
class House:
    """A service that asks a provider, and a browser before it."""

    idp: IdentityProvider
    folder: Path
    url: str = ""
    access: Access = field(init=False)
    engine: sa.Engine = field(init=False)
    late_s: float = 0.0

    def clock(self) -> float:
        return now() + self.late_s

    @contextmanager
    def open(
        self,
        *,
        only: str = "",
        networks: Networks = ANYWHERE,
        needed: frozenset[Role] = frozenset(),
        **told: Any,  # noqa: ANN401 -- settings
    ) -> Iterator[httpx.Client]:
        """Serve its forms as the settings have them; gives a browser."""
        store = open_store(f"sqlite:///{self.folder / 'streetwatch.db'}")
        self.engine = store.engine
        app = FastAPI()
        with ExitStack() as stack:
            stack.callback(store.close)
            self.url = stack.enter_context(serving(app))
            settings = OidcSettings.model_validate(
                {
                    "issuer": self.idp.url,
                    "client_id": "streetwatch",
                    "client_secret": "s3cret-of-ours",
                    "public_url": self.url,
                }
                | told
            )
            provided = Provided(settings, provider_of(settings, networks), only)
            limits = Limits(idle_s=36_000, whole_s=36_000)
            self.access = access_on(self.engine, limits, a_cipher(), needed, provided)
            self._furnish(app)
            yield stack.enter_context(a_browser())

    def _furnish(self, app: FastAPI) -> None:
        hand = HandOver(self.access.sessions, secure=False)
        for router in (entrance_router, sign_on_router, factor_router):
            app.include_router(router(self.access, self.clock, hand))

        @app.get("/console/cases")
        def cases(request: Request) -> str:
            account = account_of(request)
            return f"{account.name} {account.role}" if account else "nobody"

        gate = Gate(Callers(self.access, self.clock), lambda *_: True, lambda _: None)
        app.add_middleware(Guard, gate=gate)

    def deeds(self, what: str) -> list[dict[str, Any]]:
        return [json.loads(one.facts) for one in Audit(self.engine).entries() if one.what == what]


def a_browser() -> httpx.Client:
    """Return one that reads English; certificates, which take long to read, it meets none."""
    return httpx.Client(timeout=PATIENCE_S, headers={"Accept-Language": "en"}, verify=False)  # noqa: S501


def alert(answer: httpx.Response) -> str:
    """Return what a page says is wrong."""
    assert 'role="alert"' in answer.text, answer.text
    return answer.text.split('role="alert"')[1].split(">")[1].split("<")[0]


def between(page: httpx.Response, before: str, after: str) -> str:
    return page.text.split(before)[1].split(after)[0]

"""Everything about who may do what, wired to one database."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

from streetwatch.service.access.door import Door
from streetwatch.service.access.factor import Cipher
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import Limits
from streetwatch.service.access.second_factor import SecondFactor
from streetwatch.service.access.sessions import Sessions
from streetwatch.service.access.sign_on.provider import Provider
from streetwatch.service.access.sign_on.single_sign_on import SingleSignOn
from streetwatch.service.access.tokens import Tokens
from streetwatch.service.access.users import Users
from streetwatch.service.config.sign_on_schema import OidcSettings


@dataclass(frozen=True, slots=True)
class Provided:
    """Signing in at an identity provider.

    Attributes:
        told: What the settings say of it.
        provider: The provider itself.
        only: The one user who may sign in with a password all the same; empty: everybody.
    """

    told: OidcSettings
    provider: Provider
    only: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """Who there is, who is in, and how somebody gets in."""

    users: Users
    sessions: Sessions
    door: Door
    tokens: Tokens
    factor: SecondFactor
    sign_on: SingleSignOn | None = None


def access_on(
    engine: sa.Engine,
    limits: Limits,
    cipher: Cipher,
    needed: frozenset[Role] = frozenset(),
    provided: Provided | None = None,
) -> Access:
    """Wire it to a database that is migrated to this version.

    Args:
        engine: Of the database.
        limits: How long somebody stays signed in.
        cipher: Closes the secrets of second factors.
        needed: Roles that can't do without one.
        provided: The identity provider, where there is one.
    """
    factor = SecondFactor(engine, cipher, needed)
    sessions = Sessions(engine, limits)
    door = Door(engine, sessions, factor, provided.only if provided else "")
    access = Access(Users(engine), sessions, door, Tokens(engine), factor)
    if provided is None:
        return access
    sign_on = SingleSignOn(
        engine,
        provided.told,
        provider=provided.provider,
        cipher=cipher,
        door=door,
        sessions=sessions,
    )
    return replace(access, sign_on=sign_on)

"""Everything about who may do what, wired to one database."""

from dataclasses import dataclass

import sqlalchemy as sa

from streetwatch.service.access.door import Door
from streetwatch.service.access.factor import Cipher
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import Limits
from streetwatch.service.access.second_factor import SecondFactor
from streetwatch.service.access.sessions import Sessions
from streetwatch.service.access.tokens import Tokens
from streetwatch.service.access.users import Users


@dataclass(frozen=True, slots=True)
class Access:
    """Who there is, who is in, and how somebody gets in."""

    users: Users
    sessions: Sessions
    door: Door
    tokens: Tokens
    factor: SecondFactor


def access_on(
    engine: sa.Engine, limits: Limits, cipher: Cipher, needed: frozenset[Role] = frozenset()
) -> Access:
    """Wire it to a database that is migrated to this version.

    Args:
        engine: Of the database.
        limits: How long somebody stays signed in.
        cipher: Closes the secrets of second factors.
        needed: Roles that can't do without one.
    """
    factor = SecondFactor(engine, cipher, needed)
    sessions = Sessions(engine, limits)
    door = Door(engine, sessions, factor)
    return Access(Users(engine), sessions, door, Tokens(engine), factor)

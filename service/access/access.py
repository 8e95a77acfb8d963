"""Everything about who may do what, wired to one database."""

from dataclasses import dataclass

import sqlalchemy as sa

from streetwatch.service.access.door import Door
from streetwatch.service.access.rules import Limits
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


def access_on(engine: sa.Engine, limits: Limits) -> Access:
    """Wire it to a database that is migrated to this version."""
    sessions = Sessions(engine, limits)
    return Access(Users(engine), sessions, Door(engine, sessions), Tokens(engine))

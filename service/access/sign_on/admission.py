"""Which user of ours somebody is whom the provider has proved, and what becomes of that user."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from streetwatch.service.access import users
from streetwatch.service.access.errors import NameTakenError
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import folded
from streetwatch.service.access.sign_on.errors import SignOnError, Why
from streetwatch.service.access.sign_on.person import Person
from streetwatch.service.store.access_schema import access_user
from streetwatch.service.store.audit import Deed, noted
from streetwatch.service.store.transactions import locked
from streetwatch.vision.types import Seconds


def admitted(
    connection: sa.Connection, issuer: str, person: Person, *, makes: bool, now: Seconds
) -> str:
    """Return the key of whom somebody is here.

    Nobody becomes a user that is there already by bearing the same name, unless an administrator
    has said that this user comes from the provider.

    Args:
        connection: In a transaction.
        issuer: The provider.
        person: Whom it has proved.
        makes: Whether users are made.
        now: The time.

    Raises:
        SignOnError: they are nobody here.
    """
    locked(connection, "access")
    row = _known(connection, issuer, person)
    if row is None and makes:
        row = _made(connection, issuer, person, now)
    if row is None:
        raise SignOnError(Why.UNKNOWN, who=person.name)
    if row["disabled_at"] is not None:
        raise SignOnError(Why.DISABLED, who=row["name"])
    key = str(row["key"])
    if row["subject"] is None:
        _set(connection, key, subject=person.subject)
    if person.role is not None:
        _become(connection, row, person, person.role, now)
    return key


def _known(connection: sa.Connection, issuer: str, person: Person) -> Mapping[Any, Any] | None:
    user = access_user.c
    theirs = sa.select(access_user).where(user.issuer == issuer)
    known = connection.execute(theirs.where(user.subject == person.subject)).mappings().first()
    if known is not None:
        return known
    awaited = theirs.where(user.subject.is_(None), user.key == folded(person.name))
    return connection.execute(awaited).mappings().first()


def _made(
    connection: sa.Connection, issuer: str, person: Person, now: Seconds
) -> Mapping[Any, Any]:
    role = person.role or Role.VIEWER
    try:
        key = users.add(connection, person.name, role, now=now)
    except NameTakenError:
        raise SignOnError(Why.TAKEN, who=person.name) from None
    _set(connection, key, issuer=issuer, subject=person.subject)
    deed = Deed("user.added", key, on=person.name, facts={"role": role.value, "by": "provider"})
    noted(connection, deed, now=now)
    made = sa.select(access_user).where(access_user.c.key == key)
    return connection.execute(made).mappings().one()


def _become(
    connection: sa.Connection, row: Mapping[Any, Any], person: Person, role: Role, now: Seconds
) -> None:
    """Give somebody the role and the part of the city that the provider says; end what is open."""
    cameras, grids = sorted(person.reach.cameras), list(person.reach.grids)
    is_so = (row["role"], row["cameras"], row["grids"]) == (role.value, cameras, grids)
    if is_so:
        return
    users.change(connection, row["key"], role=role.value, cameras=cameras, grids=grids)
    facts = {"role": role.value, "cameras": cameras, "grids": grids, "by": "provider"}
    noted(connection, Deed("user.given_role", row["key"], on=row["name"], facts=facts), now=now)


def _set(connection: sa.Connection, key: str, **columns: object) -> None:
    connection.execute(sa.update(access_user).where(access_user.c.key == key).values(**columns))

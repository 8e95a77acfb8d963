"""Who somebody is here, by what the provider says of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import is_name
from streetwatch.service.access.sign_on.errors import SignOnError, Why
from streetwatch.service.config.sign_on_schema import OidcSettings
from streetwatch.service.incidents.reach import EVERYWHERE, Reach

#: Says in a claim of cameras or grids that nothing limits somebody.
WHOLE_CITY: Final = "*"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider knows.

    Attributes:
        subject: Who they are there, for ever.
        name: What they are called; may change.
        role: What they are here; None: the provider has no say in it.
        reach: And for which part of the city.
    """

    subject: str
    name: str
    role: Role | None = None
    reach: Reach = EVERYWHERE


def person_of(claims: Mapping[str, Any], told: OidcSettings) -> Person:
    """Return who somebody is.

    Raises:
        SignOnError: the provider does not say all that is needed.
    """
    name = claims.get(told.name_claim)
    if not isinstance(name, str) or not is_name(name):
        raise SignOnError(Why.NAMELESS, f"no name of up to 40 characters in {told.name_claim}")
    person = Person(claims["sub"], name.strip())
    if told.role_claim is None:
        return person
    values = set(texts_at(claims, told.role_claim))
    roles = [Role(role) for value, role in told.roles.items() if value in values]
    if not roles:
        raise SignOnError(Why.NO_ROLE, f"no role in {told.role_claim}", who=person.name)
    role = max(roles, key=list(Role).index)
    return Person(person.subject, person.name, role, _reach(claims, told, role, person.name))


def texts_at(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """Return the texts of a claim: one, or a list of them; nothing where it is otherwise.

    >>> texts_at({"realm_access": {"roles": ["a", 7, "b"]}, "x.y": "c"}, "realm_access.roles")
    ('a', 'b')
    >>> texts_at({"x.y": "c"}, "x.y")
    ('c',)
    """
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return tuple(one.strip() for one in values if isinstance(one, str) and one.strip())


def _reach(claims: Mapping[str, Any], told: OidcSettings, role: Role, name: str) -> Reach:
    """Return what somebody is limited to; a claim that is not there opens nothing."""
    paths = (told.cameras_claim, told.grids_claim)
    if role is Role.ADMIN or paths == (None, None):
        return EVERYWHERE
    cameras, grids = (list(texts_at(claims, path)) if path else [] for path in paths)
    if WHOLE_CITY in (*cameras, *grids):
        return EVERYWHERE
    if not cameras and not grids:
        raise SignOnError(Why.NO_PART, f"nothing in {' or '.join(filter(None, paths))}", who=name)
    return Reach.of(cameras, grids)

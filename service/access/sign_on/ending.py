"""What ends here when somebody has left the provider, and what is good once only."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable

import sqlalchemy as sa

from streetwatch.service.access.owed import give_up
from streetwatch.service.access.secrets import token_hash
from streetwatch.service.access.sign_on.errors import SignOnError, Why
from streetwatch.service.access.sign_on.logout_token import Leaving
from streetwatch.service.store.access_schema import access_session, access_sign_on, access_user
from streetwatch.service.store.audit import Deed, noted
from streetwatch.vision.types import Seconds


def once(connection: sa.Connection, what: str, *, until: Seconds, now: Seconds) -> None:
    """Note that something has come, and refuse it if it came before.

    Raises:
        SignOnError: it did.
    """
    kept = access_sign_on.c
    connection.execute(sa.delete(access_sign_on).where(kept.expires_at <= now))
    row = {"state_hash": token_hash(what), "expires_at": until}
    known = sa.select(access_sign_on).where(kept.state_hash == row["state_hash"])
    if connection.execute(known).first() is not None:
        raise SignOnError(Why.STRAYED, "this way was gone already")
    connection.execute(sa.insert(access_sign_on).values(row))


def end(  # noqa: PLR0913 -- one argument per thing that it is about
    connection: sa.Connection,
    issuer: str,
    leaving: Leaving,
    opened: Callable[[str], str],
    *,
    address: str,
    now: Seconds,
) -> None:
    """End the sessions of whoever has left, and the codes that they still owe.

    Args:
        connection: In a transaction.
        issuer: The provider.
        leaving: What it says.
        opened: Opens the proof that a session was begun with.
        address: Where that came from.
        now: The time.
    """
    rows = connection.execute(_theirs(issuer, leaving)).all()
    over = [row for row in rows if _is_over(row.proof_closed, leaving, opened)]
    for session in (row.token_hash for row in over):
        this = access_session.c.token_hash == session
        connection.execute(sa.delete(access_session).where(this))
    for key, name in _who(connection, issuer, leaving) | {(row.key, row.name) for row in over}:
        give_up(connection, key, now=now)
        facts = {"sessions": sum(row.key == key for row in over), "by": "provider"}
        deed = Deed("user.left_provider", key, on=name, address=address, facts=facts)
        noted(connection, deed, now=now)


def _theirs(issuer: str, leaving: Leaving) -> "sa.Select[tuple[str, str, str, str | None]]":
    user, session = access_user.c, access_session.c
    question = (
        sa.select(session.token_hash, session.proof_closed, user.key, user.name)
        .join_from(access_session, access_user)
        .where(user.issuer == issuer, session.proof_closed.is_not(None))
    )
    return question.where(user.subject == leaving.subject) if leaving.subject else question


def _is_over(proof_closed: str, leaving: Leaving, opened: Callable[[str], str]) -> bool:
    """Tell whether a session ends: where the provider named none of theirs, all do."""
    if not leaving.session:
        return True
    began = _session_of(proof_closed, opened)
    return began == leaving.session or (not began and bool(leaving.subject))


def _session_of(proof_closed: str, opened: Callable[[str], str]) -> str:
    """Return which session at the provider a session of ours came from; '' where it said none."""
    try:
        payload = opened(proof_closed).split(".")[1]
        said = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("sid", "")
    except Exception:  # noqa: BLE001 -- closed with another key, or not as we wrote it
        return ""
    return said if isinstance(said, str) else ""


def _who(connection: sa.Connection, issuer: str, leaving: Leaving) -> set[tuple[str, str]]:
    user = access_user.c
    question = sa.select(user.key, user.name).where(
        user.issuer == issuer, user.subject == leaving.subject
    )
    return {(row.key, row.name) for row in connection.execute(question)}

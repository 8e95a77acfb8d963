"""Users, sessions and links, on both databases."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from gates import a_cipher
from streetwatch.service.access.access import Access, access_on
from streetwatch.service.access.errors import (
    BadNameError,
    DeadLinkError,
    LastAdminError,
    LimitedAdminError,
    MustWaitError,
    NameTakenError,
    NoSuchUserError,
    WeakPasswordError,
    WrongPasswordError,
)
from streetwatch.service.access.role import Account, Role
from streetwatch.service.access.rules import LINK_S, LOCK_S, WRONG_FOR_A_NAME, Limits
from streetwatch.service.access.sessions import KNOWN_S
from streetwatch.service.access.users import Users
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.access_schema import (
    access_failure,
    access_link,
    access_session,
    access_user,
)
from streetwatch.service.store.audit import Audit

NOON = 1_790_000_000.0
HERE = "10.0.0.7"
PASSWORD = "street-Watch-1"  # noqa: S105
OTHER = "Quiet-kerb-22"
LIMITS = Limits(idle_s=1000, whole_s=5000)


@pytest.fixture
def access(engine: sa.Engine) -> Access:
    """Somebody uses the service: `li`, its admin."""
    access = access_on(engine, LIMITS, a_cipher())
    token = access.door.first_link(now=NOON)
    assert token is not None
    access.door.use(token, "Li", PASSWORD, now=NOON)
    return access


def let_in(access: Access, name: str, role: Role) -> str:
    """Add somebody who chooses a password at once; return the token of their session."""
    access.users.add(name, role, now=NOON)
    return access.door.use(access.door.link(name, now=NOON), "", PASSWORD, now=NOON)


def tried(access: Access, name: str, password: str, at: float, *, address: str = HERE) -> str:
    return access.door.sign_in(name, password, address=address, now=at)


def test_the_first_link_makes_one_admin_and_is_dead_then(engine: sa.Engine) -> None:
    access = access_on(engine, LIMITS, a_cipher())
    earlier = access.door.first_link(now=NOON)
    token = access.door.first_link(now=NOON)
    assert earlier is not None
    assert token is not None
    assert access.door.meant(token, now=NOON) is None
    session = access.door.use(token, "Li", PASSWORD, now=NOON)
    assert access.sessions.who(session, now=NOON) == Account("Li", Role.ADMIN)
    for dead in (token, earlier):
        with pytest.raises(DeadLinkError):
            access.door.use(dead, "Mallory", PASSWORD, now=NOON)
    assert access.door.first_link(now=NOON) is None


def test_the_first_link_is_dead_once_somebody_was_added_otherwise(engine: sa.Engine) -> None:
    access = access_on(engine, LIMITS, a_cipher())
    token = access.door.first_link(now=NOON)
    assert token is not None
    access.users.add("wang", Role.VIEWER, now=NOON)
    with pytest.raises(DeadLinkError):
        access.door.use(token, "Mallory", PASSWORD, now=NOON)


def test_a_link_is_good_for_a_day_and_an_earlier_one_for_nothing(access: Access) -> None:
    access.users.add("wang", Role.VIEWER, now=NOON)
    earlier, later = (access.door.link("wang", now=NOON) for _ in range(2))
    assert access.door.meant(later, now=NOON + LINK_S - 1) == "wang"
    for token, now in ((earlier, NOON), (later, NOON + LINK_S), ("guess", NOON)):
        with pytest.raises(DeadLinkError):
            access.door.meant(token, now=now)


def test_a_weak_password_leaves_the_link_alive(access: Access) -> None:
    access.users.add("wang", Role.VIEWER, now=NOON)
    link = access.door.link("wang", now=NOON)
    with pytest.raises(WeakPasswordError):
        access.door.use(link, "", "short", now=NOON)
    assert access.door.use(link, "", PASSWORD, now=NOON)


def test_the_right_password_lets_in_however_the_name_is_written(access: Access) -> None:
    session = tried(access, " LI", PASSWORD, NOON)
    assert access.sessions.who(session, now=NOON) == Account("Li", Role.ADMIN)


@pytest.mark.parametrize("name", ["li", "nobody"])
def test_a_wrong_password_locks_the_name_whether_there_is_one_or_not(
    access: Access, name: str
) -> None:
    for second in range(WRONG_FOR_A_NAME):
        with pytest.raises(WrongPasswordError):
            tried(access, name, OTHER, NOON + second, address=f"10.0.0.{second}")
    last = NOON + WRONG_FOR_A_NAME - 1
    with pytest.raises(MustWaitError) as waits:
        tried(access, name, PASSWORD, last)
    assert waits.value.wait_s == LOCK_S
    if name == "li":
        assert tried(access, name, PASSWORD, last + LOCK_S)


def test_an_address_that_tries_many_names_is_locked_out_and_others_are_not(
    access: Access, engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        rows = [{"who": f"from {HERE}", "at": NOON} for _ in range(30)]
        connection.execute(sa.insert(access_failure), rows)
    with pytest.raises(MustWaitError):
        tried(access, "li", PASSWORD, NOON)
    assert tried(access, "li", PASSWORD, NOON, address="10.0.0.8")


def test_who_is_in_forgets_what_was_wrong_before(access: Access) -> None:
    for _ in range(2):
        for _ in range(WRONG_FOR_A_NAME - 1):
            with pytest.raises(WrongPasswordError):
                tried(access, "li", OTHER, NOON)
        assert tried(access, "li", PASSWORD, NOON)


def test_a_session_ends_when_nobody_is_there_and_lives_while_somebody_is(access: Access) -> None:
    session = tried(access, "li", PASSWORD, NOON)
    for later in (900, 1800, 2700):
        assert access.sessions.who(session, now=NOON + later)
    assert access.sessions.who(session, now=NOON + 2700 + LIMITS.idle_s) is None


def test_a_session_ends_by_its_age_whoever_is_there(access: Access) -> None:
    session = tried(access, "li", PASSWORD, NOON)
    for later in range(0, 5000, 500):
        assert access.sessions.who(session, now=NOON + later)
    assert access.sessions.who(session, now=NOON + 5000) is None


def test_who_signs_out_is_out_at_once(access: Access) -> None:
    session = tried(access, "li", PASSWORD, NOON)
    assert access.sessions.who(session, now=NOON)
    access.sessions.end(session)
    assert access.sessions.who(session, now=NOON) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda users: users.give("wang", Role.ANALYST), id="another role"),
        pytest.param(lambda users: users.disable("wang", now=NOON), id="let in no more"),
    ],
)
def test_whoever_is_changed_signs_in_again(access: Access, change: Callable[[Users], None]) -> None:
    session = let_in(access, "wang", Role.OPERATOR)
    assert access.sessions.who(session, now=NOON)
    change(access.users)
    assert access.sessions.who(session, now=NOON + KNOWN_S) is None


def test_who_is_disabled_is_not_let_in_and_gets_no_link(access: Access) -> None:
    let_in(access, "wang", Role.VIEWER)
    link = access.door.link("wang", now=NOON)
    access.users.disable("wang", now=NOON)
    with pytest.raises(WrongPasswordError):
        tried(access, "wang", PASSWORD, NOON)
    with pytest.raises(DeadLinkError):
        access.door.use(link, "", PASSWORD, now=NOON)
    with pytest.raises(NoSuchUserError):
        access.door.link("wang", now=NOON)
    access.users.enable("wang")
    assert tried(access, "wang", PASSWORD, NOON)


def test_a_new_password_ends_every_session_but_the_one_it_begins(access: Access) -> None:
    old = tried(access, "li", PASSWORD, NOON)
    with pytest.raises(WrongPasswordError):
        access.door.change("Li", OTHER, OTHER, address=HERE, now=NOON)
    with pytest.raises(WeakPasswordError):
        access.door.change("Li", PASSWORD, "short", address=HERE, now=NOON)
    new = access.door.change("Li", PASSWORD, OTHER, address=HERE, now=NOON)
    assert access.sessions.who(old, now=NOON) is None
    assert access.sessions.who(new, now=NOON)
    with pytest.raises(WrongPasswordError):
        tried(access, "li", PASSWORD, NOON)


def test_the_last_admin_stays_one(access: Access) -> None:
    with pytest.raises(LastAdminError):
        access.users.give("li", Role.VIEWER)
    with pytest.raises(LastAdminError):
        access.users.disable("li", now=NOON)
    access.users.add("wang", Role.ADMIN, now=NOON)
    access.users.give("li", Role.VIEWER)
    assert [(one.name, one.role) for one in access.users.all()] == [
        ("Li", Role.VIEWER),
        ("wang", Role.ADMIN),
    ]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        pytest.param("LI", NameTakenError, id="there is one"),
        pytest.param(" ", BadNameError, id="no name"),
    ],
)
def test_a_name_is_given_once(access: Access, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        access.users.add(name, Role.VIEWER, now=NOON)


def test_the_database_holds_no_password_and_no_token(access: Access, engine: sa.Engine) -> None:
    session = tried(access, "li", PASSWORD, NOON)
    access.users.add("wang", Role.VIEWER, now=NOON)
    link = access.door.link("wang", now=NOON)
    tables = (access_user, access_session, access_link, access_failure)
    with engine.connect() as connection:
        kept = "\n".join(
            str(row) for table in tables for row in connection.execute(sa.select(table))
        )
    assert "$argon2id$" in kept
    assert not [secret for secret in (PASSWORD, session, link) if secret in kept]


def test_guesses_at_once_are_no_more_than_guesses_one_after_another(access: Access) -> None:
    def guess(number: int) -> str:
        try:
            tried(access, "li", OTHER, NOON, address=f"10.0.1.{number}")
        except WrongPasswordError:
            return "wrong"
        except MustWaitError:
            return "must wait"
        return "in"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(12)))
    assert Counter(answers) == {"wrong": WRONG_FOR_A_NAME, "must wait": 12 - WRONG_FOR_A_NAME}
    with pytest.raises(MustWaitError):
        tried(access, "li", PASSWORD, NOON + 1)


def test_another_role_or_another_part_of_the_city_ends_what_is_open(access: Access) -> None:
    changes: list[Callable[[], object]] = [
        lambda: access.users.give("wang", Role.OPERATOR),
        lambda: access.users.limit("wang", Reach(frozenset({"kerb"}))),
        lambda: access.users.disable("wang", now=NOON),
    ]
    let_in(access, "wang", Role.VIEWER)
    for change in changes:
        session = tried(access, "wang", PASSWORD, NOON)
        assert access.sessions.who(session, now=NOON)
        change()
        access.sessions.forget()
        assert access.sessions.who(session, now=NOON) is None


def test_whoever_gives_out_rights_sees_the_whole_city(access: Access) -> None:
    kerb = Reach(frozenset({"kerb"}))
    access.users.add("wang", Role.VIEWER, now=NOON, reach=kerb)
    refused: list[Callable[[], object]] = [
        lambda: access.users.limit("li", kerb),
        lambda: access.users.give("wang", Role.ADMIN),
        lambda: access.users.add("zhao", Role.ADMIN, now=NOON, reach=kerb),
    ]
    for change in refused:
        with pytest.raises(LimitedAdminError):
            change()
    assert access.users.named("wang").reach == kerb


def test_who_came_in_and_who_did_not_stands_in_the_log_without_a_word_of_theirs(
    access: Access, engine: sa.Engine
) -> None:
    tried(access, "li", PASSWORD, NOON)
    for name in ("li", "my-Secret-password-1"):
        with pytest.raises(WrongPasswordError):
            tried(access, name, OTHER, NOON)
    access.door.change("li", PASSWORD, OTHER, address=HERE, now=NOON)
    told = [(one.what, one.who, one.address) for one in Audit(engine).entries()]
    assert told == [
        ("user.chose_password", "li", ""),
        ("user.signed_in", "li", ""),
        ("user.signed_in", "li", HERE),
        ("user.refused", "li", HERE),
        ("user.refused", "unknown", HERE),
        ("user.changed_password", "li", HERE),
    ]
    written = str([one.told for one in Audit(engine).entries()])
    assert not any(secret in written for secret in (PASSWORD, OTHER, "my-Secret-password-1"))

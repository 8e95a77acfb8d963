"""The second factor on both databases; `pyotp` stands for the app on a phone."""

import pyotp
import pytest
import sqlalchemy as sa

from gates import a_cipher
from streetwatch.service.access.access import Access, access_on
from streetwatch.service.access.errors import (
    CodeNeededError,
    DeadTicketError,
    FactorNeededError,
    MustWaitError,
    WrongCodeError,
)
from streetwatch.service.access.factor import RECOVERY_CODES, STEP_S, TICKET_S
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import WRONG_FOR_A_NAME, Limits
from streetwatch.service.store.access_schema import access_recovery, access_user
from streetwatch.service.store.audit import Audit

NOON = 1_790_000_000.0
HERE = "10.0.0.7"
PASSWORD = "street-Watch-1"  # noqa: S105
LIMITS = Limits(idle_s=10_000, whole_s=50_000)


@pytest.fixture
def access(engine: sa.Engine) -> Access:
    """Admins need a second factor; `wang`, a viewer, may have one."""
    access = access_on(engine, LIMITS, a_cipher(), frozenset({Role.ADMIN}))
    access.users.add("wang", Role.VIEWER, now=NOON)
    access.door.use(access.door.link("wang", now=NOON), "", PASSWORD, now=NOON)
    return access


def asked(access: Access, name: str = "wang", *, now: float = NOON) -> CodeNeededError:
    """Sign in with the right password; return what is asked for then."""
    with pytest.raises(CodeNeededError) as owed:
        access.door.sign_in(name, PASSWORD, address=HERE, now=now)
    return owed.value


def enrolled(access: Access) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """Give `wang` a factor; return the app and the recovery codes."""
    offered = access.factor.offer("wang", now=NOON)
    assert offered is not None
    app = pyotp.parse_uri(offered.address)
    assert isinstance(app, pyotp.TOTP)
    assert (app.name, app.issuer, app.secret) == ("wang", "streetwatch", offered.secret)
    entered = access.door.with_code(offered.ticket, app.at(NOON), address=HERE, now=NOON)
    return app, entered.codes


def coded(access: Access, code: str, *, now: float) -> str:
    ticket = asked(access, now=now).ticket
    return access.door.with_code(ticket, code, address=HERE, now=now).token


def test_whoever_has_a_factor_needs_its_code_beside_the_password(access: Access) -> None:
    app, _ = enrolled(access)
    later = NOON + STEP_S
    session = coded(access, app.at(later), now=later)
    account = access.sessions.who(session, now=later)
    assert account is not None
    assert account.name == "wang"


def test_a_role_that_needs_one_is_let_in_once_it_is_set_up(access: Access) -> None:
    token = access.door.first_link(now=NOON) or access.door.link("wang", now=NOON)
    access.users.give("wang", Role.ADMIN)
    with pytest.raises(CodeNeededError) as owed:
        access.door.use(access.door.link("wang", now=NOON), "", PASSWORD, now=NOON)
    assert token
    app = pyotp.TOTP(owed.value.secret)
    with pytest.raises(WrongCodeError):
        access.door.with_code(owed.value.ticket, "000000", address=HERE, now=NOON)
    entered = access.door.with_code(owed.value.ticket, app.at(NOON), address=HERE, now=NOON)
    assert len(set(entered.codes)) == RECOVERY_CODES
    assert access.sessions.who(entered.token, now=NOON)
    with pytest.raises(FactorNeededError):
        access.door.without_factor("wang", entered.codes[0], address=HERE, now=NOON)


def test_no_code_is_good_twice_and_a_clock_may_be_a_step_off(access: Access) -> None:
    app, _ = enrolled(access)
    later = NOON + 10 * STEP_S
    coded(access, app.at(later - STEP_S), now=later)
    coded(access, app.at(later + STEP_S), now=later)
    for code in (app.at(later + STEP_S), app.at(later), app.at(later + 3 * STEP_S)):
        with pytest.raises(WrongCodeError):
            coded(access, code, now=later)


def test_the_right_password_takes_back_no_wrong_code(access: Access) -> None:
    enrolled(access)
    for second in range(WRONG_FOR_A_NAME):
        with pytest.raises(WrongCodeError):
            coded(access, "123456", now=NOON + 100 + second)
    with pytest.raises(MustWaitError):
        coded(access, "123456", now=NOON + 110)


def test_a_recovery_code_is_good_once_however_it_is_written(access: Access) -> None:
    _, codes = enrolled(access)
    coded(access, f" {codes[3].upper().replace('-', ' ')} ", now=NOON + 1)
    with pytest.raises(WrongCodeError):
        coded(access, codes[3], now=NOON + 2)


def test_a_ticket_is_no_session_and_is_over_soon(access: Access) -> None:
    app, _ = enrolled(access)
    ticket = asked(access).ticket
    assert access.sessions.who(ticket, now=NOON) is None
    over = NOON + TICKET_S
    for shown in (ticket, "", f"{ticket}x", a_cipher().close('["ticket", "wang", 9e9, ""]')):
        with pytest.raises(DeadTicketError):
            access.door.with_code(shown, app.at(over), address=HERE, now=over)


def test_an_offer_of_before_replaces_no_factor(access: Access) -> None:
    early = access.factor.offer("wang", now=NOON)
    assert early is not None
    enrolled(access)
    assert access.factor.offer("wang", now=NOON) is None
    code = pyotp.TOTP(early.secret).at(NOON)
    with pytest.raises(DeadTicketError):
        access.door.with_code(early.ticket, code, address=HERE, now=NOON)


def test_whoever_has_lost_everything_is_let_in_by_an_admin(access: Access) -> None:
    enrolled(access)
    access.factor.take_off("wang", by="li", now=NOON)
    assert access.door.sign_in("wang", PASSWORD, address=HERE, now=NOON)


def test_a_factor_is_taken_off_with_its_own_code_alone(access: Access) -> None:
    app, _ = enrolled(access)
    with pytest.raises(WrongCodeError):
        access.door.without_factor("wang", "123456", address=HERE, now=NOON + 60)
    later = NOON + 120
    access.door.without_factor("wang", app.at(later), address=HERE, now=later)
    assert access.door.sign_in("wang", PASSWORD, address=HERE, now=later)


def test_nothing_that_is_kept_tells_the_secret_or_a_code(access: Access, engine: sa.Engine) -> None:
    app, codes = enrolled(access)
    with engine.connect() as connection:
        kept = str(
            [connection.execute(sa.select(one)).all() for one in (access_user, access_recovery)]
        )
    told = str([one.told for one in Audit(engine).entries()])
    for secret in (app.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in kept
        assert secret not in told
    assert [one.what for one in Audit(engine).entries()] == ["user.chose_password"] + [
        "user.signed_in"
    ] * 2

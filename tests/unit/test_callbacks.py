"""Who may tell us how a case stands: who can sign it, now."""

import pytest

from streetwatch.service.delivery.callbacks import CallbackRefusedError, signature, signed_at

SECRET = "a-secret-of-the-target"  # noqa: S105 -- a test's
NOW = 1795406400.0
BODY = b'{"external_id":"a","state":"closed"}'


def check(
    timestamp: str = "1795406400",
    *,
    given: str | None = None,
    body: bytes = BODY,
    signed: bytes = BODY,
) -> float:
    found = signature(SECRET, timestamp, signed) if given is None else given
    return signed_at(SECRET, timestamp=timestamp, given=found, body=body, now=NOW)


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        pytest.param("1795406400", NOW, id="now"),
        pytest.param("1795406100", NOW - 300, id="five minutes ago"),
        pytest.param("1795406699.5", NOW + 299.5, id="their clock is ahead"),
    ],
)
def test_a_signature_of_now_is_taken(timestamp: str, at: float) -> None:
    assert check(timestamp) == at


@pytest.mark.parametrize("timestamp", ["1795406099", "1795406701", "soon", "nan", "inf", "", "-1"])
def test_a_signature_of_another_time_is_refused(timestamp: str) -> None:
    with pytest.raises(CallbackRefusedError, match="not within 300 s of our clock"):
        check(timestamp)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="none"),
        pytest.param("sha256=", id="empty"),
        pytest.param(signature("another-secret", "1795406400", BODY), id="another secret"),
        pytest.param(signature(SECRET, "1795406401", BODY), id="another timestamp"),
        pytest.param(signature(SECRET, "1795406400", BODY).removeprefix("sha256="), id="bare"),
        pytest.param("sha256=ü", id="not ascii"),
    ],
)
def test_a_wrong_signature_is_refused(given: str) -> None:
    with pytest.raises(CallbackRefusedError, match="the signature is wrong"):
        check(given=given)


def test_the_exact_bytes_are_signed() -> None:
    with pytest.raises(CallbackRefusedError, match="the signature is wrong"):
        check(body=BODY.replace(b":", b": "))

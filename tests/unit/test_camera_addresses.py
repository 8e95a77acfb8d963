"""Passwords in addresses."""

import pytest

from streetwatch.service.cameras.address import (
    Account,
    AddressError,
    with_account,
    with_what_is_kept,
)
from streetwatch.vision.capture.source import redact

KEPT = "rtsp://admin:p%40ss@10.0.0.5:554/ch1?token=t0ken"


@pytest.mark.parametrize(
    ("url", "account", "whole"),
    [
        pytest.param("rtsp://h/a", Account("me", "p/w"), "rtsp://me:p%2Fw@h/a", id="both"),
        pytest.param("rtsp://me@h/a", Account("", "pw"), "rtsp://me:pw@h/a", id="user in address"),
        pytest.param("rtsp://me:old@h:1/a", Account("", "new"), "rtsp://me:new@h:1/a", id="anew"),
        pytest.param("rtsp://old:pw@h/a", Account("me", "x"), "rtsp://me:x@h/a", id="another user"),
        pytest.param("rtsp://h/a", Account("me"), "rtsp://me@h/a", id="no password"),
    ],
)
def test_an_account_is_put_into_an_address(url: str, account: Account, whole: str) -> None:
    assert with_account(url, account) == whole


def test_a_password_needs_somebody_whose_it_is() -> None:
    with pytest.raises(AddressError, match="no user name"):
        with_account("rtsp://h/a", Account("", "pw"))


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        pytest.param("rtsp://h/plain", "rtsp://h/plain", id="nothing hidden"),
        pytest.param(redact(KEPT), KEPT, id="as it was shown"),
        pytest.param(
            "rtsp://admin:***@10.0.0.5:554/ch2", "rtsp://admin:p%40ss@10.0.0.5:554/ch2", id="path"
        ),
    ],
)
def test_a_hidden_password_is_the_one_that_is_kept(url: str, whole: str) -> None:
    assert with_what_is_kept(url, KEPT) == whole


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("rtsp://admin:***@10.0.0.6:554/ch1", id="another host"),
        pytest.param("rtsp://admin:***@10.0.0.5:8554/ch1", id="another port"),
        pytest.param("rtsp://root:***@10.0.0.5:554/ch1", id="another account"),
        pytest.param("http://admin:***@10.0.0.5:554/ch1", id="another scheme"),
        pytest.param("rtsp://admin:***@10.0.0.5:554/ch2?token=***", id="a token of another path"),
    ],
)
def test_a_password_goes_nowhere_else(url: str) -> None:
    with pytest.raises(AddressError, match="write the password again"):
        with_what_is_kept(url, KEPT)


def test_where_nothing_is_kept_nothing_is_put_in() -> None:
    with pytest.raises(AddressError):
        with_what_is_kept(redact(KEPT), None)

"""Addresses, and what of them anyone may see."""

import pytest

from streetwatch.vision.capture.errors import SourceError
from streetwatch.vision.capture.source import Source, SourceKind, redact


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("rtsp://10.0.0.5:554/ch1", "rtsp://10.0.0.5:554/ch1", id="nothing_to_hide"),
        pytest.param("rtsp://u:S3CRET@h/s", "rtsp://u:***@h/s", id="password"),
        pytest.param("rtsp://u:S3@CRET@h/s", "rtsp://u:***@h/s", id="at_sign_inside"),
        pytest.param("rtsp://u:S3/CRET#x@h/s", "rtsp://u:***@h/s", id="slash_inside"),
        pytest.param("rtsp://:S3CRET@h/s", "rtsp://:***@h/s", id="no_user"),
        pytest.param(
            "http://h/a.m3u8?token=S3CRET&x=1", "http://h/a.m3u8?token=***&x=1", id="token"
        ),
        pytest.param(
            "http://h/a?AccessKeyId=S3CRET", "http://h/a?AccessKeyId=***", id="key_in_name"
        ),
        pytest.param(
            "rtsp://h/user=admin&password=S3CRET&channel=1",
            "rtsp://h/user=admin&password=***&channel=1",
            id="password_in_path",
        ),
        pytest.param(
            "rtsp://h/user=a_password=S3CRET_c=1", "rtsp://h/user=a_password=***", id="xm"
        ),
        pytest.param("http://h/a?x-sign=S3CRET", "http://h/a?x-sign=***", id="signature"),
    ],
)
def test_secrets_are_hidden_alone_and_inside_a_sentence(url: str, shown: str) -> None:
    assert redact(url) == shown
    assert "S3" not in redact(f"cannot open {url}: connection refused")


def test_a_source_never_shows_its_password() -> None:
    source = Source(SourceKind.RTSP, "rtsp://u:S3CRET@h/s")
    assert source.redacted == "rtsp://u:***@h/s"
    assert "S3" not in f"{source!r} {source} {[source]}"


@pytest.mark.parametrize(
    ("kind", "url", "complaint"),
    [
        pytest.param(SourceKind.RTSP, "http://h/x", "begins with rtsp://", id="other_scheme"),
        pytest.param(SourceKind.HTTP, "rtsp://h/x", "begins with http://", id="rtsp_as_http"),
        pytest.param(SourceKind.RTSP, "rtsp:///x", "no host", id="no_host"),
        pytest.param(SourceKind.RTSP, "rtsp://u:S3/x@h/x", "%2F", id="slash_in_password"),
        pytest.param(SourceKind.FILE, "  ", "needs an address", id="blank"),
    ],
)
def test_an_address_that_does_not_fit_is_refused_without_its_password(
    kind: SourceKind, url: str, complaint: str
) -> None:
    with pytest.raises(SourceError, match=complaint) as caught:
        Source(kind, url)
    assert "S3" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        pytest.param(SourceKind.RTSP, "rtsp://u:p@10.0.0.5:8554/a?b=c", id="rtsp"),
        pytest.param(SourceKind.RTSP, "RTSPS://h/a", id="tls_in_capitals"),
        pytest.param(SourceKind.RTSP, "rtsp://[fe80::1]:554/a", id="ipv6"),
        pytest.param(SourceKind.HTTP, "https://h/live.m3u8", id="hls"),
        pytest.param(SourceKind.FILE, "clips/a b.mp4", id="path"),
    ],
)
def test_a_fitting_address_is_taken_as_it_is(kind: SourceKind, url: str) -> None:
    assert Source(kind, url).url == url

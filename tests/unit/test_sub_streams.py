"""Where a camera's smaller stream is likely to be."""

import pytest

from streetwatch.vision.capture.sub_streams import sub_streams


@pytest.mark.parametrize(
    ("main", "sub"),
    [
        (
            "rtsp://u:p@10.0.0.5/Streaming/Channels/101",
            "rtsp://u:p@10.0.0.5/Streaming/Channels/102",
        ),
        ("rtsp://h:554/h264/ch1/main/av_stream", "rtsp://h:554/h264/ch1/sub/av_stream"),
        (
            "rtsp://h/cam/realmonitor?channel=1&subtype=0",
            "rtsp://h/cam/realmonitor?channel=1&subtype=1",
        ),
        ("rtsp://h/media/video1", "rtsp://h/media/video2"),
        ("rtsp://h/h264Preview_01_main", "rtsp://h/h264Preview_01_sub"),
        ("rtsp://h/stream1", "rtsp://h/stream2"),
    ],
    ids=["hikvision", "hikvision, older", "dahua", "uniview", "reolink", "many"],
)
def test_the_makers_way_of_numbering_is_followed(main: str, sub: str) -> None:
    assert sub in sub_streams(main)


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://stream1.example/live",
        "rtsp://h",
        "rtsp://u:stream1@h/live",
        "rtsp://h/Streaming/Channels/102",
    ],
    ids=["a host's name", "no path", "a password", "the smaller one itself"],
)
def test_nothing_is_tried_where_nothing_is_known(url: str) -> None:
    assert sub_streams(url) == ()

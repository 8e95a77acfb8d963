"""Where a camera's smaller stream is likely to be, told from the address of its larger one. Pure.

Makers number their streams in the address. A smaller one costs less to read, and is large enough to
detect in where zones are not far away.
"""

import re
from typing import Final

#: What stands for the main stream, and what for the sub-stream instead; as makers document it.
_WAYS: Final = (
    (r"(/Streaming/Channels/\d*?\d0)1\b", r"\g<1>2"),  # Hikvision: 101 -> 102
    (r"(/h26[45]/ch\d+)/main/", r"\1/sub/"),  # Hikvision, older
    (r"\bsubtype=0\b", "subtype=1"),  # Dahua
    (r"(/media/video)1\b", r"\g<1>2"),  # Uniview
    (r"(Preview_\d+)_main\b", r"\1_sub"),  # Reolink
    (r"\b(stream)1\b", r"\g<1>2"),  # TP-Link and many others
    (r"(/ch\d+)_0\b", r"\1_1"),
    (r"(/ch\d+/)0\b", r"\g<1>1"),
    (r"(/live/ch\d*)0\b", r"\g<1>1"),
    (r"/main\b", "/sub"),
)


def sub_streams(url: str) -> tuple[str, ...]:
    """Return addresses worth a try, most likely first.

    >>> sub_streams("rtsp://10.0.0.5/Streaming/Channels/101")
    ('rtsp://10.0.0.5/Streaming/Channels/102',)
    >>> sub_streams("rtsp://10.0.0.5/cam/realmonitor?channel=1&subtype=0")
    ('rtsp://10.0.0.5/cam/realmonitor?channel=1&subtype=1',)
    """
    slash = url.find("/", max(url.rfind("@"), url.find("://") + 2) + 1)
    if slash < 0:
        return ()
    before, path = url[:slash], url[slash:]
    tried = (re.sub(way, instead, path, count=1) for way, instead in _WAYS)
    return tuple(dict.fromkeys(before + one for one in tried if one != path))

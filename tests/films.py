"""Films in which what stands at a moment stands on: no machine is too slow for them."""

from pathlib import Path
from typing import Final

import av

#: A film must not end before a slow machine has filed from it: what comes next is another event.
AS_GOOD_AS_EVER_S: Final = 3600.0


def begun(clip: Path, path: Path, *, until_s: float) -> Path:
    """Copy a clip up to a moment; it ends with the picture before a key frame."""
    with av.open(clip) as source, av.open(path, "w") as output:
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.is_keyframe and (packet.pts or 0) * packet.time_base >= until_s:
                break
            if packet.size:
                packet.stream = copy
                output.mux(packet)
    return path

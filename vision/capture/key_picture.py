"""The picture of a key frame by itself: a decoder lives for one picture, and so do its buffers.

A decoder of 1080p holds several MB between two pictures. With a hundred cameras, each looked at
every few seconds, that is most of a gigabyte for nothing: making one anew costs half a millisecond.
"""

import os
from threading import BoundedSemaphore

import av
from av.video.frame import VideoFrame

from streetwatch.vision.capture.errors import CaptureError
from streetwatch.vision.capture.template import StreamTemplate

#: More at once than there are cores would only hold more memory.
AT_ONCE = BoundedSemaphore(os.cpu_count() or 1)


def key_picture(payload: bytes, template: StreamTemplate) -> VideoFrame | None:
    """Decode a key frame; None where it has no picture by itself, or is damaged."""
    context = template.decoder()
    try:
        # Brought out at once: a stream with B-frames would else hold it back behind others.
        frames = [*context.decode(av.Packet(payload)), *context.decode(None)]
    except av.error.FFmpegError:  # damaged bytes raise errors of several kinds
        return None
    return None if not frames or frames[-1].is_corrupt else frames[-1]


def picture_again(payload: bytes, template: StreamTemplate) -> VideoFrame:
    """Decode a key frame that has been decoded before."""
    with AT_ONCE:
        frame = key_picture(payload, template)
    if frame is None:
        raise CaptureError("a key frame that could be decoded once can't be decoded again")
    return frame

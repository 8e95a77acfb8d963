"""A stream's parameters, kept after its connection is gone: to remux and to decode its packets."""

import io
from fractions import Fraction
from typing import Self

import av
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from streetwatch.vision.types import Seconds, Size


class StreamTemplate:
    """The codec, size and parameter sets of one connection's video stream.

    PyAV can copy parameters only from stream to stream, and a stream dies with its container. So
    they are parked in a container that is never written.

    Attributes:
        time_base: Unit of the packets' timestamps, seconds.
        unit_s: The same as a number that is quick to multiply with.
    """

    def __init__(self, parked: VideoStream, in_container: OutputContainer) -> None:
        self._parked = parked
        self._container = in_container  # keeps the stream alive
        self.time_base: Fraction = parked.time_base or Fraction(1, 90_000)
        self.unit_s: Seconds = float(self.time_base)

    @classmethod
    def of(cls, stream: VideoStream) -> Self:
        """Copy the parameters of a stream that is open."""
        container = av.open(io.BytesIO(), "w", format="matroska")  # takes every codec
        # opaque: from the decoder, since a codec may have no encoder here and needs none.
        return cls(container.add_stream_from_template(stream, opaque=True), container)

    def add_to(self, output: OutputContainer) -> VideoStream:
        """Add a stream with these parameters to a container about to be written."""
        return output.add_stream_from_template(self._parked, opaque=True)

    def decoder(self) -> VideoCodecContext:
        """Return a decoder that has seen nothing yet; it holds no memory before its first packet.

        It works in the thread that asks it: many cameras share the machine.
        """
        parked = self._parked.codec_context
        context = av.CodecContext.create(parked.codec.name, "r")
        if not isinstance(context, VideoCodecContext):
            raise TypeError(f"{parked.codec.name} is no codec of video")
        context.extradata = parked.extradata
        context.width, context.height = parked.width, parked.height
        context.thread_count = 1
        return context

    @property
    def size(self) -> Size:
        """Width and height of its pictures."""
        context = self._parked.codec_context
        return context.width, context.height

    def fits(self, other: "StreamTemplate") -> bool:
        """Whether packets of both may stand in one stream."""
        return self is other or self._key == other._key  # noqa: SLF001  -- its own kind

    @property
    def _key(self) -> tuple[object, ...]:
        context = self._parked.codec_context
        return context.name, context.width, context.height, context.extradata, self.time_base

"""What can go wrong with a picture source; no message ever holds a password."""

from enum import StrEnum


class Fault(StrEnum):
    """What kind of trouble a source has: for words in other languages, and for what mends it."""

    UNKNOWN_HOST = "unknown_host"
    REFUSED = "refused"  #: nothing listens there
    NO_ANSWER = "no_answer"
    PASSWORD = "password"  # noqa: S105 -- a kind of trouble
    FORBIDDEN = "forbidden"
    OUT_OF_REACH = "out_of_reach"  #: the settings let nobody connect to it
    NO_STREAM = "no_stream"
    CAMERA = "camera"  #: the camera reports an error of its own
    ADDRESS = "address"
    CUT = "cut"
    NO_VIDEO = "no_video"
    CODEC = "codec"
    NO_KEY_FRAME = "no_key_frame"
    OTHER = "other"


class CaptureError(Exception):
    """Base of all errors of this package; its text may be shown to anyone."""


class SourceError(CaptureError, ValueError):
    """The description of a source is wrong: a person must mend it."""


class CannotOpen(CaptureError):  # noqa: N818  -- reads as a sentence where it is raised
    """The source gave no pictures from the start: try again, or tell who gave the path.

    Attributes:
        fault: The kind of trouble.
    """

    def __init__(self, message: str, fault: Fault = Fault.OTHER) -> None:
        super().__init__(message)
        self.fault = fault


class StreamLost(CaptureError):  # noqa: N818
    """The source gave pictures and stopped: connect again."""


class ClipUnavailable(CaptureError):  # noqa: N818
    """The ring does not hold what was asked for: do without a clip."""


class ClipNotWritten(CaptureError):  # noqa: N818
    """The clip could not be stored (full disk, rights): nothing is left behind; try again."""

"""What can go wrong with a picture source; no message ever holds a password."""


class CaptureError(Exception):
    """Base of all errors of this package; its text may be shown to anyone."""


class SourceError(CaptureError, ValueError):
    """The description of a source is wrong: a person must mend it."""


class CannotOpen(CaptureError):  # noqa: N818  -- reads as a sentence where it is raised
    """The source gave no pictures from the start: try again, or tell who gave the path."""


class StreamLost(CaptureError):  # noqa: N818
    """The source gave pictures and stopped: connect again."""


class ClipUnavailable(CaptureError):  # noqa: N818
    """The ring does not hold what was asked for: do without a clip."""


class ClipNotWritten(CaptureError):  # noqa: N818
    """The clip could not be stored (full disk, rights): nothing is left behind; try again."""

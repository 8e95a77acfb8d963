"""How a case stands against its deadline at the time of asking."""

from datetime import datetime

from streetwatch.service.desk.draft import Document
from streetwatch.vision.types import Seconds


def timed(case: Document, now: Seconds) -> Document:
    """Return a case with `due_in_s`, below 0 where it is late, and `overdue`.

    Both are about the deadline that runs now: a case at its end or suspended has none.
    """
    written = case.get("deadline")
    due_in_s = None
    if written is not None:
        due_in_s = round(datetime.fromisoformat(written).timestamp() - now, 3)
    return case | {"due_in_s": due_in_s, "overdue": due_in_s is not None and due_in_s < 0}

"""A ZIP as a stream, the same bytes for the same files on any machine at any moment."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Final

from streetwatch.zones.schedule import CHINA

_BLOCK: Final = 1 << 16

#: The earliest moment a ZIP can name: that of what the desk itself writes.
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)

_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16

#: The end of a ZIP's directory, and that of a large one's, which stands right before it.
_END: Final = b"PK\x05\x06"
_LARGE_END: Final = b"PK\x06\x07"
_END_BYTES, _LARGE_END_BYTES, _LONGEST_COMMENT = 22, 20, 65_535

#: A directory of some thousand files.
_LARGEST_DIRECTORY: Final = 2 << 20


def has_large_directory(file: IO[bytes]) -> bool:
    """Tell whether a ZIP says that it has so many files that listing them would cost much.

    What a reader takes for the end is not for us to guess: nothing that looks like one may say so.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - _END_BYTES - _LARGE_END_BYTES - _LONGEST_COMMENT, 0))
    tail = file.read()
    file.seek(0)
    ends = (found.start() for found in re.finditer(re.escape(_END), tail))
    return any(
        tail[at - _LARGE_END_BYTES :].startswith(_LARGE_END)
        or int.from_bytes(tail[at + 12 : at + 16], "little") > _LARGEST_DIRECTORY
        for at in ends
    )


#: What is written into a ZIP: a header, and what opens the bytes.
Part = tuple[zipfile.ZipInfo, Callable[[], IO[bytes]]]


def header(name: str, size: int, captured_at: str | None) -> zipfile.ZipInfo:
    """Return a file's header: of this state of the case, not of this machine or this moment."""
    info = zipfile.ZipInfo(name, _zip_time(captured_at))
    info.create_system = _UNIX
    info.external_attr = _READABLE
    info.file_size = size
    return info


def written(parts: Iterable[Part]) -> Iterator[bytes]:
    """Yield a ZIP's bytes; one block of a file is held in memory at most.

    Raises:
        OSError: a file can't be read any more: the ZIP breaks off, and is none.
    """
    out = _Outlet()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for info, opened in parts:
            with opened() as file, archive.open(info, "w") as target:
                while block := file.read(_BLOCK):
                    target.write(block)
                    yield out.taken()
    yield out.taken()


class _Outlet(io.RawIOBase):
    """Where a ZIP is written to: keeps what nobody has taken yet."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:  # noqa: ANN401 -- any buffer
        self._waiting.append(bytes(content))
        return len(content)

    def taken(self) -> bytes:
        """Hand over what was written since the last time."""
        taken, self._waiting = b"".join(self._waiting), []
        return taken


def _zip_time(captured_at: str | None) -> tuple[int, int, int, int, int, int]:
    """Return a capture time on China's clock, as a ZIP has it: from 1980 on, every other second."""
    if captured_at is None:
        return _EARLIEST
    moment = datetime.fromisoformat(captured_at).astimezone(CHINA)
    time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return time if 1980 <= moment.year <= 2107 else _EARLIEST

"""What strangers send is refused in words: a moment of `make fuzz`, always the same.

The corpus holds what `make fuzz` found, so that what was mended stays mended.
"""

import random
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from fuzz_doors import DOORS
from streetwatch.vision.outside import PictureRefusedError, coloured

CORPUS: Final = Path(__file__).parents[1] / "fuzz" / "corpus"

#: Words that parsers take for something.
WORDS: Final = (
    b"\x00", b"\xff\xfe", b"\r\n", b"-1", b"1e999", b"NaN", b"null", b"${", b"}", b"[" * 50,
    b'{"a":', b"&a ", b"*a", b"!!python/object:os.system", b"\xed\xa0\x80", b"9" * 400,
    b"../", b"<!DOCTYPE", b"=cmd()", b"PK\x03\x04", "；".encode(),
)  # fmt: skip

ROUNDS: Final = 120


def seeds(door: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / door).iterdir())]


def mutated(door: str) -> Iterator[bytes]:
    """Yield what the seeds become when they are cut, doubled, crossed and sprinkled."""
    chance, known = random.Random(door), seeds(door)  # noqa: S311 -- always the same
    for _ in range(ROUNDS):
        data = bytearray(chance.choice(known))
        for _ in range(chance.randint(1, 6)):
            at = chance.randint(0, len(data))
            end = min(len(data), at + chance.randint(1, 40))
            match chance.randrange(5):
                case 0:
                    del data[at:end]
                case 1:
                    data[at:at] = data[at:end] * chance.randint(1, 8)
                case 2:
                    data[at:at] = chance.choice(WORDS)
                case 3:
                    data[at:end] = chance.choice(known)[at:end]
                case _:
                    data[at:end] = chance.randbytes(end - at)
        yield bytes(data)


@pytest.mark.parametrize("door", DOORS)
def test_what_was_found_once_is_refused_in_words(door: str) -> None:
    for data in seeds(door):
        DOORS[door](data)


@pytest.mark.parametrize("door", DOORS)
def test_whatever_comes_is_taken_or_refused_in_words(door: str) -> None:
    for data in mutated(door):
        try:
            DOORS[door](data)
        except Exception as error:
            raise AssertionError(f"{door} can't stand {data!r}") from error


def test_every_door_has_something_to_begin_with() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(DOORS)


def test_a_picture_of_fifty_bytes_takes_no_gigabytes() -> None:
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PictureRefusedError):
        coloured((CORPUS / "picture" / "two-gigabytes").read_bytes(), most_pixels=1_000_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 100_000

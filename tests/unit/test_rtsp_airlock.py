"""What of a camera's answers goes on to its viewer: however it comes in pieces."""

import pytest

from streetwatch.service.outbound.rtsp_airlock import LeadsElsewhereError, Reader

OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\nv=0\r\n"
PACKET = b"$\x00\x00\x04four"
MOVED = b"RTSP/1.0 302 Found\r\nCSeq: 2\r\nLocation: rtsp://h/\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_answers_and_packets_go_through_whole_in_whatever_pieces_they_come(size: int) -> None:
    told, reader = OK + PACKET + OK, Reader()
    pieces = (told[at : at + size] for at in range(0, len(told), size))
    assert b"".join(map(reader.answered, pieces)) == told


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_nothing_of_a_redirect_goes_through(size: int) -> None:
    told, reader = OK + PACKET + MOVED, Reader()
    pieces = [told[at : at + size] for at in range(0, len(told), size)]
    through: list[bytes] = []
    with pytest.raises(LeadsElsewhereError):
        through.extend(map(reader.answered, pieces))
    assert b"302" not in b"".join(through)


def test_what_is_no_answer_or_never_ends_goes_nowhere() -> None:
    for told in (b"REDIRECT rtsp://h/ RTSP/1.0\r\n\r\n", b"HTTP/1.1 302 x\r\n\r\n", b"x" * 300_000):
        with pytest.raises(LeadsElsewhereError):
            Reader().answered(told)


def test_from_play_on_packets_are_not_read_one_by_one() -> None:
    reader = Reader()
    reader.asked(b"PLAY rtsp://h/ RTSP/1.0\r\n\r\n")
    assert reader.answered(OK) == OK
    assert reader.answered(PACKET[:6]) == PACKET[:6]
    for piece in (b"ur", b"no boundary, no answer\r\n\r\n", b"x" * 300_000):
        assert reader.answered(piece) == piece

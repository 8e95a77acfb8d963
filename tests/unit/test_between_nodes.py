"""What nodes show each other, and what is read of what they send."""

import numpy as np
import pytest

from streetwatch.service.between.badge import HOLDS_S, Badges
from streetwatch.service.between.wire import (
    UnreadableError,
    packed,
    rows_packed,
    rows_unpacked,
    unpacked,
)
from streetwatch.service.cluster.machines import Doors, Machine, Role, environment_of, machines_of

BADGES = Badges("of this city")
NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("badge", "method", "path", "later_s"),
    [
        pytest.param(Badges("of another"), "GET", "/node/live?a=1", 0, id="another city"),
        pytest.param(BADGES, "POST", "/node/live?a=1", 0, id="another method"),
        pytest.param(BADGES, "GET", "/node/live?a=2", 0, id="another question"),
        pytest.param(BADGES, "GET", "/node/live?a=1", HOLDS_S + 1, id="too old"),
        pytest.param(BADGES, "GET", "/node/live?a=1", -HOLDS_S - 1, id="of a time to come"),
    ],
)
def test_a_badge_is_for_one_question_of_now(
    badge: Badges, method: str, path: str, later_s: float
) -> None:
    made = badge.made("GET", "/node/live?a=1", NOW)
    assert BADGES.knows(BADGES.made("GET", "/node/live?a=1", NOW), "GET", "/node/live?a=1", NOW)
    assert not BADGES.knows(made, method, path, NOW + later_s)


@pytest.mark.parametrize("badge", [None, "", ".", "now.00", "1800000000", "١٢٣.00", "1800000000.é"])
def test_what_is_no_badge_opens_nothing(badge: str | None) -> None:
    assert not BADGES.knows(badge, "GET", "/node/live", NOW)


def pictures(number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    pixels = np.random.default_rng(7).integers(0, 256, (number, 3, 64, 96), np.uint8)
    return pixels.astype(np.float32) / np.float32(255)


def test_pictures_arrive_to_the_last_bit() -> None:
    body, headers = packed(pictures(2), None)
    assert np.array_equal(unpacked(body, headers), pictures(2))


def test_as_jpeg_they_are_smaller_and_much_the_same() -> None:
    smooth = np.linspace(0, 1, 96, dtype=np.float32)[None, None, None].repeat(64, 2).repeat(3, 1)
    body, headers = packed(smooth, 90)
    assert len(body) < smooth.size / 5
    assert np.abs(unpacked(body, headers) - smooth).max() < 0.02


@pytest.mark.parametrize(
    ("shape", "kind", "body"),
    [
        pytest.param("", "application/octet-stream", b"", id="no size"),
        pytest.param("1x64", "application/octet-stream", b"", id="half a size"),
        pytest.param("1x64x97", "application/octet-stream", b"", id="no multiple of 32"),
        pytest.param("65x32x32", "application/octet-stream", b"", id="too many"),
        pytest.param("1x4096x32", "application/octet-stream", b"", id="too large"),
        pytest.param("1x٣٢x32", "application/octet-stream", b"", id="digits of elsewhere"),
        pytest.param("1x32x32", "application/octet-stream", b"123", id="too little"),
        pytest.param("1x32x32", "image/jpeg", b"no jpeg", id="no jpeg"),
        pytest.param("1x32x32", "image/jpeg", b"", id="nothing"),
    ],
)
def test_a_body_that_is_no_pictures_is_refused(shape: str, kind: str, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        unpacked(body, {"X-Streetwatch-Shape": shape, "Content-Type": kind})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>", id="a page"),
        pytest.param(rows_packed(np.zeros((2, 3, 6), np.float32)), id="of other pictures"),
        pytest.param(rows_packed(np.zeros((1, 3, 6), np.float32))[:-4], id="cut short"),
    ],
)
def test_an_answer_that_is_no_rows_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        rows_unpacked(body, 1)


def told(name: str, key: str, *, alive: bool = True, **resources: float) -> dict[str, object]:
    return {
        "NodeID": key,
        "NodeName": name,
        "Alive": alive,
        "NodeManagerAddress": "10.0.0.7",
        "Resources": resources,
    }


def test_a_head_leads_and_the_others_watch_or_detect() -> None:
    found = machines_of(
        [
            told("head", "a"),
            told("North 1", "b", CPU=8.0),
            told("gpu", "c", CPU=8.0, GPU=1.0),
            told("10.0.0.9", "d", detector=1.0),
            told("gone", "e", CPU=8.0, alive=False),
        ]
    )
    assert {one.name: one.roles for one in found} == {
        "head": (),
        "north-1": (Role.WATCH,),
        "gpu": (Role.WATCH, Role.DETECT),
        "10-0-0-9": (Role.DETECT,),
    }


def test_two_machines_of_one_name_are_two_nodes() -> None:
    found = machines_of([told("vm", "0123456789", CPU=1.0), told("VM", "9876543210", CPU=1.0)])
    assert [one.name for one in found] == ["vm-0123456", "vm-9876543"]


DOORS = Doors("0.0.0.0", 8080, 8090)  # noqa: S104 -- read, not listened at
MACHINE = Machine("key", "north-1", "10.0.0.7", cpus=8.0)


@pytest.mark.parametrize(
    ("role", "own", "expected"),
    [
        pytest.param(
            Role.WATCH,
            {},
            {"ID": "north-1", "URL": "http://10.0.0.7:8080", "CAPACITY": "8"},
            id="as Ray has it",
        ),
        pytest.param(
            Role.WATCH,
            {"STREETWATCH_PORT": "81", "STREETWATCH_NODE__CAPACITY": "2"},
            {"ID": "north-1", "URL": "http://10.0.0.7:81", "CAPACITY": "2"},
            id="what the machine says itself wins",
        ),
        pytest.param(
            Role.DETECT,
            {"STREETWATCH_PORT": "81", "STREETWATCH_NODE__DETECT_PORT": "91"},
            {
                "ID": "north-1",
                "URL": "http://10.0.0.7:91",
                "CAPACITY": "8",
                "DETECT_PORT": "91",
            },
            id="a detector has a port of its own",
        ),
    ],
)
def test_what_differs_from_machine_to_machine(
    role: Role, own: dict[str, str], expected: dict[str, str]
) -> None:
    made = environment_of(role, MACHINE, own, DOORS)
    prefix = "STREETWATCH_NODE__"
    assert {
        name.removeprefix(prefix): value for name, value in made.items() if name.startswith(prefix)
    } == expected


def test_one_thread_is_rays_idea_and_not_the_detectors() -> None:
    assert "OMP_NUM_THREADS" not in environment_of(
        Role.WATCH, MACHINE, {"OMP_NUM_THREADS": "1"}, DOORS
    )

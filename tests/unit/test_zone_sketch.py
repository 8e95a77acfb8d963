"""What is drawn on a picture: every edit is a new value, and every value can be had again."""

from collections.abc import Callable
from typing import Any

import pytest

from streetwatch.service.config.document import Tree
from streetwatch.service.console.drawing.board import Board, Mode
from streetwatch.service.console.drawing.document import sketch_of, with_sketch
from streetwatch.service.console.drawing.edits import Edit, applied
from streetwatch.service.console.drawing.history import History
from streetwatch.service.console.drawing.sketch import (
    Area,
    Sketch,
    added,
    copied,
    moved,
    of_kind,
    removed,
    renamed,
    with_corner,
    with_corner_moved,
    with_setting,
    without_corner,
)
from streetwatch.zones.zone import ZoneKind

SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
BOW_TIE = ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6))
RULES: Any = [{"type": "illegal_parking_motor"}]


def sketch(*names: str, kind: ZoneKind = ZoneKind.PROHIBITED) -> Sketch:
    return Sketch(tuple(Area(name, kind, SQUARE, {"rules": RULES}) for name in names))


def polygon(drawn: Sketch, name: str = "kerb") -> tuple[tuple[float, float], ...]:
    area = drawn.area(name)
    assert area is not None
    return area.polygon


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(
            lambda old: with_corner(old, "kerb", 1, (0.4, 0.1)),
            ((0.2, 0.2), (0.4, 0.1), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6)),
            id="a corner more",
        ),
        pytest.param(
            lambda old: with_corner_moved(old, "kerb", 2, (0.7, 0.7)),
            ((0.2, 0.2), (0.6, 0.2), (0.7, 0.7), (0.2, 0.6)),
            id="a corner elsewhere",
        ),
        pytest.param(
            lambda old: with_corner_moved(old, "kerb", 0, (-0.3, 1.4)),
            ((0.0, 1.0), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6)),
            id="a corner that left the picture is at its border",
        ),
        pytest.param(
            lambda old: without_corner(old, "kerb", 0),
            ((0.6, 0.2), (0.6, 0.6), (0.2, 0.6)),
            id="a corner less",
        ),
        pytest.param(
            lambda old: moved(old, "kerb", (0.1, -0.1)),
            ((0.3, 0.1), (0.7, 0.1), (0.7, 0.5), (0.3, 0.5)),
            id="the whole elsewhere",
        ),
        pytest.param(
            lambda old: moved(old, "kerb", (0.9, -0.9)),
            ((0.6, 0.0), (1.0, 0.0), (1.0, 0.4), (0.6, 0.4)),
            id="the whole keeps its shape at the border",
        ),
    ],
)
def test_an_edit_changes_one_outline(
    edit: Callable[[Sketch], Sketch], expected: tuple[tuple[float, float], ...]
) -> None:
    before = sketch("kerb", "crossing")
    after = edit(before)
    assert polygon(after) == expected
    assert polygon(after, "crossing") == polygon(before) == SQUARE


def test_the_last_three_corners_stay() -> None:
    triangle = without_corner(sketch("kerb"), "kerb", 0)
    assert without_corner(triangle, "kerb", 0) == triangle


def test_a_new_zone_has_an_id_that_no_other_has() -> None:
    drawn = added(added(Sketch(), SQUARE, ZoneKind.PRIVACY_MASK), SQUARE, ZoneKind.PRIVACY_MASK)
    assert [area.id for area in drawn.areas] == ["privacy-mask-1", "privacy-mask-2"]


def test_a_copied_zone_whose_id_is_taken_gets_a_number() -> None:
    drawn = copied(sketch("kerb"), sketch("kerb", "crossing").areas)
    assert [area.id for area in drawn.areas] == ["kerb", "kerb-1", "crossing"]


def test_a_zone_can_be_removed_and_renamed() -> None:
    drawn = renamed(removed(sketch("kerb", "crossing"), "kerb"), "crossing", "zebra")
    assert [area.id for area in drawn.areas] == ["zebra"]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        pytest.param(ZoneKind.PROHIBITED, {"rules", "surface"}, id="prohibited: no hours"),
        pytest.param(ZoneKind.PERMITTED, {"schedule", "surface"}, id="permitted: no rules"),
        pytest.param(ZoneKind.EXCLUDE, {"surface"}, id="left out: neither"),
    ],
)
def test_a_zone_of_another_kind_loses_what_that_kind_cannot_have(
    kind: ZoneKind, kept: set[str]
) -> None:
    drawn = with_setting(sketch("kerb"), "kerb", "schedule", [{"from": "18:00", "to": "22:00"}])
    drawn = with_setting(drawn, "kerb", "surface", "road")
    area = of_kind(drawn, "kerb", kind).area("kerb")
    assert area is not None
    assert set(area.settings) == kept


def test_what_is_undone_can_be_done_again() -> None:
    history = History("a").then("ab").then("abc")
    assert history.undone().now == "ab"
    assert history.undone().undone().undone().now == "a"
    assert history.undone().undone().redone().redone().now == "abc"
    assert history.undone().then("x").redone().now == "x"


def test_taps_of_one_key_are_one_step_back() -> None:
    history = History(0)
    for tap in (1, 2, 3):
        history = history.then(tap, gesture="corner 1")
    assert history.then(4, gesture="corner 2").undone().now == 3
    assert history.undone().now == 0


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    assert History(1).then(1).past == ()


@pytest.mark.parametrize("what", ["corner", "drop", "insert", "shift", "remove"])
def test_an_edit_of_a_zone_that_went_away_changes_nothing(what: str) -> None:
    before = History(sketch("kerb"))
    edit = Edit.model_validate({"what": what, "id": "gone", "by": (0.1, 0.1)})
    assert applied(before, edit, kind=ZoneKind.PROHIBITED) == before


@pytest.mark.parametrize("what", ["corner", "drop"])
def test_an_edit_of_a_corner_that_went_away_changes_nothing(what: str) -> None:
    before = History(sketch("kerb"))
    edit = Edit.model_validate({"what": what, "id": "kerb", "row": 4, "to": (0.1, 0.1)})
    assert applied(before, edit, kind=ZoneKind.PROHIBITED) == before


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(((0.1, 0.9), (0.9, 0.9), (0.7, 0.4), (0.3, 0.4)), id="as wanted"),
        pytest.param(((0.3, 0.4), (0.7, 0.4), (0.9, 0.9), (0.1, 0.9)), id="clockwise"),
        pytest.param(((0.9, 0.9), (0.3, 0.4), (0.1, 0.9), (0.7, 0.4)), id="crossed"),
    ],
)
def test_the_ground_is_never_mirrored_however_it_is_clicked(
    order: tuple[tuple[float, float], ...],
) -> None:
    edit = Edit(what="ground", points=order)
    drawn = applied(History(Sketch()), edit, kind=ZoneKind.PROHIBITED).now
    assert drawn.calibration == {"image": [[0.1, 0.9], [0.9, 0.9], [0.7, 0.4], [0.3, 0.4]]}


def test_a_document_survives_the_editor_with_all_that_is_not_drawn() -> None:
    document: Any = {
        "id": "kerb",
        "source": {"kind": "rtsp", "url": "rtsp://10.0.0.5/a"},
        "zones": [
            {
                "id": "carriageway",
                "polygon": [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6]],
                "kind": "prohibited",
                "rules": [{"type": "illegal_parking_motor", "drift_limit": 0.4}],
                "surface": "road",
                "place": {"lon": 121.47, "lat": 31.23},
            }
        ],
        "calibration": {"image": [[0.1, 0.9]]},
    }
    assert with_sketch(document, sketch_of(document)) == document


def camera(*zones: Tree) -> dict[str, Tree]:
    source: Tree = {"kind": "rtsp", "url": "rtsp://10.0.0.5/a"}
    return {"id": "kerb", "source": source, "zones": list(zones)}


def board(*zones: Tree) -> Board:
    return Board(camera(*zones), (1280, 720))


def test_a_board_without_zones_begins_with_drawing() -> None:
    assert board().mode is Mode.DRAW


def test_a_drawn_zone_is_chosen_and_says_what_it_lacks() -> None:
    drawn = board()
    drawn.edit(Edit(what="draw", points=SQUARE))
    assert (drawn.mode, drawn.selected) == (Mode.SELECT, "prohibited-1")
    assert drawn.wrong_at("zones", 0) is not None
    drawn.change(with_setting(drawn.sketch, "prohibited-1", "rules", RULES))
    assert drawn.mistakes == ()
    assert drawn.is_changed


def test_a_crossing_outline_is_wrong_by_the_rules_of_the_file() -> None:
    drawn = board()
    drawn.edit(Edit(what="draw", points=BOW_TIE))
    assert "crosses" in drawn.wrong_outlines()["prohibited-1"].says


def test_what_is_saved_is_no_longer_changed() -> None:
    drawn = board()
    drawn.edit(Edit(what="draw", points=SQUARE))
    drawn.kept()
    assert not drawn.is_changed
    drawn.edit(Edit(what="undo"))
    assert drawn.is_changed


def test_followers_are_told_who_changed_the_board() -> None:
    drawn = board()
    told: list[object] = []
    drawn.follow(told.append)
    drawn.change(added(drawn.sketch, SQUARE, ZoneKind.EXCLUDE), by="form")
    drawn.pick("")
    assert told == ["form", None]

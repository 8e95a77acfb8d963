"""The forms beside the picture: made from the schema, and back to what the schema takes."""

from typing import Any

import pytest

from streetwatch.service.cameras.checking import checked_camera
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.config.checking import Mistake
from streetwatch.service.config.document import Tree
from streetwatch.service.config.ground_schema import CalibrationEntry
from streetwatch.service.config.rule_schema import RuleEntry
from streetwatch.service.console import zone_words
from streetwatch.service.console.attach.form import CameraForm, form_of, pasted
from streetwatch.service.console.drawing.canvas import ground_drawn
from streetwatch.service.console.drawing.ground_form import (
    Measured,
    measured,
    points_of,
    with_point,
)
from streetwatch.service.console.drawing.hours_form import EVERY_DAY, Hours, hours_of, schedule_with
from streetwatch.service.console.drawing.metre_grid import metre_grid, rectangle
from streetwatch.service.console.drawing.rule_form import (
    exemptible,
    heights_read,
    heights_written,
    in_words,
    number_fields,
    rules_set,
    rules_with,
    rules_without,
)
from streetwatch.service.console.drawing.size_guide import size_guide
from streetwatch.zones.calibration import Quad, calibrated
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.zone import ZoneKind

PARKING = ViolationType.ILLEGAL_PARKING_MOTOR
QUAD: Quad = ((0.1, 0.9), (0.9, 0.9), (0.65, 0.45), (0.35, 0.45))
ORIGIN = MapPoint(121.47, 31.23)


# -- rules


def test_every_number_of_a_rule_has_a_field_with_its_default_and_words() -> None:
    fields = {one.key: one for one in number_fields(PARKING)}
    assert set(fields) == set(RuleEntry.model_fields) - {
        "type",
        "schedule",
        "exempt",
        "least_height",
    }
    assert (fields["dwell_s"].default, fields["dwell_s"].low) == (300, 1)
    assert fields["queue_hold_s"].default == 120
    said = {text for one in fields.values() for text in (one.title, one.description)}
    assert said <= zone_words.OF_THE_SCHEMA


@pytest.mark.parametrize("kind", list(ViolationType))
def test_what_may_be_exempt_is_what_a_rule_looks_for_and_has_words(kind: ViolationType) -> None:
    labels = exemptible(kind)
    for label in labels:
        checked_camera(with_rule({"type": str(kind), "exempt": [label]}))
    words = {zone_words.LABEL_WORDS[label] for label in labels}
    assert len(words) == len(labels)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("0.3 0.02; 1 0.15", "", id="two rows"),
        pytest.param("0.3，0.02；1，0.15", "", id="Chinese commas"),
        pytest.param("", "", id="nothing"),
        pytest.param("low", "is no row and height", id="no numbers"),
        pytest.param("0.3", "is no row and height", id="a row without a height"),
        pytest.param("0.3 2", "is no row and height", id="higher than the picture"),
        pytest.param("1 0.1; 0.5 0.1", "is not below", id="from the bottom up"),
    ],
)
def test_least_heights_are_written_as_a_line(text: str, says: str) -> None:
    document = with_rule({"type": str(PARKING), **given("least_height", heights_read(text))})
    if says:
        with pytest.raises(CameraRefusedError, match=says):
            checked_camera(document)
    else:
        checked_camera(document)
        assert heights_read(heights_written(heights_read(text))) == heights_read(text)


def given(key: str, value: Tree) -> dict[str, Tree]:
    return {} if value is None else {key: value}


def with_rule(rule: dict[str, Tree]) -> Any:  # noqa: ANN401 -- a CameraDocument
    area: Tree = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    zones: Tree = [{"id": "road", "polygon": area, "rules": [rule]}]
    return {"id": "kerb", "source": {"kind": "rtsp", "url": "rtsp://10.0.0.5/s"}, "zones": zones}


def test_rules_are_ticked_set_and_taken_out() -> None:
    rules: Any = rules_with([], PARKING)
    rules = rules_set(rules, PARKING, "dwell_s", 60.0)
    assert rules == [{"type": "illegal_parking_motor", "dwell_s": 60.0}]
    assert rules_set(rules, PARKING, "dwell_s", None) == [{"type": "illegal_parking_motor"}]
    assert rules_without(rules, PARKING) == []


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (45, (45, "s")),
        (90, (90, "s")),
        (300, (5, "min")),
        (7200, (2, "h")),
        (86_400, (1, "d")),
        (0.5, (0.5, "s")),
    ],
)
def test_a_duration_is_said_in_the_largest_unit_that_is_exact(
    seconds: float, expected: tuple[float, str]
) -> None:
    assert in_words(seconds) == expected


# -- hours


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        pytest.param(None, (), id="always"),
        pytest.param(
            [{"from": "22:00", "to": "06:00"}],
            (Hours(EVERY_DAY, "22:00", "06:00"),),
            id="every night",
        ),
        pytest.param(
            [{"days": ["mon", "tue"], "from": "07:00", "to": "19:00"}],
            (Hours(frozenset({0, 1}), "07:00", "19:00"),),
            id="two days",
        ),
    ],
)
def test_hours_are_read_and_written_as_the_file_has_them(
    schedule: Tree, hours: tuple[Hours, ...]
) -> None:
    assert hours_of(schedule) == hours
    assert schedule_with(hours) == schedule


def test_days_written_as_a_span_are_ticked_one_by_one() -> None:
    assert hours_of([{"days": "sat-mon", "from": "07:00", "to": "19:00"}])[0].days == {5, 6, 0}


def test_hours_that_end_before_they_begin_are_overnight() -> None:
    assert Hours(start="22:00", end="06:00").is_overnight
    assert not Hours(start="06:00", end="22:00").is_overnight


def test_half_typed_hours_are_told_by_the_schema_and_keep_what_was_typed() -> None:
    rule = {"type": "illegal_parking_motor", "schedule": schedule_with([Hours(start="7")])}
    says = mistakes_of(zone(rules=[rule]))
    assert ("zones", 0, "rules", 0, "schedule", 0, "from") in [one.location for one in says]


# -- the ground


def test_a_measured_rectangle_is_a_calibration_that_the_file_takes() -> None:
    tree: Tree = {"image": [list(point) for point in QUAD]}
    tree = measured(tree, Measured(7, 20, 30, ORIGIN.lon, ORIGIN.lat))
    entry = CalibrationEntry.model_validate(tree)
    east, north = entry.calibration().metres(QUAD[1]) or (0.0, 0.0)
    assert (east**2 + north**2) ** 0.5 == pytest.approx(7, abs=0.02)


@pytest.mark.parametrize("heading", [0, 90, 200])
def test_a_rectangle_lies_clockwise_where_the_picture_does(heading: float) -> None:
    ground = tuple(ORIGIN.moved(corner) for corner in rectangle(7, 20, heading))
    assert calibrated(QUAD, ground).metres(QUAD[2]) is not None


def test_one_number_of_the_ground_can_be_corrected() -> None:
    tree = with_point({"image": [], "metres": [[0, 0], [7, 0], [7, 20], [0, 20]]}, 2, 1, 21.0)
    assert points_of(tree) == ("metres", [[0, 0], [7, 0], [7, 21.0], [0, 20]])


def test_degrees_stay_degrees_when_one_is_corrected() -> None:
    tree = with_point({"image": [], "ground": [[121.0, 31.0]] * 4}, 0, 0, 121.1)
    assert points_of(tree)[0] == "ground"


def test_the_grid_runs_along_the_first_side_at_whole_steps() -> None:
    corners = rectangle(6, 20, 0)
    found = calibrated(QUAD, tuple(ORIGIN.moved(corner) for corner in corners))
    grid = metre_grid(found, QUAD)
    assert grid.step_m == 2
    near = [(a, b) for a, b in grid.lines if abs(a[1] - 0.9) < 1e-6 and abs(b[1] - 0.9) < 1e-6]
    assert len(near) == 1, "the near side is a line of the grid"


def test_a_car_is_wider_the_nearer_it_stands() -> None:
    found = calibrated(QUAD, tuple(ORIGIN.moved(corner) for corner in rectangle(7, 20, 0)))
    rows = size_guide(found, (1280, 720), least_px=40)
    widths = [row.width for row in rows]
    assert widths == sorted(widths)
    assert not rows[0].is_enough
    assert rows[-1].is_enough


def test_an_unfinished_calibration_shows_its_points_and_no_grid() -> None:
    drawn = ground_drawn({"image": [list(point) for point in QUAD]}, (1280, 720), least_px=40)
    assert drawn["ground"] == [list(point) for point in QUAD]
    assert drawn["grid"] == []


# -- words


def test_every_kind_of_zone_has_a_name_and_a_hint() -> None:
    assert set(zone_words.KINDS) == set(zone_words.KIND_HINTS) == set(ZoneKind)


def zone(**changed: Tree) -> Tree:
    return {
        "id": "kerb",
        "polygon": [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6]],
        "rules": [{"type": "illegal_parking_motor"}],
        **changed,
    }


def mistakes_of(*zones: Tree, calibration: Tree = None) -> tuple[Mistake, ...]:
    document: dict[str, Tree] = {
        "id": "kerb",
        "source": {"kind": "rtsp", "url": "rtsp://10.0.0.5/a"},
        "zones": list(zones),
    }
    if calibration is not None:
        document["calibration"] = calibration
    with pytest.raises(CameraRefusedError) as refused:
        checked_camera(document)
    return refused.value.mistakes


def rule(**changed: Tree) -> Tree:
    return zone(rules=[{"type": "illegal_parking_motor", **changed}])


def hours(**changed: Tree) -> Tree:
    return rule(schedule=[{"from": "07:00", "to": "19:00", **changed}])


IMAGE: Tree = [list(point) for point in QUAD]
HERE: Tree = {"lon": 121.47, "lat": 31.23}


@pytest.mark.parametrize(
    ("zones", "calibration"),
    [
        pytest.param([zone(id="Kerb 1")], None, id="id"),
        pytest.param([zone(), zone()], None, id="id twice"),
        pytest.param(
            [zone(polygon=[[0.2, 0.2], [0.6, 0.6], [0.6, 0.2], [0.2, 0.6]])], None, id="crossing"
        ),
        pytest.param([zone(polygon=[[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]])], None, id="a line"),
        pytest.param([zone(rules=[])], None, id="no rules"),
        pytest.param([rule(dwell_s=0)], None, id="too little"),
        pytest.param([rule(presence_ratio=2.0)], None, id="too much"),
        pytest.param([hours(**{"from": "7"})], None, id="half a time"),
        pytest.param([hours(to="07:00")], None, id="no length"),
        pytest.param([hours(days=[])], None, id="no day"),
        pytest.param([zone()], {"image": IMAGE}, id="not measured"),
        pytest.param(
            [zone()], {"image": IMAGE, "metres": [[0, 0], [7, 0], [7, 20], [0, 20]]}, id="no origin"
        ),
        pytest.param(
            [zone()],
            {"image": IMAGE, "metres": [[0, 0], [0, 20], [7, 20], [7, 0]], "origin": HERE},
            id="mirrored",
        ),
        pytest.param(
            [zone()],
            {"image": IMAGE, "metres": [[0, 0], [7, 0], [14, 0], [0, 20]], "origin": HERE},
            id="three on a line",
        ),
    ],
)
def test_what_the_schema_refuses_has_chinese_words(zones: list[Tree], calibration: Tree) -> None:
    for mistake in mistakes_of(*zones, calibration=calibration):
        words, fields = zone_words.words_of(mistake)
        assert zone_words.is_known(words), f"{mistake.says} {fields}"


# -- an address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "rtsp://admin:p%40ss@10.0.0.5/ch1",
            ("rtsp://10.0.0.5/ch1", "admin", "p@ss"),
            id="the account goes to its fields",
        ),
        pytest.param(
            " rtsp://10.0.0.5/ch1 ", ("rtsp://10.0.0.5/ch1", "me", "old"), id="without an account"
        ),
        pytest.param(
            "rtsp://admin:***@10.0.0.5/ch1",
            ("rtsp://admin:***@10.0.0.5/ch1", "me", "old"),
            id="a hidden password stays hidden",
        ),
    ],
)
def test_a_pasted_password_goes_where_it_is_not_read(
    url: str, expected: tuple[str, str, str]
) -> None:
    form = pasted(CameraForm(user="me", password="old"), url)  # noqa: S106 -- no secret
    assert (form.url, form.user, form.password) == expected


def test_a_form_never_prints_its_password() -> None:
    assert "s3cret" not in repr(CameraForm(user="a", password="s3cret"))  # noqa: S106 -- no secret


def test_a_filled_in_form_is_a_camera_that_the_file_takes() -> None:
    form = CameraForm("rtsp://10.0.0.5/a", "admin", "x", name="人民路东口", lon=121.47, lat=31.23)
    document = form.document(taken=["camera-1"])
    assert document["id"] == "camera-2"
    assert checked_camera(document).place is not None
    assert form_of(document).lon == 121.47


def test_a_form_keeps_what_it_does_not_show() -> None:
    kept: dict[str, Tree] = {"kind": "rtsp", "url": "rtsp://h/stream1", "sub_stream": True}
    assert form_of({"id": "a", "source": kept}).document()["source"] == kept


@pytest.mark.parametrize(
    ("url", "kind"),
    [("rtsps://h/a", "rtsp"), ("https://h/a.m3u8", "http"), ("nonsense", "rtsp")],
)
def test_the_kind_of_a_source_follows_from_its_address(url: str, kind: str) -> None:
    source = CameraForm(url).document()["source"]
    assert isinstance(source, dict)
    assert source["kind"] == kind

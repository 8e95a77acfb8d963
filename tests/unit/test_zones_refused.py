"""What is wrong in a camera's zones and rules is told in one line that says how to mend it."""

from pathlib import Path

import pytest

from camera_files import (
    assert_told,
    camera,
    rule,
    window,
    zone,
)


@pytest.mark.parametrize(
    ("text", "line", "what", "instead"),
    [
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [1, 1]], kind: exclude}]"),
            4,
            "at least 3 corners, this one has 2",
            "write",
            id="two corners",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [1, 1], [1, 0], [0, 1]], kind: exclude}]"),
            4,
            "crosses or touches itself",
            "in order",
            id="a bow tie",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [640, 0], [640, 360]], kind: exclude}]"),
            4,
            "[640, 0] leaves the picture",
            "0..1",
            id="pixels",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [1, 0, 1], [1, 1]], kind: exclude}]"),
            4,
            "polygon[1] is no corner",
            "[x, y]",
            id="three numbers a corner",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [.nan, 0], [1, 1]], kind: exclude}]"),
            4,
            "is not a number",
            "write polygon",
            id="not a number as a corner",
        ),
        pytest.param(zone("kind: forbidden"), 4, '"forbidden"', "privacy_mask", id="a bad kind"),
        pytest.param(
            zone("kind: prohibited"), 4, "without rules", "illegal_parking_motor", id="no rules"
        ),
        pytest.param(
            zone("kind: exclude, rules: [{type: street_vending}]"),
            4,
            "only in a prohibited zone",
            "take them out",
            id="rules where none apply",
        ),
        pytest.param(
            zone('rules: [{type: street_vending}], schedule: [{from: "18:00", to: "22:30"}]'),
            4,
            "goes with kind: permitted only",
            "a rule has hours of its own",
            id="hours of a prohibited zone",
        ),
        pytest.param(
            zone("rules: [{type: parking}]"),
            4,
            '"parking"',
            "illegal_parking_motor or illegal_parking_nonmotor",
            id="an unknown type",
        ),
        pytest.param(
            zone("rules: [{type: street_vending}, {type: street_vending}]"),
            4,
            "rules[1].type",
            "its own type",
            id="a type twice",
        ),
        pytest.param(rule("dwell_s: -5"), 4, "dwell_s (-5)", "from 1 to 604800", id="negative"),
        pytest.param(
            rule("dwell_s: 1000000000"), 4, "out of bounds", "from 1 to 604800", id="absurd"
        ),
        pytest.param(rule("dwell_s: sixty"), 4, "not a number", "write dwell_s: 300", id="a word"),
        pytest.param(rule('dwell_s: "60"'), 4, "not a number", "dwell_s: 300", id="quoted number"),
        pytest.param(rule("dwell_s: true"), 4, "not a number", "dwell_s: 300", id="a switch"),
        pytest.param(rule("dwell_s: 1:00"), 4, "not a number", "dwell_s: 300", id="base sixty"),
        pytest.param(rule("dwell_s: .inf"), 4, "not a number", "dwell_s: 300", id="infinite"),
        pytest.param(rule("dwell_s: "), 4, "(nothing)", "dwell_s: 300", id="nothing behind a key"),
        pytest.param(rule("presence_ratio: 80"), 4, "(80)", "from 0 to 1", id="per cent"),
        pytest.param(rule("schedule: []"), 4, "no window", "leave the key out", id="no window"),
        pytest.param(
            window('days: mon-fry, from: "07:00", to: "19:00"'),
            4,
            '"mon-fry"',
            '"mon-fri"',
            id="day",
        ),
        pytest.param(
            window('days: weekdays, from: "07:00", to: "19:00"'), 4, "weekdays", "mon,", id="a word"
        ),
        pytest.param(
            window('days: [], from: "07:00", to: "19:00"'), 4, "no weekdays", "mon,", id="no day"
        ),
        pytest.param(
            window('days: 1-5, from: "07:00", to: "19:00"'), 4, "weekdays", "mon,", id="numbers"
        ),
        pytest.param(
            window('from: 19:00, to: "23:00"'), 4, "has no quotes", '"HH:MM"', id="from unquoted"
        ),
        pytest.param(
            window('from: "07:00", to: 08:30'), 4, "has no quotes", '"HH:MM"', id="to unquoted"
        ),
        pytest.param(
            window('from: "25:00", to: "06:00"'),
            4,
            '"25:00"',
            '"00:00" to "24:00"',
            id="25 o'clock",
        ),
        pytest.param(window('from: "22:00", to: "6"'), 4, '"6"', '"HH:MM"', id="only the hour"),
        pytest.param(window('from: "7:00", to: "19:00"'), 4, '"7:00"', '"HH:MM"', id="one digit"),
        pytest.param(window('from: 7, to: "19:00"'), 4, "(7) is no time", '"HH:MM"', id="a number"),
        pytest.param(
            window('from: "07:00", to: "07:00"'), 4, "same time", '"00:00" to "24:00"', id="no span"
        ),
        pytest.param(
            window('from: "24:00", to: "06:00"'), 4, "day is over", 'write "00:00"', id="from 24:00"
        ),
        pytest.param(window('from: "07:00"'), 4, "to is missing", 'to: "19:00"', id="no end"),
        pytest.param(
            window('dates: ["2026-02-30"], from: "07:00", to: "19:00"'),
            4,
            "is no date",
            "YYYY-MM-DD",
            id="a day that no month has",
        ),
        pytest.param(
            window('dates: "1 October", from: "07:00", to: "19:00"'),
            4,
            "is no date",
            "YYYY-MM-DD",
            id="a date in words",
        ),
        pytest.param(
            window('dates: ["2026-10-01"], days: mon, from: "07:00", to: "19:00"'),
            4,
            "goes without days",
            "write one of them",
            id="dates and days",
        ),
        pytest.param(
            rule("exempt: [bicycle]"),
            4,
            "(bicycle) is not looked for",
            "write bus, car, truck",
            id="exempt of another type",
        ),
        pytest.param(
            rule("exempt: [bus, car, truck]"),
            4,
            "leaves nothing to look for",
            "take the rule out",
            id="everything exempt",
        ),
        pytest.param(
            rule("least_height: [[0.3, 0.02, 1]]"),
            4,
            "is no row and height",
            "[row, height], each 0..1",
            id="three numbers for a row",
        ),
        pytest.param(
            rule("least_height: [[0.3, 20]]"),
            4,
            "is no row and height",
            "each 0..1",
            id="a height in pixels",
        ),
        pytest.param(
            rule("least_height: [[0.9, 0.1], [0.3, 0.02]]"),
            4,
            "is not below the row before it",
            "the rows from the top down",
            id="rows from the bottom up",
        ),
        pytest.param(rule("group_size: 0"), 4, "group_size (0)", "1", id="a group of none"),
        pytest.param(rule("group_size: 2.5"), 4, "group_size", "write", id="half a bicycle"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_what_to_write_instead(
    tmp_path: Path, text: str, line: int, what: str, instead: str
) -> None:
    assert_told(tmp_path, text, line, what, instead)

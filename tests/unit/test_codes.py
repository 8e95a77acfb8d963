"""Profiles of codes: those that are shipped, and how a city's own is read."""

from pathlib import Path

import pytest

from streetwatch.service.config.errors import CodesFileError
from streetwatch.service.desk.deadlines import ClockKind, Limit
from streetwatch.service.desk.profile import Code, Kind, Stage, Urgency
from streetwatch.service.desk.profile_file import DEFAULT_PROFILE, load_profile, shipped_profiles
from streetwatch.zones.rules import ViolationType

NEWEST, BEFORE, OLDEST = "GB/T 47678.5-2026", "GB/T 30428.2-2013", "CJ/T 214"


def written(folder: Path, text: str) -> str:
    path = folder / "city.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_knows_what_the_rules_file(name: str) -> None:
    assert set(load_profile(name).types) >= set(ViolationType)


@pytest.mark.parametrize(
    ("profile", "type_", "code"),
    [
        pytest.param("gbt-47678.5-2026", "street_vending", (NEWEST, "09006"), id="newest vending"),
        pytest.param("gbt-47678.5-2026", "bin_overflow", (NEWEST, "06042"), id="newest overflow"),
        pytest.param("gbt-30428.2-2013", "exposed_garbage", (BEFORE, "01-10"), id="2013 garbage"),
        pytest.param("gbt-30428.2-2013", "bin_overflow", None, id="2013 has no overflow"),
        pytest.param("cjt-214", "illegal_parking_motor", (OLDEST, "05-05"), id="oldest parking"),
        pytest.param("cjt-214", "street_vending", None, id="oldest has no vending"),
        pytest.param("default", "exposed_garbage", (NEWEST, "06010"), id="default garbage"),
        pytest.param("yuncheng", "shared_bike_disorder", (BEFORE, "04-93"), id="a city's 9x code"),
    ],
)
def test_a_type_has_the_code_of_its_standard(
    profile: str, type_: str, code: tuple[str, str] | None
) -> None:
    wanted = Code(code[0], Kind.MATTER, code[1]) if code else None
    assert load_profile(profile).types[type_].code == wanted


def test_a_city_adds_renames_and_disables(tmp_path: Path) -> None:
    city = load_profile(
        written(
            tmp_path,
            """
extends: default
types:
  illegal_parking_motor: {enabled: false}
  exposed_garbage: {zh: 暴露生活垃圾, urgency: urgent, deadlines: {accept: {urgent_hour: 1}}}
  street_vending: {code: null, deadlines: {handle: null}}
  stray_dogs: {code: "06091", zh: 流浪犬, en: stray dogs}
""",
        )
    )
    default = load_profile(DEFAULT_PROFILE)
    garbage = city.types["exposed_garbage"]
    assert (city.name, city.standard) == ("city", default.standard)
    assert not city.types["illegal_parking_motor"].enabled
    assert (garbage.zh, garbage.en, garbage.urgency) == (
        "暴露生活垃圾",
        "exposed garbage",
        Urgency.URGENT,
    )
    assert dict(garbage.limits) == {
        Stage.ACCEPT: Limit(ClockKind.URGENT_HOUR, 1),
        Stage.HANDLE: Limit(ClockKind.WORK_HOUR, 4),
    }
    assert city.types["street_vending"].code is None
    assert dict(city.types["street_vending"].limits) == {}
    assert city.types["stray_dogs"].code == Code(default.standard, Kind.MATTER, "06091")
    assert city.types["dirty_road"] == default.types["dirty_road"]


def test_a_profile_extends_another_file_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "province.yaml").write_text("{extends: cjt-214, types: {}}", encoding="utf-8")
    city = load_profile(written(tmp_path, "{extends: province.yaml, types: {}}"))
    assert city.standard == OLDEST


WRONG = {
    "unknown key": ("types:\n  x: {cod: 1}", ":3: types.x.cod is an unknown key: write code"),
    "a code without quotes": (
        "types:\n  exposed_garbage: {code: 6010}",
        ":3: types.exposed_garbage.code (6010) is not text, which wants quotes here",
    ),
    "no code": (
        'types:\n  exposed_garbage: {code: "6-1"}',
        ':3: types.exposed_garbage.code ("6-1") is no code: write it in quotes',
    ),
    "no name": ("types:\n  x: {en: x}", ":3: types.x.zh is missing: write zh: 暴露垃圾"),
    "no type": ("types:\n  Stray Dogs: {zh: 犬, en: dogs}", ":3: types.Stray Dogs is no type"),
    "a code twice": (
        'types:\n  x: {code: "06010", zh: x, en: x}',
        ':3: types.x.code ("06010") is the code of exposed_garbage already',
    ),
    "two clocks": (
        "types:\n  exposed_garbage:\n    deadlines:\n      accept: {work_hour: 1, work_day: 1}",
        ":5: types.exposed_garbage.deadlines.accept is no time limit: write one of urgent_hour",
    ),
    "no time": (
        "types:\n  exposed_garbage: {deadlines: {handle: {work_hour: 0}}}",
        "work_hour (0) is out of bounds: write a number above 0 to 10000",
    ),
    "no urgency": (
        "types:\n  exposed_garbage: {urgency: very}",
        'urgency ("very") is unknown: write ordinary or urgent',
    ),
    "no types": ("types: [x]", ":2: types is not made of key: value pairs"),
}


@pytest.mark.parametrize(("text", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_in_a_profile_is_told_with_its_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = written(tmp_path, f"extends: default\n{text}")
    with pytest.raises(CodesFileError) as refusal:
        load_profile(path)
    assert any(line.startswith(f"{path}:") and problem in line for line in refusal.value.problems)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("{extends: nowhere, types: {}}", ":1: extends nowhere: no such", id="a name"),
        pytest.param(
            "{extends: no.yaml, types: {}}", ":1: extends .*no.yaml: no such", id="a file"
        ),
        pytest.param("{extends: city.yaml, types: {}}", ":1: extends too many", id="itself"),
        pytest.param("types: {}", ":1: standard is missing", id="nothing, and no standard"),
    ],
)
def test_what_a_profile_can_not_extend_is_told_with_its_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(CodesFileError, match=rf"city\.yaml{problem}"):
        load_profile(written(tmp_path, text))


def test_an_unknown_profile_is_told_with_the_names_there_are() -> None:
    with pytest.raises(CodesFileError, match=r"nowhere: no such profile .*default, .*yuncheng"):
        load_profile("nowhere")

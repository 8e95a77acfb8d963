"""What a soak draws, and how it judges: values in, values out."""

from dataclasses import replace
from datetime import datetime

import pytest

from streetwatch.benchmarks.events import Event
from streetwatch.benchmarks.soak.growth import Sample, grown, slope
from streetwatch.benchmarks.soak.plan import LEAST_S, MOST_S, QUIET_S, Spell, spells
from streetwatch.benchmarks.soak.process import overloads
from streetwatch.benchmarks.soak.report import SoakReport
from streetwatch.benchmarks.soak.truth import (
    FREE_S,
    CasesVerdict,
    Gap,
    gaps_outside,
    judged,
    occurrences,
    recoveries,
)
from streetwatch.datasets.fake_trouble import Trouble

CAR = Event("cam-0", "carriageway", "illegal_parking_motor", 6.0, 110.0, 26.0)
LOOKS = [float(at) for at in range(0, 600, 2)]


def test_the_same_seed_draws_the_same_troubles_and_another_others() -> None:
    names = ["cam-0", "cam-1"]
    assert spells(names, 3600, seed=1) == spells(names, 3600, seed=1)
    assert spells(names, 3600, seed=1) != spells(names, 3600, seed=2)


def test_troubles_of_one_camera_follow_each_other_inside_the_soak() -> None:
    drawn = spells(["cam-0"], 7200, seed=3)
    assert len(drawn) > 10
    assert {one.trouble for one in drawn} <= set(Trouble)
    at = QUIET_S
    for one in drawn:
        assert one.begin_s >= at
        assert LEAST_S <= one.end_s - one.begin_s <= MOST_S
        at = one.end_s
    assert at <= 7200 - QUIET_S


def test_a_film_shows_its_event_again_in_each_lap() -> None:
    found = list(occurrences(CAR, began_at=1000.0, elapsed_s=32.0, length_s=132.0, until=1300.0))
    assert [one.violation_at for one in found] == [994.0, 1126.0, 1258.0]
    assert [one.free_from for one in found] == [1000.0, 1078.0, 1210.0]


def test_after_a_rest_a_place_must_have_been_seen_free_for_a_while_not_since_the_last_lap() -> None:
    found = list(occurrences(CAR, began_at=0.0, elapsed_s=0.0, length_s=1868.0, until=2000.0))
    assert [one.free_from for one in found] == [0.0, 1868.0 + CAR.start - FREE_S]


def a_case(violation_at: float, **other: str) -> Event:
    kind = {"camera": "cam-0", "zone": CAR.zone, "type": CAR.type} | other
    return Event(kind["camera"], kind["zone"], kind["type"], 0.0, 0.0, violation_at)


WHOLE = [a_case(27.0), a_case(159.0), a_case(291.0), a_case(423.0)]


@pytest.mark.parametrize(
    ("filed", "verdict"),
    [
        pytest.param(WHOLE, CasesVerdict(4, 4, 0, 0, 0), id="each once"),
        pytest.param(WHOLE[:2], CasesVerdict(4, 2, 2, 0, 0), id="two missed"),
        pytest.param([*WHOLE, a_case(170.0)], CasesVerdict(4, 5, 0, 1, 0), id="one twice"),
        pytest.param([*WHOLE, a_case(260.0)], CasesVerdict(4, 5, 0, 0, 1), id="nothing was there"),
        pytest.param(
            [*WHOLE, a_case(27.0, zone="pavement")], CasesVerdict(4, 5, 0, 0, 1), id="elsewhere"
        ),
    ],
)
def test_cases_are_judged_by_the_film(filed: list[Event], verdict: CasesVerdict) -> None:
    laps = occurrences(CAR, began_at=-1.0, elapsed_s=-1.0, length_s=132.0, until=500.0)
    assert judged(laps, filed, {"cam-0": LOOKS}, until=500.0) == verdict


def test_what_a_camera_did_not_look_at_is_not_expected_of_it() -> None:
    looks = [at for at in LOOKS if not 150 < at < 165]
    laps = occurrences(CAR, began_at=-1.0, elapsed_s=-1.0, length_s=132.0, until=500.0)
    found = judged(laps, [WHOLE[0], *WHOLE[2:]], {"cam-0": looks}, until=500.0)
    assert found == CasesVerdict(3, 3, 0, 0, 0)


def test_looks_that_are_late_count_where_the_camera_was_well() -> None:
    looks = [0.0, 4.0, 8.0, 30.0, 34.0, 50.0, 54.0]
    ill = [Spell("cam-0", Trouble.HANGS, 9.0, 20.0)]
    gaps = gaps_outside("cam-0", looks, ill, began_at=0.0)
    assert [one.seconds for one in gaps] == [4.0, 4.0, 4.0, 16.0, 4.0]
    assert [str(one) for one in gaps if one.is_late] == ["cam-0 16.0 s from 34 s on"]
    assert recoveries(looks, ill, began_at=0.0) == [10.0]


def samples(mib_per_h: float, *, minutes: int, threads: int = 20) -> tuple[Sample, ...]:
    return tuple(
        Sample(at, 400 + mib_per_h * at / 3600 + (at // 5) % 3, threads, 40)
        for at in range(0, minutes * 60, 5)
    )


@pytest.mark.parametrize("mib_per_h", [0.0, 30.0])
def test_the_slope_of_memory_comes_with_its_interval(mib_per_h: float) -> None:
    found = slope(samples(mib_per_h, minutes=40))
    assert found is not None
    assert found.low - 0.01 <= mib_per_h <= found.high + 0.01
    assert found.of(cameras=5).mib_per_h == pytest.approx(2 * found.mib_per_h)


def test_too_short_a_soak_has_no_slope() -> None:
    assert slope(samples(0.0, minutes=13)) is None


def test_memory_that_is_taken_and_given_back_is_no_growth() -> None:
    busy = tuple(
        replace(one, rss_mib=one.rss_mib + 80) if one.at % 60 > 20 and one.at > 1800 else one
        for one in samples(0.0, minutes=40)
    )
    found = slope(busy)
    assert found is not None
    assert found.high < 1.0


def test_what_grows_is_told_by_its_last_third() -> None:
    assert grown([10, 11, 10, 10, 12, 11, 30, 31, 30]) == 20
    assert grown([]) == 0


def a_report(**changes: object) -> SoakReport:
    known: dict[str, object] = {
        "cameras": 4,
        "seconds": 1800.0,
        "seed": 1,
        "troubles": {Trouble.HANGS: 2},
        "samples": samples(0.0, minutes=30),
        "gaps": (Gap("cam-0", 60.0, 4.0),),
        "recovered_s": (1.0, 3.0),
        "cases": CasesVerdict(4, 4, 0, 0, 0),
        "unready": 0,
        "overloaded": (),
        "replaced": 0,
        "tracebacks": 0,
        "findings": (),
        "ended_well": True,
    }
    return SoakReport(**(known | changes))  # type: ignore[arg-type]


LATE = (Gap("cam-0", 60.0, 14.0),)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({}, "", id="all is well"),
        pytest.param({"samples": samples(40.0, minutes=30)}, "memory grows", id="a leak"),
        pytest.param({"gaps": LATE}, "went without looks", id="late looks"),
        pytest.param(
            {"gaps": LATE, "overloaded": ((50.0, 90.0),)}, "", id="late, and the service says why"
        ),
        pytest.param({"cases": CasesVerdict(4, 5, 0, 1, 0)}, "filed twice", id="a case twice"),
        pytest.param({"findings": ("file_missing: a",)}, "do not agree", id="a lost file"),
        pytest.param({"ended_well": False}, "did not end", id="it did not end"),
        pytest.param({"tracebacks": 1}, "tracebacks", id="a traceback"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, object], wrong: str) -> None:
    said = a_report(**changes).wrong()
    assert len(said) == bool(wrong)
    assert wrong in "".join(said)


def an_event(event: str, at: str) -> dict[str, str]:
    return {"event": event, "timestamp": f"2026-11-26T10:{at}"}


def test_when_the_machine_was_too_slow_is_read_off_the_log() -> None:
    said = [
        an_event("detector.overloaded", "00:10"),
        an_event("capture.live", "00:12"),
        an_event("detector.keeps_up", "00:40"),
        an_event("detector.overloaded", "02:00"),
    ]
    zero = datetime.fromisoformat("2026-11-26T10:00:00").timestamp()
    assert overloads(said, began_at=zero, until=zero + 180) == ((10.0, 40.0), (120.0, 180.0))

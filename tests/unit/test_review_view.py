"""What the review page shows and how a session goes, without a browser."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filed import NOON, a_message, an_incident, evidence
from streetwatch.service.console.review.files import files_of
from streetwatch.service.console.review.filters import Chosen
from streetwatch.service.console.review.reel import Files, NoClip, Reel, reel_of
from streetwatch.service.console.review.session import AHEAD, PACE_S, Session, pace
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.review.question import Order, Question
from streetwatch.service.desk.review.verdict import Judgement
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.track_file import track_json
from streetwatch.service.incidents.case import Attachment
from streetwatch.service.incidents.track import begun
from streetwatch.zones.moment import utc
from streetwatch.zones.stay import Stay

CONFIRMED = Judgement.CONFIRMED

STILLS = ("first_seen.jpg", "threshold.jpg", "latest.jpg")
CLIP = Attachment("clip.mp4", "clip", "video/mp4", "ab" * 32, NOON - 5)
MANIFEST = {"zone": {"polygon": [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]}}


def case(*more: Attachment, stills: tuple[str, ...] = STILLS) -> dict[str, Any]:
    files = (*(evidence(name) for name in stills), *more)
    told = case_json(a_message(an_incident(), files=files).case)
    return told | {"number": "SW-1", "reported_at": utc(NOON)}


def found(document: dict[str, Any], **more: Any) -> Files:  # noqa: ANN401 -- any field
    return Files(present=frozenset(one["url"] for one in document["evidence"]), **more)


def test_a_reel_has_the_clip_the_stills_and_the_zone() -> None:
    document = case(CLIP)
    reel = reel_of(document, found(document, manifest=MANIFEST))
    assert reel.clip == f"/evidence/{'a' * 26}/clip.mp4"
    assert (reel.clip_at, reel.no_clip) == (NOON - 5, None)
    assert [one.role for one in reel.stills if one.url] == ["first", "threshold", "latest"]
    assert reel.zone == ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))
    assert (reel.since, reel.until, reel.violation_at) == (NOON - 60, NOON, NOON)


@pytest.mark.parametrize(
    ("more", "manifest", "present", "why"),
    [
        pytest.param((), None, True, NoClip.NOT_YET, id="its time has not run"),
        pytest.param((), MANIFEST, True, NoClip.NEVER, id="its camera keeps none"),
        pytest.param((CLIP,), MANIFEST, False, NoClip.GONE, id="its file is gone"),
    ],
)
def test_a_case_without_a_clip_says_why(
    more: tuple[Attachment, ...], manifest: dict[str, Any] | None, *, present: bool, why: NoClip
) -> None:
    document = case(*more)
    files = found(document, manifest=manifest) if present else Files(manifest=manifest)
    reel = reel_of(document, files)
    assert (reel.clip, reel.no_clip) == (None, why)
    assert [one.url is not None for one in reel.stills] == [present] * 3


def test_another_still_stands_in_for_one_that_was_never_made() -> None:
    document = case(stills=("warned.jpg", "picture.jpg", "cleared.jpg"))
    urls = [one.url for one in reel_of(document, found(document)).stills]
    assert [url and url.rpartition("/")[2] for url in urls] == [
        "warned.jpg",
        "picture.jpg",
        "cleared.jpg",
    ]


def test_boxes_are_shares_of_the_picture_that_they_were_seen_in() -> None:
    stay = Stay("z", "t", (64, 36, 128, 72), (64, 36, 128, 72), 0.8, 1, NOON, NOON)
    document = case()
    track = json.loads(track_json(begun(stay), (640, 360)))
    assert reel_of(document, found(document, track=track)).boxes == ((NOON, 0.1, 0.1, 0.2, 0.2),)
    later = track | {"format": "streetwatch-track/9"}
    assert reel_of(document, found(document, track=later)).boxes == ()
    last = reel_of(document, found(document, size=(1010, 1000))).boxes
    assert last == ((NOON - 60, 0.1, 0.1, 201 / 1010, 0.18),)


def test_a_case_that_no_camera_saw_has_a_reel_too() -> None:
    document = {"number": "SW-1", "type": "unclassified", "reported_at": utc(NOON), "evidence": []}
    reel = reel_of(document, Files())
    assert (reel.since, reel.until, reel.boxes, reel.zone) == (NOON, NOON, (), ())


def test_files_that_are_gone_or_broken_are_not_there(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    folder.write("a" * 26, "threshold.jpg", b"no picture")
    folder.write("a" * 26, "manifest.json", b"{not json")
    manifest = Attachment("manifest.json", "manifest", "application/json", "ab" * 32, NOON)
    document = case(manifest)
    document["evidence"][1]["url"] = "https://elsewhere.example/a.jpg"
    document["evidence"].append({**document["evidence"][0], "url": "/evidence/../secret"})
    files = files_of(document, folder, cameras=())
    assert {url.rpartition("/")[2] for url in files.present} == {"a.jpg", "manifest.json"}
    assert (files.manifest, files.size, files.track) == (None, None, None)


def session(line: str = "abc", **changes: Any) -> Session:  # noqa: ANN401 -- any field
    return replace(Session(tuple(line)), **changes)


def test_a_verdict_brings_the_next_case() -> None:
    after = session().judged("a", CONFIRMED, NOON)
    assert (after.current, after.line) == ("b", ("b", "c"))
    assert after.wanted == 1 + AHEAD - 2
    assert after.joined(["c", "d"]).line == ("b", "c", "d")


def test_what_was_passed_over_can_be_gone_back_to() -> None:
    after = session().next().next()
    assert (after.current, after.passed) == ("c", ("a", "b"))
    assert after.previous().line == ("b", "c")
    assert session().previous() == session()
    assert set(after.skip) == {"a", "b", "c"}


def test_a_verdict_that_was_taken_back_brings_its_case_back() -> None:
    after = session().judged("a", CONFIRMED, NOON).judged("b", CONFIRMED, NOON + 1).undone()
    assert (after.current, after.given[-1].number) == ("b", "a")
    assert session().undone() == session()


def test_another_question_begins_anew_and_keeps_what_was_done() -> None:
    after = session().next().judged("b", CONFIRMED, NOON).afresh()
    assert (after.line, after.passed, len(after.given)) == ((), (), 1)


@given(st.lists(st.sampled_from(["next", "previous", "judge", "undo", "join", "open"])))
def test_no_case_is_in_two_places_and_the_line_stays_short(steps: list[str]) -> None:
    at = session("")
    for number, step in enumerate(steps):
        match step:
            case "next":
                at = at.next()
            case "previous":
                at = at.previous()
            case "judge" if at.current:
                at = at.judged(at.current, CONFIRMED, NOON + number)
            case "undo":
                at = at.undone()
            case "join":
                at = at.joined([f"n{number + k}x{k}" for k in range(at.wanted)])
            case "open":
                at = at.opened(f"o{number}")
            case _:
                continue
        assert len(set(at.line)) == len(at.line) <= 1 + AHEAD
        assert not set(at.line) & set(at.passed)
        assert not set(at.line) & {one.number for one in at.given}


@pytest.mark.parametrize(
    ("moments", "an_hour"),
    [
        pytest.param([], None, id="none"),
        pytest.param([0.0], None, id="one says nothing"),
        pytest.param([0.0, 36.0], 100.0, id="two"),
        pytest.param([-PACE_S, 0.0, 36.0], 100.0, id="of a while ago does not count"),
        pytest.param([36.0, 36.0], None, id="many at once say nothing"),
    ],
)
def test_the_pace_is_of_the_latest_verdicts(moments: list[float], an_hour: float | None) -> None:
    assert pace(moments, 40.0) == an_hour


@pytest.mark.parametrize(
    ("chosen", "question"),
    [
        pytest.param(Chosen(), Question(), id="nothing"),
        pytest.param(
            Chosen(types=["x"], cameras=["kerb"], grid=" 3101 ", order="oldest"),
            Question(Filter(types=("x",), cameras=("kerb",), grids=("3101",)), order=Order.OLDEST),
            id="type, camera, grid and order",
        ),
        pytest.param(
            Chosen(whose="mine", period_s=60.0),
            Question(Filter(assignees=("li",), since=NOON - 60)),
            id="mine, of the last minute",
        ),
        pytest.param(
            Chosen(whose="unsure", least=0.2, most=0.6),
            Question(least=0.2, most=0.6, is_unsure=True),
            id="unsure, and how sure the model is",
        ),
    ],
)
def test_what_is_chosen_is_what_is_asked_for(chosen: Chosen, question: Question) -> None:
    assert chosen.question("li", NOON) == question


def test_a_reel_goes_to_the_browser_as_it_is() -> None:
    props = reel_of(case(CLIP), Files()).props()
    assert set(props) == set(Reel.__dataclass_fields__)

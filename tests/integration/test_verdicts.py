"""From the desk to new training pictures: what people judged teaches the model."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from filed import NOON, a_message, an_incident
from streetwatch.datasets.learning import learn_from
from streetwatch.datasets.sources import sources
from streetwatch.datasets.yolo_folder import read_folder
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.open311.submission import Submission
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.verdicts import write_verdicts
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.originals import Originals
from streetwatch.service.store.sql_store import open_store


class Desk:
    """The book and the evidence of a service, filled by hand."""

    def __init__(self, folder: Path) -> None:
        self.store = open_store(f"sqlite:///{folder / 'streetwatch.db'}")
        self.book = Book(self.store.engine)
        self.evidence = EvidenceFolder(folder / "evidence")

    def file(self, name: str, type_: str, *moves: dict[str, Any]) -> None:
        incident = an_incident(id=name * 26, type=type_, bbox=(300.0, 200.0, 400.0, 280.0))
        report = Report.model_validate_json(json.dumps(case_json(a_message(incident).case)))
        self.book.report(report, key=f"key-of-case-{name}", now=NOON)
        frame = np.full((480, 640, 3), 80, np.uint8)
        self.evidence.write(name * 26, "threshold.jpg", cv2.imencode(".jpg", frame)[1].tobytes())
        for move in moves:
            self.book.move(name * 26, Move.model_validate(move), now=NOON + 60)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


ACCEPT = {"state": "accepted"}
WRONG = {"state": "rejected", "reason": "wrong_object"}


def test_judged_cases_become_verdicts_and_those_become_a_source(desk: Desk, tmp_path: Path) -> None:
    desk.file("a", "exposed_garbage", ACCEPT, {"state": "dispatched"})
    desk.file("b", "street_vending", WRONG)
    desk.file("c", "exposed_garbage")  # nobody has judged it
    desk.file("d", "illegal_parking_motor", ACCEPT)  # which vehicle it was is not said
    desk.file("e", "bin_overflow", ACCEPT, {"state": "rejected", "note": "已清运"})
    out = tmp_path / "reviewed"
    lines = list(
        write_verdicts(desk.book, Originals(desk.evidence, lambda: NOON, lambda *_: None), out)
    )
    said = {(line["label"], line["verdict"], line.get("reason")) for line in lines}
    assert said == {
        ("garbage", "confirmed", None),
        ("vendor_stall", "rejected", "wrong_object"),
        ("bin_overflow", "rejected", "other"),
    }

    (out / "verdicts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    learn_from(out, tmp_path / "sources" / "city", held_out=0.0, on_verdict=lambda: None)
    (city,) = sources(tmp_path / "sources", {})
    images = list(read_folder(city.folder / "train"))
    assert sorted(box.label for image in images for box in image.boxes) == ["garbage"]
    assert len(images) == 2


def test_a_case_whose_frame_is_gone_is_left_out(desk: Desk, tmp_path: Path) -> None:
    desk.file("a", "exposed_garbage", ACCEPT)
    desk.evidence.path("a" * 26, "threshold.jpg").unlink()
    assert (
        list(
            write_verdicts(
                desk.book, Originals(desk.evidence, lambda: NOON, lambda *_: None), tmp_path / "out"
            )
        )
        == []
    )


def test_a_case_that_no_camera_saw_says_nothing_about_the_model(desk: Desk, tmp_path: Path) -> None:
    fields = {"service_code": "exposed_garbage", "address_id": "A-7"}
    desk.book.file(Submission.model_validate(fields).draft("hotline", now=NOON), key="k", now=NOON)
    desk.book.move("SW-20261123-0001", Move.model_validate(WRONG), now=NOON)
    assert (
        list(
            write_verdicts(
                desk.book, Originals(desk.evidence, lambda: NOON, lambda *_: None), tmp_path / "out"
            )
        )
        == []
    )


def test_a_reason_goes_with_a_rejection_only() -> None:
    with pytest.raises(ValidationError, match="reason goes with"):
        Move.model_validate({"state": "accepted", "reason": "permitted"})
    with pytest.raises(ValidationError, match="wrong_object"):
        Move.model_validate({"state": "rejected", "reason": "bored"})

"""The reference names each requirement of GeoReport v2 with its test."""

import re
from pathlib import Path

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "open311.md"


def test_every_requirement_of_the_reference_has_its_test_and_every_test_its_requirement() -> None:
    written = set(re.findall(r"`(test_\w+)`", REFERENCE.read_text(encoding="utf-8")))
    tests = [one.read_text(encoding="utf-8") for one in Path(__file__).parent.glob("test_*.py")]
    here = {name for text in tests for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    assert written == here - {
        "test_every_requirement_of_the_reference_has_its_test_and_every_test_its_requirement"
    }

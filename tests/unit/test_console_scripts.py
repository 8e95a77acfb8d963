"""What our own scripts do with text that others wrote: no page is made of it."""

import re
from pathlib import Path

import pytest

from streetwatch.service import console

HERE = Path(next(iter(console.__path__)))
SCRIPTS = sorted(HERE.rglob("*.js"))

#: Each makes elements out of a text. Leaflet does so with a tooltip that is a text.
MAKES_A_PAGE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    r"|bind(?:Tooltip|Popup)\((?!label\b)|v-html"
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_page_out_of_a_text(script: Path) -> None:
    assert MAKES_A_PAGE.findall(script.read_text(encoding="utf-8")) == []


def test_there_are_scripts() -> None:
    assert SCRIPTS

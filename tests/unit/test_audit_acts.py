"""Every act that the audit log is told of has words for people, and stands in its reference."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from streetwatch.service.access.policy import RULES
from streetwatch.service.console.language import Language, say_in
from streetwatch.service.console.review.screen import DEEDS
from streetwatch.service.console.settings.acts import ACTS
from streetwatch.service.store.audit_chain import PRUNED

ROOT: Final = Path(__file__).parents[2]

#: What is called with the code of an act. Read by words: `ast.parse` of CPython 3.11 may fail late
#: in a long run ("AST constructor recursion depth mismatch").
_TOLD: Final = re.compile(
    r"\b(?:Deed|note|noted|_done|was_wrong|_ask)\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)"
)
_CODE: Final = re.compile(r"\"([a-z]+\.[a-z_]+)\"")


def _codes(source: str) -> Iterator[str]:
    """Yield the codes of acts that a module writes down."""
    for call in _TOLD.finditer(source):
        yield from _CODE.findall(call[1])


def acts() -> set[str]:
    files = [*(ROOT / "service").rglob("*.py"), *(ROOT / "src/streetwatch/cli").glob("*.py")]
    written = {code for file in files for code in _codes(file.read_text("utf-8"))}
    return written | {rule.deed for rule in RULES if rule.deed} | {*DEEDS.values(), PRUNED}


def test_every_act_has_words_and_no_words_are_of_no_act() -> None:
    assert acts() == set(ACTS)


def test_the_words_are_chinese_too_and_no_two_acts_are_called_the_same() -> None:
    for language in Language:
        said = [say_in(language, words) for words in ACTS.values()]
        assert len(set(said)) == len(said)
    assert all(say_in(Language.ZH, words) != words for words in ACTS.values())


def test_every_act_stands_in_the_reference() -> None:
    reference = (ROOT / "docs/reference/audit.md").read_text("utf-8")
    assert [code for code in ACTS if f"`{code}`" not in reference] == []

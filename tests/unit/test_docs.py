"""The pages: everything that they lead to is there, and there is a way to each of them."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"

PAGES = (*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md")))
CODE = ("service", "src", "zones", "vision", "models", "datasets", "benchmarks", "tests")

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MENTION = re.compile(r"\bdocs/[\w./-]+\.md\b")


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file and the heading that each link to a page of ours leads to."""
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in link and not link.startswith("mailto:"):
            name, _, heading = link.partition("#")
            yield (page.parent / name).resolve() if name else page, heading


def headings(page: Path) -> set[str]:
    """Return the names by which a page's headings are linked to."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    bare = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in HEADING.findall(text))
    return {one.strip().replace(" ", "-") for one in bare}


def is_there(target: Path, heading: str) -> bool:
    return target.exists() and (not heading or heading in headings(target))


def test_every_link_leads_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target.name}#{heading}"
        for page in PAGES
        for target, heading in links(page)
        if not is_there(target, heading)
    ]
    assert dead == []


def test_every_page_that_is_named_is_there() -> None:
    files = [*PAGES, *(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))]
    dead = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in MENTION.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert dead == []


def test_the_index_leads_to_every_page() -> None:
    listed = {target for target, _ in links(INDEX)}
    assert [page.name for page in DOCS.rglob("*.md") if page not in {INDEX, *listed}] == []


def test_no_two_decisions_have_one_number() -> None:
    numbers = Counter(path.name[:4] for path in (DOCS / "adr").glob("*.md"))
    assert [number for number, times in numbers.items() if times > 1] == []


def test_no_two_rows_of_the_glossary_are_about_one_word() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \|", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = Counter(name for row in rows for name in set(re.findall(r"`([^`]+)`", row)))
    assert [name for name, times in named.items() if times > 1] == []

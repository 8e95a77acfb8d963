"""Reviewing in a real browser, by keyboard alone."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from console_parts import TABLET, Console, barriers
from filed import NOON
from reviewed import Showcase

pytestmark = pytest.mark.browser

Keep = Callable[[Page, str], None]

NAMES = "abcdefgh"


@pytest.fixture(scope="module")
def numbers(console: Console) -> Iterator[dict[str, str]]:
    """Cases that wait, by the name of their incident; the demo's own come after them."""
    show = Showcase(console.service.url, console.service.folder / "data")
    made = {}
    for place, name in enumerate(NAMES):
        at = NOON + 60 * place
        made[name] = show.file(
            name, clip=name != "d", violation_at=at, opened_at=at, confidence=0.01 * place
        )
    show.evidence.remove("e" * 26)  # its files are lost
    yield made
    for number in made.values():
        httpx.patch(
            f"{console.service.url}/desk/cases/{number}", json={"state": "cancelled", "by": "test"}
        )


def current(page: Page) -> str:
    """Return the number of the case whose facts are shown."""
    return page.locator(".rv-facts dd").first.inner_text()


def shows(page: Page, number: str) -> None:
    expect(page.locator(".rv-facts dd").first).to_have_text(number)


def state(console: Console, number: str) -> str:
    return str(console.service.get(f"/desk/cases/{number}")["state"])


def opened(page: Page, number: str) -> None:
    """Open a case by its place in the queue, as who uses a mouse does."""
    page.locator(f".rv-item[data-number='{number}']").click()
    shows(page, number)


def test_a_case_is_reviewed_by_keyboard(console: Console, numbers: dict[str, str]) -> None:
    with console.page("/console/review", role="analyst", language="en-GB") as page:
        opened(page, numbers["a"])
        expect(page.locator(".rp-slot.here video")).to_be_visible()
        expect(page.locator(".rp-zone")).to_be_visible()
        expect(page.locator(".rp-box")).to_be_visible()
        expect(page.locator(".rp-span.at-hidden")).to_be_visible()
        page.keyboard.press("2")
        expect(page.get_by_role("button", name=re.compile("Violation"))).to_have_attribute(
            "aria-pressed", "true"
        )
        page.keyboard.press("y")
        expect(page.get_by_text("1 judged")).to_be_visible()
        assert state(console, numbers["a"]) == "accepted"

        opened(page, numbers["b"])
        page.keyboard.press("n")
        expect(page.get_by_role("menu", name="Why is it rejected?")).to_be_visible()
        page.keyboard.press("1")
        expect(page.get_by_text("2 judged")).to_be_visible()
        case = console.service.get(f"/desk/cases/{numbers['b']}")
        assert (case["state"], case["history"][-1]["reason"]) == ("rejected", "wrong_object")

        page.keyboard.press("z")
        expect(page.get_by_text("Taken back: Rejected")).to_be_visible()
        shows(page, numbers["b"])
        assert state(console, numbers["b"]) == "reported"
        page.keyboard.press("u")
        expect(page.get_by_text("2 judged")).to_be_visible()
        case = console.service.get(f"/desk/cases/{numbers['b']}")
        assert case["unsure_at"] is not None


def test_going_on_without_a_verdict_and_back(console: Console, numbers: dict[str, str]) -> None:
    with console.page("/console/review", role="analyst", language="en-GB") as page:
        opened(page, numbers["c"])
        page.keyboard.press("j")
        expect(page.locator(".rv-facts dd").first).not_to_have_text(numbers["c"])
        page.keyboard.press("k")
        shows(page, numbers["c"])
        assert state(console, numbers["c"]) == "reported"


def test_two_reviewers_never_get_the_same_case(console: Console, numbers: dict[str, str]) -> None:
    with (
        console.page("/console/review", role="analyst", language="en-GB") as one,
        console.page("/console/review", role="operator") as other,
    ):
        opened(one, numbers["f"])
        row = other.locator(f".rv-item[data-number='{numbers['f']}']")
        expect(row.locator(".sw-chip")).to_have_text("analyst")
        row.click()
        expect(other.get_by_text("未完成：其他人正在查看该案件。")).to_be_visible()
        assert current(other) != numbers["f"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("d", "此摄像机不保存视频", id="no clip is kept"),
        pytest.param("e", "视频已不存在", id="the files are lost"),
    ],
)
def test_a_case_without_a_clip_is_reviewed_too(
    console: Console, numbers: dict[str, str], name: str, says: str
) -> None:
    with console.page("/console/review", role="analyst") as page:
        opened(page, numbers[name])
        expect(page.get_by_text(says)).to_be_visible()
        expect(page.get_by_role("button", name="属实")).to_be_enabled()


def test_many_are_judged_at_once(console: Console, numbers: dict[str, str], picture: Keep) -> None:
    with console.page("/console/review", role="analyst") as page:
        opened(page, numbers["c"])
        page.keyboard.press("g")
        for name in ("g", "h"):
            page.locator(f".rv-card[data-number='{numbers[name]}']").get_by_role("checkbox").click()
        expect(page.get_by_text("已选 2 件")).to_be_visible()
        picture(page, "review-many")
        page.get_by_role("button", name="作废").click()
        page.get_by_text("允许在此").click()
        expect(page.get_by_text("已复核 2 件，未动 0 件")).to_be_visible()
        assert [state(console, numbers[name]) for name in "gh"] == ["rejected"] * 2
        page.keyboard.press("Escape")
        expect(page.get_by_role("toolbar", name="复核结论")).to_contain_text("撤回")


def test_a_place_is_muted_and_help_is_at_hand(console: Console, numbers: dict[str, str]) -> None:
    with console.page("/console/review", role="analyst", language="en-GB") as page:
        opened(page, numbers["c"])
        page.keyboard.press("?")
        expect(page.get_by_text("Take the last verdict back")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("m")
        page.get_by_role("button", name="For a week").click()
        expect(page.get_by_text("The place is muted.")).to_be_visible()
        case = console.service.get(f"/desk/cases/{numbers['c']}")
        assert case["history"][-1]["action"] == "mute"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_the_page_keeps_anybody_from_reviewing(
    console: Console, numbers: dict[str, str], theme: str, picture: Keep
) -> None:
    path = f"/console/theme/{theme}?next=/console/review"
    with console.page(path, role="analyst") as page:
        opened(page, numbers["c"])
        expect(page.locator(".rp-box")).to_be_visible()
        picture(page, f"review-{theme}")
        assert barriers(page) == []


def test_the_page_fits_a_tablet(console: Console, numbers: dict[str, str]) -> None:
    with console.page("/console/review", role="analyst", size=TABLET) as page:
        opened(page, numbers["c"])
        for name in ("属实", "作废", "存疑"):
            expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_an_empty_queue_says_so(console: Console, numbers: dict[str, str]) -> None:
    with console.page("/console/review", role="analyst", language="en-GB") as page:
        opened(page, numbers["c"])
        page.get_by_text("Filters").click()
        page.get_by_label("Grid code begins with").fill("9")
        expect(page.get_by_text("Nothing waits for a verdict.").first).to_be_visible()

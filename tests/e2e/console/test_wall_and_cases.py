"""The wall, the map, cases and numbers, against a running service with a real camera."""

import csv
import io
import json
from collections.abc import Callable

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from console_parts import TABLET, Console, barriers
from live_service import wait_for
from waiting import PATIENCE_S

pytestmark = pytest.mark.browser

Picture = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def filed(console: Console) -> str:
    """The number of the demo's first case, once there is one with its evidence."""

    def first() -> str | None:
        found = console.service.get("/desk/cases?sort=reported_at&limit=1")
        cases = found["cases"] if found else []
        has_clip = cases and any(one["role"] == "clip" for one in cases[0]["evidence"])
        return str(cases[0]["number"]) if has_clip else None

    return wait_for("case with its clip", first)


def camera_of(console: Console) -> str:
    return str(console.service.get("/cameras")[0]["id"])


def test_the_wall_shows_a_live_picture_with_what_stands_in_it(
    console: Console, filed: str, picture: Picture
) -> None:
    del filed
    with console.page("/console/wall", language="en-GB") as page:
        tile = page.get_by_role("listitem").first
        expect(tile).to_contain_text("live")
        expect(tile.locator("img")).to_have_js_property("complete", True)  # noqa: FBT003
        expect(tile.locator("polygon").first).to_be_attached()
        before = tile.locator("img").get_attribute("src")
        expect(tile.locator("img")).not_to_have_attribute("src", before or "")
        assert barriers(page) == []
        picture(page, "wall")


def test_a_thumbnail_is_two_seconds_old_at_most(console: Console) -> None:
    with console.page("/console/wall", language="en-GB") as page:
        expect(page.get_by_role("listitem").first.locator("img")).to_be_visible()

        def ages() -> list[float] | None:
            answer = page.request.get("/console/live").json()
            told = [one["age_s"] for one in answer if one["age_s"] is not None]
            return told if told and max(told) <= 2.0 else None

        wait_for("picture that is fresh", ages)


def test_a_wall_is_searched_and_filtered_and_the_address_keeps_it(console: Console) -> None:
    with console.page("/console/wall", language="en-GB") as page:
        tiles = page.get_by_role("listitem")
        expect(tiles).to_have_count(1)
        page.get_by_label("Search cameras").fill("nowhere")
        expect(page.get_by_text("No camera is like this.")).to_be_visible()
        expect(page).to_have_url(f"{console.service.url}/console/wall?q=nowhere")
        page.get_by_label("Search cameras").fill("")
        expect(tiles).to_have_count(1)
        page.get_by_role("button", name="offline").click()
        expect(tiles).to_have_count(0)
        page.reload()
        expect(page.get_by_role("button", name="offline")).to_have_attribute("aria-pressed", "true")


def test_a_control_room_sees_nothing_but_cameras(console: Console) -> None:
    with console.page("/console/wall?full=1") as page:
        expect(page.get_by_role("listitem").first).to_be_visible()
        expect(page.get_by_role("navigation", name="页面")).to_have_count(0)
        expect(page.locator("body")).to_contain_class("wl-full")


def test_a_camera_is_seen_large_with_its_latest_cases(
    console: Console, filed: str, picture: Picture
) -> None:
    del filed  # the first of many by now, and not of the latest
    newest = console.service.get("/desk/cases?sort=-reported_at&limit=1")["cases"][0]["number"]
    with console.page("/console/wall", language="en-GB") as page:
        page.get_by_role("listitem").first.get_by_role("link").click()
        expect(page).to_have_url(f"{console.service.url}/console/wall/{camera_of(console)}")
        expect(page.get_by_role("link", name=newest)).to_be_visible()
        expect(page.locator(".wl-frame img")).to_be_visible()
        assert barriers(page) == []
        picture(page, "camera")


def test_the_map_has_the_camera_and_its_cases(
    console: Console, filed: str, picture: Picture
) -> None:
    del filed
    with console.page("/console/wall?view=map", language="en-GB") as page:
        marks = page.locator(".leaflet-marker-icon")
        expect(page.get_by_role("region", name="Map")).to_be_visible()
        expect(marks.locator(".mp-camera")).to_have_count(1)
        expect(marks.locator(".mp-case").first).to_be_visible()
        assert barriers(page) == []
        picture(page, "map")


def test_a_case_that_comes_in_appears_by_itself(console: Console, filed: str) -> None:
    with console.page("/console/cases", language="en-GB") as page:
        first = page.get_by_role("link", name=filed)
        expect(first).to_be_visible()
        row = page.get_by_role("row").filter(has=first)
        move = {"state": "accepted", "by": "somebody else"}
        answer = httpx.patch(
            f"{console.service.url}/desk/cases/{filed}", json=move, timeout=PATIENCE_S
        )
        assert answer.status_code == 200, answer.text
        expect(row).to_contain_text("accepted")


def test_cases_are_found_by_what_is_asked(console: Console, filed: str, picture: Picture) -> None:
    with console.page("/console/cases") as page:
        expect(page.get_by_role("link", name=filed)).to_be_visible()
        assert barriers(page) == []
        picture(page, "cases")
        page.get_by_label("编号").fill("SW-19990101")
        expect(page.get_by_text("没有符合条件的案件。")).to_be_visible()
        page.get_by_label("编号").fill(filed)
        expect(page.get_by_role("link", name=filed)).to_be_visible()
        expect(page).to_have_url(f"{console.service.url}/console/cases?q={filed}")
        with page.expect_download() as loading:
            page.get_by_role("link", name="导出 CSV").click()
        text = loading.value.path().read_text("utf-8-sig")
        assert [line["number"] for line in csv.DictReader(io.StringIO(text))] == [filed]


def test_the_list_is_walked_by_keys(console: Console, filed: str) -> None:
    with console.page(f"/console/cases?q={filed}", language="en-GB") as page:
        page.get_by_role("link", name=filed).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(filed)


def test_an_operator_handles_a_case_under_their_own_name(
    console: Console, filed: str, picture: Picture
) -> None:
    path = f"/console/cases/{filed}"
    with console.page(path, role="operator", language="en-GB") as page:
        expect(page.get_by_role("heading", level=1)).to_contain_text(filed)
        expect(page.locator("video")).to_be_visible()
        assert barriers(page) == []
        picture(page, "case")
        page.get_by_role("button", name="Legal hold…").click()
        form = page.get_by_role("dialog")
        form.get_by_role("button", name="Keep it beyond its time").click()
        expect(form.get_by_role("alert")).to_contain_text("marked with *")
        form.get_by_label("Reason").fill("a court has asked for it")
        form.get_by_role("button", name="Keep it beyond its time").click()
        expect(form).to_be_hidden()
        expect(page.get_by_text("legal hold set")).to_be_visible()
    case = console.service.get(f"/desk/cases/{filed}")
    assert case["legal_hold"] is True
    line = case["history"][-1]
    assert (line["by"], line["note"]) == ("operator", "a court has asked for it")


def test_a_viewer_sees_a_case_and_can_do_nothing_with_it(console: Console, filed: str) -> None:
    with console.page(f"/console/cases/{filed}", role="viewer", language="en-GB") as page:
        expect(page.get_by_role("heading", name="Facts")).to_be_visible()
        expect(page.get_by_role("group", name="What can be done")).to_have_count(0)


def test_a_case_that_is_not_there_says_so(console: Console) -> None:
    with console.page("/console/cases/SW-19990101-0001", language="en-GB") as page:
        expect(page.get_by_role("alert")).to_have_text("There is no such case.")


def test_numbers_have_their_n_and_say_what_was_not_measured(
    console: Console, filed: str, picture: Picture
) -> None:
    del filed
    with console.page("/console/numbers", language="en-GB") as page:
        cards = page.get_by_role("list", name="Figures").get_by_role("listitem")
        expect(cards).to_have_count(10)
        recall = cards.filter(has_text="Recall")
        expect(recall).to_contain_text("not measured")
        expect(recall).to_contain_text("n = 0")
        expect(page.get_by_role("img", name="Cases by day")).to_be_visible()
        assert barriers(page) == []
        picture(page, "numbers")
        with page.expect_download() as loading:
            page.get_by_role("region", name="Cases by day").get_by_text("PNG").click()
        drawn = Image.open(loading.value.path()).convert("RGB")
        assert len(drawn.getcolors(1 << 24) or ()) > 10


def test_numbers_are_of_the_span_that_is_chosen(console: Console, filed: str) -> None:
    del filed
    with console.page("/console/numbers", language="en-GB") as page:
        page.get_by_label("From").fill("2020-01-01")
        page.get_by_label("To").fill("2020-01-31")
        expect(page).to_have_url(
            f"{console.service.url}/console/numbers?from=2020-01-01&to=2020-01-31"
        )
        discovery = page.get_by_role("listitem").filter(has_text="Time to discovery")
        expect(discovery).to_contain_text("not measured")


@pytest.mark.parametrize("path", ["/console/wall", "/console/cases", "/console/numbers"])
def test_a_page_fits_a_tablet(console: Console, path: str) -> None:
    with console.page(path, size=TABLET, language="en-GB") as page:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(wide), json.dumps(path)

"""Attaching a camera and drawing its zones, in a real browser on a real stream."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from console_parts import SCREEN, TABLET, Console, barriers
from live_service import Camera, Service, free_port, wait_for
from rtsp_door import locked
from streetwatch.zones.polygon import problem
from waiting import PATIENCE_S

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[3]

Point = tuple[float, float]

#: Around all that stands in the demo clip's street, 0..1 of the picture.
STREET = ((0.2, 0.35), (0.6, 0.35), (0.97, 0.6), (0.97, 0.97), (0.55, 0.97))
CORNER = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.1))
CROSSED = ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6))


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that is drawn on."""

    page: Page

    @property
    def canvas(self) -> Locator:
        return self.page.locator("svg.zone-editor__canvas")

    def zone(self, name: str) -> Locator:
        return self.page.locator(f"[data-area={name}]")

    def corner(self, row: int) -> Locator:
        return self.page.locator(f"[data-corner='{row}']")

    def at(self, point: Point) -> Point:
        expect(self.canvas).to_be_visible()
        frame = self.canvas.bounding_box()
        assert frame is not None
        return frame["x"] + point[0] * frame["width"], frame["y"] + point[1] * frame["height"]

    def click(self, *points: Point) -> None:
        for point in points:
            self.page.mouse.click(*self.at(point))

    def drag(self, start: Point, end: Point) -> None:
        self.page.mouse.move(*self.at(start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(end), steps=4)
        self.page.mouse.up()

    def outline(self, name: str) -> list[Point]:
        """Return a zone's corners as drawn, 0..1."""
        text = self.zone(name).locator(".zone-editor__outline").get_attribute("points") or ""
        box = self.canvas.get_attribute("viewBox") or ""
        _, _, width, height = map(float, box.split())
        corners = [corner.split(",") for corner in text.split()]
        return [(round(float(x) / width, 3), round(float(y) / height, 3)) for x, y in corners]


@pytest.fixture(scope="module")
def street() -> Iterator[Camera]:
    """Another camera, which the service knows nothing of."""
    camera = Camera(ROOT / "datasets" / "demo" / "street.mp4", free_port(), since=time.time() - 50)
    camera.start()
    yield camera
    camera.kill()


@pytest.fixture(scope="module")
def kerb(console: Console, street: Camera) -> Iterator[str]:
    """A camera that was made at run time, with one zone."""
    zone = {"id": "kerb", "polygon": CORNER, "kind": "exclude"}
    source = {"kind": "rtsp", "url": street.url}
    document = {"id": "kerb", "name": "Kerb", "source": source, "zones": [zone]}
    url = f"{console.service.url}/cameras/kerb"
    httpx.put(
        url, json=document, headers={"If-None-Match": "*"}, timeout=PATIENCE_S
    ).raise_for_status()
    yield "kerb"
    httpx.delete(url, timeout=PATIENCE_S)


@pytest.fixture
def editor(console: Console) -> Iterator[Picture]:
    """The zone editor of the camera that is watched."""
    with console.page("/console/cameras/demo-street/zones", role="operator", language="en") as page:
        expect(page.locator("[data-area=carriageway]")).to_be_visible()
        yield Picture(page)


def test_a_newcomer_attaches_a_camera_and_its_first_case_appears(
    console: Console, street: Camera, picture: Callable[[Page, str], None]
) -> None:
    with console.page("/console/cameras", role="operator") as page:
        page.get_by_role("link", name="接入摄像机").click()
        page.get_by_label("摄像机地址").fill(street.url)
        page.keyboard.press("Enter")
        expect(page.get_by_alt_text("摄像机的第一幅画面")).to_be_visible()
        picture(page, "attach-connect")
        page.get_by_role("button", name="下一步").click()

        drawn = Picture(page)
        drawn.click(*STREET, STREET[0])
        expect(drawn.zone("prohibited-1")).to_be_visible()
        expect(page.get_by_role("alert").first).to_contain_text("请在下面至少勾选一项")
        expect(page.get_by_role("button", name="下一步")).to_be_disabled()
        for words in ("机动车乱停放", "暴露垃圾"):
            page.get_by_role("checkbox", name=words, exact=True).click()
        expect(page.get_by_label("停留时间")).to_have_count(2)
        for field in page.get_by_label("停留时间").all():
            field.fill("5")
        expect(page.get_by_role("button", name="下一步")).to_be_enabled()
        watched = page.get_by_text("已看")
        expect(watched).to_contain_text(re.compile(r"分|[2-9]\d 秒"))
        page.get_by_role("button", name="试一试").click()
        expect(page.get_by_text("个案件。停留时间越长")).to_contain_text(
            re.compile(r"[1-9]\d* 个案件")
        )
        picture(page, "attach-zones")
        page.get_by_role("button", name="下一步").click()

        page.get_by_label("名称").fill("人民路东口")
        picture(page, "attach-save")
        page.get_by_role("button", name="保存并开始看").click()
        expect(page).to_have_url(re.compile(r"/console/cameras/camera-1/zones$"))
        expect(page.get_by_role("heading", name="人民路东口 的区域")).to_be_visible()

    def case() -> object:
        cases = console.service.cases()
        return next((one for one in cases if one["camera"]["id"] == "camera-1"), None)

    wait_for("case of the new camera", case)
    httpx.delete(f"{console.service.url}/cameras/camera-1", timeout=PATIENCE_S).raise_for_status()


def test_an_address_where_nobody_answers_is_mended_in_place(
    console: Console, street: Camera
) -> None:
    with console.page("/console/cameras/new", role="operator", language="en") as page:
        page.get_by_label("Address of the camera").fill(f"rtsp://127.0.0.1:{free_port()}/live")
        page.get_by_role("button", name="Ask the camera").click()
        failed = page.locator("li.is-failed")
        expect(failed).to_be_visible()
        expect(failed.locator(".sw-mend")).not_to_be_empty()
        expect(page.get_by_role("button", name="Next step")).to_be_disabled()
        page.get_by_label("Address of the camera").fill(street.url)
        page.get_by_role("button", name="Ask the camera").click()
        expect(page.get_by_role("button", name="Next step")).to_be_enabled()


def test_a_wrong_password_is_mended_in_place(
    console: Console, street: Camera, picture: Callable[[Page, str], None]
) -> None:
    with (
        locked(street.url, "admin", "right-1") as url,
        console.page("/console/cameras/new", role="operator") as page,
    ):
        page.get_by_label("摄像机地址").fill(url)
        page.get_by_label("用户名").fill("admin")
        page.get_by_label("密码").fill("wr0ng")
        page.keyboard.press("Enter")
        expect(page.locator("li.is-failed")).to_contain_text("401")
        expect(page.get_by_label("密码")).to_be_focused()
        picture(page, "attach-password")
        page.get_by_label("密码").fill("right-1")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="下一步")).to_be_enabled()


def test_a_password_that_is_pasted_is_not_shown(console: Console) -> None:
    with console.page("/console/cameras/new", role="operator", language="en") as page:
        page.get_by_label("Address of the camera").fill("rtsp://admin:s3cret@10.0.0.5/live")
        expect(page.get_by_label("Address of the camera")).to_have_value("rtsp://10.0.0.5/live")
        expect(page.get_by_label("User name")).to_have_value("admin")
        expect(page.get_by_label("Password")).to_have_attribute("type", "password")
        expect(page.get_by_label("Password")).to_have_value("s3cret")


def test_a_zone_is_drawn_snapped_and_moved_by_mouse(editor: Picture, watched: Service) -> None:
    page = editor.page
    with watched.held():  # whoever draws does not wait for the service
        page.get_by_role("button", name="Permitted").click()
        editor.click((0.003, 0.1), (0.2, 0.1), (0.2, 0.25), (0.003, 0.25))
        page.keyboard.press("Enter")
    expect(editor.zone("permitted-1")).to_be_visible()
    assert [x for x, _ in editor.outline("permitted-1")] == [0, 0.2, 0.2, 0], "snapped to the frame"
    editor.drag((0.1, 0.175), (0.3, 0.275))
    expect(editor.corner(0)).to_have_attribute("aria-label", re.compile("Corner 1 of 4 at 256, "))
    editor.drag((0.3, 0.2), (0.3, 0.15))
    expect(editor.corner(4)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(editor.corner(4)).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(editor.corner(4)).to_be_visible()


def test_a_zone_is_drawn_changed_and_saved_by_keyboard_alone(editor: Picture) -> None:
    page = editor.page
    editor.canvas.focus()
    page.keyboard.press("n")
    expect(editor.canvas).to_have_class(re.compile("is-draw"))
    for way in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Space")
        for _ in range(8):
            page.keyboard.press(f"Shift+{way}")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(editor.zone("prohibited-1")).to_be_visible()
    editor.zone("prohibited-1").focus()
    page.keyboard.press("Enter")
    expect(editor.corner(0)).to_be_focused()
    before = editor.outline("prohibited-1")
    page.keyboard.press("Shift+ArrowLeft")
    expect(editor.corner(0)).to_have_attribute("aria-label", re.compile("at 630, 360"))
    page.keyboard.press("Delete")
    expect(editor.corner(3)).to_have_count(0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(editor.corner(3)).to_be_visible()
    expect(editor.corner(0)).to_have_attribute("aria-label", re.compile("at 640, 360"))
    assert editor.outline("prohibited-1") == before
    editor.zone("prohibited-1").focus()
    page.keyboard.press("Delete")
    expect(editor.zone("prohibited-1")).to_have_count(0)


def test_an_outline_that_crosses_itself_is_red_at_once_and_not_saved(editor: Picture) -> None:
    page = editor.page
    page.get_by_role("button", name="Left out").click()
    editor.click(*CROSSED)
    said = page.locator(".zone-editor__said")
    expect(said).to_contain_text("crosses itself")
    expect(said).to_have_class(re.compile("is-wrong"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    editor.drag(CROSSED[1], (0.6, 0.8))
    editor.drag(CROSSED[2], (0.7, 0.3))
    expect(page.get_by_text("Can't be saved")).to_be_visible()


def test_the_browser_calls_crossing_what_the_file_refuses(editor: Picture) -> None:
    outlines = [
        [((7 * row * seed) % 17 / 17, (5 * row + seed * seed * row) % 19 / 19) for row in range(5)]
        for seed in range(1, 40)
    ]
    said = editor.page.evaluate(
        """async (outlines) => {
            const { crosses } = await import("streetwatch-zone-geometry");
            return outlines.map((outline) => crosses(outline));
        }""",
        outlines,
    )
    refused = [(problem(tuple(one)) or "").startswith("the outline") for one in outlines]
    assert [one for one, crossing in zip(refused, said, strict=True) if crossing and not one] == []
    assert sum(said) > 5


def test_a_wrong_number_is_told_beside_its_field(editor: Picture) -> None:
    page = editor.page
    page.locator(".sw-zones").get_by_role("button").nth(1).click()
    dwell = page.get_by_label("Dwell")
    dwell.fill("0")
    expect(page.get_by_text("is out of bounds: write a number from 1 to")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    dwell.fill("30")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_enabled()


def test_what_may_stand_there_and_how_small_is_too_small_are_set(editor: Picture) -> None:
    page = editor.page
    editor.zone("carriageway").click()
    page.get_by_text("More settings").first.click()
    heights = page.get_by_label("Least height").first
    heights.fill("low")
    expect(page.get_by_text("is no row and height")).to_be_visible()
    heights.fill("0.3 0.02; 1 0.15")
    expect(page.get_by_text("is no row and height")).to_have_count(0)
    page.get_by_label("Exempt").first.click()
    page.get_by_role("option", name="Bus").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_enabled()


def test_what_was_saved_is_there_again_and_can_be_taken_back(console: Console) -> None:
    with console.page("/console/cameras/demo-street/zones", role="operator", language="en") as page:
        page.locator(".sw-zones").get_by_role("button", name="carriageway").first.click()
        page.get_by_label("Dwell").fill("25")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        page.goto("/console/cameras")
        row = page.get_by_role("row").filter(has_text="demo-street")
        expect(row).to_contain_text("changed here")
        row.get_by_role("button", name="Back to the file").click()
        page.get_by_role("dialog").get_by_role("button", name="Back to the file").click()
        expect(row).to_contain_text("cameras.yaml")


def test_who_leaves_with_work_that_is_not_saved_is_asked(editor: Picture) -> None:
    page = editor.page
    page.locator(".sw-zones").get_by_role("button").nth(1).click()
    page.get_by_label("Dwell").fill("77")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Cameras").first.click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert asked == ["beforeunload"]


def test_zones_are_copied_from_another_camera(console: Console, kerb: str) -> None:
    with console.page(f"/console/cameras/{kerb}/zones", role="operator", language="en") as page:
        page.get_by_role("button", name="Copy zones of another camera").click()
        page.get_by_role("combobox", name="Camera").click()
        page.get_by_role("option", name="演示街口").click()
        page.get_by_role("checkbox", name="pavement · Prohibited").click()
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(Picture(page).zone("carriageway")).to_be_visible()
        expect(Picture(page).zone("pavement")).to_have_count(0)


def test_the_ground_is_measured_and_a_grid_lies_on_it(
    editor: Picture, picture: Callable[[Page, str], None]
) -> None:
    page = editor.page
    page.get_by_role("button", name="Ground").click()
    editor.click((0.341, 0.383), (0.268, 0.391), (0.568, 0.966), (0.763, 0.883))
    page.get_by_label("Near side, m").fill("3")
    page.get_by_label("From near to far, m").fill("40")
    expect(page.locator(".zone-editor__grid line").first).to_be_attached()
    page.get_by_text("Show how wide a car is, row by row").click()
    expect(page.locator(".zone-editor__guide.is-small").first).to_be_attached()
    picture(page, "zones-ground")


def test_a_dry_run_tells_what_would_have_been_filed(editor: Picture) -> None:
    page = editor.page
    page.get_by_role("button", name="Try").click()
    told = page.get_by_text(re.compile("as before|Not measured"))
    expect(told).to_be_visible()


def test_a_camera_is_removed_after_a_question(console: Console, kerb: str) -> None:
    with console.page("/console/cameras", role="operator", language="en") as page:
        row = page.get_by_role("row").filter(has_text=kerb)
        row.get_by_role("button", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(row).to_be_visible()
        row.get_by_role("button", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(row).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "name", "language"),
    [
        pytest.param("/console/cameras", "cameras", "zh-CN", id="list"),
        pytest.param("/console/cameras/new", "", "en", id="wizard on a tablet"),
        pytest.param("/console/cameras/demo-street/change", "", "zh-CN", id="change"),
        pytest.param("/console/cameras/demo-street/zones", "zones", "zh-CN", id="editor"),
        pytest.param("/console/cameras/demo-street/zones", "", "en", id="editor on a tablet"),
    ],
)
def test_nothing_keeps_anybody_from_using_the_pages(
    console: Console, picture: Callable[[Page, str], None], path: str, name: str, language: str
) -> None:
    size = TABLET if language == "en" else SCREEN
    with console.page(path, role="operator", language=language, size=size) as page:
        if path.endswith("zones"):
            page.locator(".sw-zones").get_by_role("button").first.click()
            expect(page.locator("[data-corner]").first).to_be_visible()
        expect(page.locator("dialog:visible, .q-dialog:visible")).to_have_count(0)
        assert barriers(page) == []
        if name:
            picture(page, name)


def test_only_operators_draw(console: Console) -> None:
    path = "/console/cameras/demo-street/zones"
    with console.page(path, role="analyst", language="en") as page:
        expect(page.get_by_role("heading")).to_contain_text("This page needs the role")

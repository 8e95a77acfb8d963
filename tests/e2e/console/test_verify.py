"""Everybody can have evidence checked; who sees what is under the masks says why."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from console_parts import Console, barriers
from live_service import wait_for
from waiting import PATIENCE_S

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sealed(console: Console) -> str:
    """The number of a case whose evidence is complete, and the service's own."""

    def first() -> str | None:
        found = [one for one in console.service.cases() if is_sealed(console, one)]
        return str(found[0]["number"]) if found else None

    return wait_for("a sealed case", first)


def is_sealed(console: Console, case: dict[str, Any]) -> bool:
    """Tell a sealed case from one that another test has filed with a manifest of its own making."""
    urls = [file["url"] for file in case["evidence"] if file["role"] == "manifest"]
    return any("format" in (console.service.get(url) or {}) for url in urls)


@pytest.fixture(scope="module")
def pack(console: Console, sealed: str) -> bytes:
    with console.page("/verify") as page:
        return page.request.get(f"/desk/cases/{sealed}/evidence.zip").body()


def give(page: Page, content: bytes) -> None:
    page.set_input_files(
        "input[type=file]", {"name": "SW.zip", "mimeType": "application/zip", "buffer": content}
    )
    page.locator("main form button").click()


def test_whoever_has_a_pack_is_told_that_it_is_genuine(
    console: Console, pack: bytes, picture: Callable[[Page, str], None]
) -> None:
    with console.page("/verify", role="") as page:
        expect(page.get_by_role("heading", name="证据验证")).to_be_visible()
        assert barriers(page) == []
        give(page, pack)
        expect(page.get_by_role("status")).to_contain_text("验证通过")
        assert barriers(page) == []
        picture(page, "verify-genuine-zh")


def test_a_changed_byte_is_told_with_its_file(
    console: Console, pack: bytes, picture: Callable[[Page, str], None]
) -> None:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        still = archive.getinfo("evidence/threshold.jpg")
    changed = bytearray(pack)
    changed[still.header_offset + 2_000] ^= 1
    with console.page("/verify", role="", language="en-GB") as page:
        give(page, bytes(changed))
        told = page.get_by_role("status")
        expect(told).to_contain_text("Not genuine, or not unchanged.")
        expect(told).to_contain_text("evidence/threshold.jpg was changed.")
        assert barriers(page) == []
        picture(page, "verify-changed-en")


def test_an_operator_sees_an_original_and_it_is_written_down(console: Console, sealed: str) -> None:
    with console.page(f"/console/cases/{sealed}", role="operator", language="en-GB") as page:
        page.get_by_text("Without masks").click()
        page.get_by_label("Why?").fill("the driver complains")
        with page.expect_popup() as opened:
            page.get_by_role("button", name="Open", exact=True).click()
        opened.value.wait_for_load_state()
        assert "/console/originals/" in opened.value.url
    with console.page("/verify") as page:
        entries = page.request.get("/audit?what=evidence.original_opened").json()["entries"]
    assert [(one["who"], one["facts"]["why"]) for one in entries] == [
        ("operator", "the driver complains")
    ]


def test_a_viewer_is_not_offered_originals_and_given_none(console: Console, sealed: str) -> None:
    with console.page(f"/console/cases/{sealed}", role="viewer", language="en-GB") as page:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Without masks")).to_have_count(0)
        told: dict[str, str | float | bool] = {
            "name": "threshold.jpg",
            "why": "I want to see",
        }
        refused = page.request.post("/console/originals/a", form=told)
        assert refused.status == 403
    nobody = httpx.post(f"{console.service.url}/console/originals/a", data=told, timeout=PATIENCE_S)
    assert nobody.status_code == 401

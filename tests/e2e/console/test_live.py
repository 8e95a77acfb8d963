"""What changes is pushed; a lost connection is told, and comes back."""

import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, expect

from console_parts import PASSWORD, Console
from live_service import Service, free_port

pytestmark = pytest.mark.browser


def test_a_newcomer_becomes_administrator_and_a_restart_brings_the_page_back(
    tmp_path: Path, browser: Browser
) -> None:
    camera = {"id": "gate", "source": {"kind": "rtsp", "url": "rtsp://127.0.0.1:9/x"}}
    (tmp_path / "cameras.yaml").write_text(yaml.safe_dump({"cameras": [camera]}))
    (tmp_path / "streetwatch.yaml").write_text("{}")
    service = Service(tmp_path, free_port())
    try:
        service.start()
        link = re.search(r"/console/welcome\S+", service.log[0].read_text())
        assert link is not None
        console = Console(service, browser)
        with console.page(link[0], role="", language="en-GB") as page:
            page.get_by_label("Name").fill("Li")
            page.get_by_label("New password").fill(PASSWORD)
            page.get_by_label("The same again").fill(PASSWORD)
            page.get_by_role("button").click()
            expect(page).to_have_title("Wall · streetwatch")
            page.goto("/console/cases")
            lost = page.get_by_text("Connection lost.")
            expect(page.get_by_role("banner")).to_be_visible()
            expect(lost).to_be_hidden()
            service.kill()
            expect(lost).to_be_visible()
            service.start()
            expect(lost).to_be_hidden()
            expect(page).to_have_title("Cases · streetwatch")
        assert "welcome" not in service.log[-1].read_text()
        assert service.stop() == 0
    finally:
        service.end()


def test_the_keys_of_a_page_are_shown_by_one(console: Console) -> None:
    with console.page("/console/wall", language="en-GB") as page:
        keys = page.get_by_role("dialog", name="Keys")
        expect(page.get_by_role("banner")).to_be_visible()
        page.keyboard.press("?")
        expect(keys).to_contain_text("Show these keys")
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
        page.get_by_role("button", name="Keys").click()
        expect(keys).to_be_visible()
        page.get_by_role("button", name="Close").click()
        expect(keys).to_be_hidden()

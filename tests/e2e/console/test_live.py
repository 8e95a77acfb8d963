"""What changes is pushed; a lost connection is told, and comes back."""

from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, expect

from console_parts import Console, let_in
from live_service import Service, free_port

pytestmark = pytest.mark.browser


def test_a_service_that_ends_and_starts_again_is_told_and_comes_back(
    tmp_path: Path, browser: Browser
) -> None:
    camera = {"id": "gate", "source": {"kind": "rtsp", "url": "rtsp://127.0.0.1:9/x"}}
    (tmp_path / "cameras.yaml").write_text(yaml.safe_dump({"cameras": [camera]}))
    (tmp_path / "streetwatch.yaml").write_text("{}")
    service = Service(tmp_path, free_port())
    service.start()
    try:
        let_in(service)
        with Console(service, browser).page("/console/cases", language="en-GB") as page:
            lost = page.get_by_text("Connection lost.")
            expect(page.get_by_role("navigation")).to_be_visible()
            expect(lost).to_be_hidden()
            service.kill()
            expect(lost).to_be_visible()
            service.start()
            expect(lost).to_be_hidden(timeout=20_000)
            expect(page).to_have_title("Cases · streetwatch")
        assert service.stop() == 0
    finally:
        if service.process is not None and service.process.poll() is None:
            service.kill()


def test_the_keys_of_a_page_are_shown_by_one(console: Console) -> None:
    with console.page("/console/wall", language="en-GB") as page:
        keys = page.get_by_role("dialog", name="Keys")
        expect(page.get_by_role("navigation")).to_be_visible()
        page.keyboard.press("?")
        expect(keys).to_contain_text("Show these keys")
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
        page.get_by_role("button", name="Keys").click()
        expect(keys).to_be_visible()
        page.get_by_role("button", name="Close").click()
        expect(keys).to_be_hidden()

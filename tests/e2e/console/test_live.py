"""What changes is pushed; a lost connection is told, and comes back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

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


def held_back(page: Page) -> Callable[[], None]:
    """Keep from a page what its next socket is told; return what lets it through."""
    told: list[tuple[WebSocketRoute, str | bytes]] = []
    is_held = True

    def take(socket: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if is_held:
                told.append((socket, message))
            else:
                socket.send(message)

        socket.connect_to_server().on_message(pass_on)

    def let_through() -> None:
        nonlocal is_held
        is_held = False
        for socket, message in told:
            socket.send(message)

    page.route_web_socket(re.compile("/socket.io/"), take)
    return let_through


def test_what_is_typed_before_the_connection_stands_arrives_in_its_order(console: Console) -> None:
    with console.page("/console/settings", language="en-GB") as page:
        let_through = held_back(page)
        page.goto("/console/settings/people")
        page.get_by_label("Name of a new user").press_sequentially("wang-xiaoming")
        page.keyboard.press("Enter")
        let_through()
        expect(page.get_by_role("cell", name="wang-xiaoming", exact=True)).to_be_visible()

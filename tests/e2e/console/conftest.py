"""One running service with a real camera, and one browser, for every test of the console."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from console_parts import PICTURES, Console, let_in
from live_service import Camera, Service, free_port
from streetwatch.benchmarks.console import ARGUMENTS
from waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = "/usr/bin/chromium"
SETTINGS = """\
log_format: json
access: {api: open}
retention:
  evidence_d: 200
evidence: {pre_s: 2, post_s: 2}
targets:
  - {id: desk, kind: desk}
  - {id: city, kind: webhook, url: "http://desk:pass-word@127.0.0.1:9/in", secret: 0123456789abcdef}
networks: {cameras: [127.0.0.0/8]}
"""
MOST_MS = PATIENCE_S * 1000

#: Of the demo clip: when its car stands and its stall is about to come.
STALL_COMES_S = 15.0
DWELL_S = 5
LARGEST_PICTURE = 200_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    expect.set_options(timeout=MOST_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that watches the demo clip as a live camera, and is quick to file from it."""
    folder = tmp_path_factory.mktemp("console")
    begun_at = time.time() - STALL_COMES_S
    camera = Camera(ROOT / "datasets" / "demo" / "street.mp4", free_port(), since=begun_at)
    camera.start()
    demo = yaml.safe_load((ROOT / "datasets" / "demo" / "cameras.yaml").read_text("utf-8"))
    demo["cameras"][0]["source"]["url"] = camera.url
    for zone in demo["cameras"][0]["zones"]:
        zone["rules"][0]["dwell_s"] = DWELL_S
    (folder / "cameras.yaml").write_text(yaml.safe_dump(demo, allow_unicode=True), "utf-8")
    (folder / "streetwatch.yaml").write_text(SETTINGS)
    service = Service(folder, free_port())
    try:
        service.start()
        let_in(service)
        yield service
    finally:
        service.end()
        camera.kill()


@pytest.fixture(scope="session")
def console(watched: Service, browser: Browser) -> Console:
    """The pages of the running service: `with console.page(path, role=..., language=...)`."""
    return Console(watched, browser)


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a page's picture for the documentation, where `--screenshots` asks for it."""

    def keep(page: Page, name: str) -> None:
        if request.config.getoption("--screenshots"):
            file = PICTURES / f"{name}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            # 256 colours: a street in full colour is more than half a megabyte.
            shot = Image.open(io.BytesIO(page.screenshot()))
            shot.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
            assert file.stat().st_size <= LARGEST_PICTURE, f"{file}: too large for a repository"

    return keep

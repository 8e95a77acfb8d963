"""What each tab of foresight says of a simulated city, of which the truth is known."""

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from console_parts import Console, barriers, let_in
from live_service import Service, free_port
from streetwatch.benchmarks.city_store import fill_with
from streetwatch.datasets.city.life import City
from streetwatch.datasets.city.plan import Plan
from streetwatch.datasets.city.writing import write_city
from streetwatch.service.store.sql_store import open_store
from streetwatch.zones.schedule import CHINA

pytestmark = pytest.mark.browser

#: Long enough for four weeks before its campaigns, and for eight that patrols are learnt from.
DAYS = 116

SETTINGS = """\
log_format: json
access: {api: open}
cameras: city/cameras.yaml
targets: [{id: desk, kind: desk}]
"""


@dataclass
class Reader:
    """Somebody who reads a city's foresight, tab by tab, and the city."""

    page: Page
    city: City

    def opens(self, tab: str) -> Page:
        """Open a tab, and wait until all of it is there."""
        self.page.goto(f"/console/foresight?tab={tab}")
        self.page.locator(".sw-column[aria-busy=false]").wait_for()
        return self.page


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Reader]:
    """A service over a city that ended yesterday; none of its cameras can be reached."""
    folder = tmp_path_factory.mktemp("city")
    first = datetime.fromtimestamp(time.time(), CHINA).date() - timedelta(days=DAYS)
    city = City(Plan(5, first, DAYS, 2, 12))
    write_city(city, folder / "city", on_day=lambda _: None, with_days=False)
    (folder / "streetwatch.yaml").write_text(SETTINGS)
    (folder / "data").mkdir()
    with closing(open_store(f"sqlite:///{folder / 'data' / 'streetwatch.db'}")) as store:
        fill_with(store.engine, city, on_day=lambda _: None)
    service = Service(folder, free_port())
    try:
        service.start()
        let_in(service)
        with Console(service, browser).page(language="en-GB") as page:
            yield Reader(page, city)
    finally:
        if service.process is not None:
            service.kill()


def test_hot_spots_say_where_to_send_people_and_where_the_next_camera_belongs(
    reader: Reader,
) -> None:
    page = reader.opens("hot-spots")
    send = page.get_by_role("region", name="Where to send people")
    expect(send).to_contain_text("best window")
    expect(page.get_by_text("Next camera: 124")).to_be_visible()
    assert barriers(page) == []


def test_coverage_names_the_grids_without_a_camera_and_where_the_next_belongs(
    reader: Reader,
) -> None:
    page = reader.opens("coverage")
    blind = page.get_by_role("region", name="Blind spots")
    for block in reader.city.ground.blind:
        line = blind.get_by_role("row").filter(has_text=block.code)
        expect(line).to_contain_text("no camera stands there")
    sites = page.get_by_role("region", name="Where the next camera would see most")
    expect(sites.get_by_role("row").nth(1)).to_contain_text("1. 124")
    assert barriers(page) == []


def test_patrols_are_planned_for_whoever_can_go_and_held_against_the_fixed_round(
    reader: Reader,
) -> None:
    page = reader.opens("patrol")
    expect(page.get_by_role("region", name="Team 2")).to_be_visible()
    page.get_by_label("Teams").fill("1")
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_role("region", name="Team 2")).to_have_count(0)
    stops = page.get_by_role("region", name="Team 1").get_by_role("row")
    expect(stops.nth(1)).to_contain_text(re.compile(r"cam-000\d\d/"))
    expect(page.get_by_text("Simulated on 14 days: these routes met")).to_be_visible()
    printed = page.get_by_role("link", name="To print, with QR codes").get_attribute("href")
    assert printed is not None
    assert "teams=1" in printed
    assert page.request.get(printed).text().count("<svg") == stops.count() - 1
    assert barriers(page) == []


def test_campaigns_tell_what_they_changed_day_by_day(reader: Reader) -> None:
    page = reader.opens("campaigns")
    changed = page.get_by_role("region", name="What campaigns changed")
    names = [f"模拟整治 {one}" for one in range(1, len(reader.city.planted.campaigns) + 1)]
    for name in names:
        line = changed.get_by_role("row").filter(has_text=name)
        expect(line).to_contain_text(re.compile(r"\d\.\d\d \[\d\.\d\d, \d+\.\d\d\]"))
        chart = page.get_by_role("region", name=f"Day by day: {name}")
        expect(chart.locator("canvas")).to_be_visible()
    expect(page.get_by_role("region", name="Back after closing")).to_contain_text("30 days")
    assert barriers(page) == []


def test_a_shop_front_s_points_lead_to_the_cases_that_took_them(reader: Reader) -> None:
    page = reader.opens("fronts")
    fronts = page.get_by_role("region", name="Shop fronts, the worst first")
    shops = 2 * len(reader.city.ground.shops)
    expect(fronts.get_by_role("row")).to_have_count(1 + shops)
    expect(fronts.get_by_role("row").nth(1)).to_contain_text(re.compile(r"shop-[12]\d+\.\d"))
    points = page.locator("details.sw-card").first
    points.locator("summary").click()
    case = points.get_by_role("link").first
    assert str(case.get_attribute("href")).startswith("/console/cases/SW-")
    assert barriers(page) == []


def test_efficiency_is_held_against_the_round_that_somebody_names(reader: Reader) -> None:
    page = reader.opens("efficiency")
    sooner = page.get_by_role("listitem").filter(has_text="Times as soon")
    expect(sooner).to_contain_text('the claim "x5" holds')
    page.get_by_label("A round every, hours").fill("0.2")
    page.get_by_role("button", name="Compare").click()
    expect(sooner).to_contain_text('the claim "x5" is refuted')
    assert barriers(page) == []


def test_the_month_says_who_goes_where_and_how_far_it_beats_the_fixed_round(
    reader: Reader,
) -> None:
    page = reader.opens("month")
    month = page.get_by_role("region", name="Month 20")
    expect(month.get_by_role("heading", name="Patrol routes")).to_be_visible()
    expect(month.get_by_role("row").filter(has_text="these routes")).to_have_count(1)
    expect(month.get_by_role("row").filter(has_text="n, days = 14")).to_have_count(1)
    expect(month).to_contain_text("Learnt from the 8 weeks before")
    assert barriers(page) == []

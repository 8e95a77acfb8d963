"""The month on one page: what it says, and how often it is made."""

import re
from datetime import datetime, timedelta

import pymupdf
import pytest
import sqlalchemy as sa

from filed import NOON
from foresight_city import CAMPAIGN, DAY, ENDED, City
from streetwatch.service.desk.foresight.months import KEPT_S, UNCHANGED_S
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.month_schema import month_page
from streetwatch.zones.schedule import CHINA


def test_the_month_is_a_page_in_both_languages_that_needs_nothing_from_elsewhere(
    city: City,
) -> None:
    city.file(NOON - 8 * DAY, *ENDED, type="street_vending")
    city.http.put("/foresight/campaigns/night", json={**CAMPAIGN, "name": "<夜市>"})

    chinese = city.http.get("/foresight/month.html", params={"month": "2026-11"}).text
    english = city.http.get(
        "/foresight/month.html", params={"month": "2026-11", "language": "en"}
    ).text

    assert "未测量" in chinese
    assert "占道经营" in chinese
    assert "&lt;夜市&gt;" in chinese
    assert "not measured" in english
    assert "100.0%" in english
    assert not re.search(r"<script|<link|src=|href=", chinese)
    assert chinese.count("<svg") == english.count("<svg") == 6


def test_the_month_is_printed_with_a_chinese_font_inside(city: City) -> None:
    city.file(NOON - 8 * DAY, *ENDED)

    answer = city.http.get("/foresight/month.pdf", params={"month": "2026-11"})
    wrong = city.http.get("/foresight/month.pdf", params={"month": "2026-13"})

    with pymupdf.open("pdf", answer.content) as printed:
        text = "".join(page.get_text() for page in printed)
        fonts = {font[3] for page in printed for font in page.get_fonts()}
    assert "城市管理月报" in text
    assert "未测量" in text
    assert any("Droid" in font for font in fonts)
    assert len(answer.content) < 500_000
    assert wrong.status_code == 422


def test_a_month_without_a_case_measures_nothing(city: City) -> None:
    page = city.http.get("/foresight/month.html", params={"month": "2026-11", "language": "en"})

    assert page.status_code == 200
    assert "0.0%" not in page.text


def test_a_month_s_page_is_kept_for_an_hour_and_made_anew_for_whoever_asks(city: City) -> None:
    months = city.months()
    made = months.page("2026-01")
    city.file(city.now - DAY)
    city.now += KEPT_S - 1
    assert months.page("2026-01") == made
    assert months.within(Reach(grids=("310101",))).page("2026-01").made_at == city.now
    assert months.page("2026-01", anew=True).made_at == city.now
    city.file(city.now - DAY)
    city.now += KEPT_S
    assert months.page("2026-01").made_at == city.now


def test_a_month_of_which_nothing_has_changed_is_shown_for_a_day_by_whatever_process(
    city: City,
) -> None:
    made = city.months().page("2026-01")
    city.now += UNCHANGED_S - 1
    assert city.months().page("2026-01") == made
    city.now += 1
    assert city.months().page("2026-01").made_at == city.now


@pytest.mark.parametrize(
    ("is_ours", "is_changed", "after_s", "is_made"),
    [
        pytest.param(True, False, 1800.0, False, id="nothing has changed"),
        pytest.param(True, True, 1800.0, True, id="a case has come"),
        pytest.param(True, False, UNCHANGED_S, True, id="a day has passed"),
        pytest.param(False, True, UNCHANGED_S, False, id="another process does it"),
    ],
)
def test_the_last_month_s_page_is_made_by_one_process_where_something_has_changed(
    city: City, *, is_ours: bool, is_changed: bool, after_s: float, is_made: bool
) -> None:
    month = f"{datetime.fromtimestamp(city.now, CHINA).replace(day=1) - timedelta(days=1):%Y-%m}"
    first = city.months().page(month).made_at
    if is_changed:
        city.file(city.now)
    city.now += after_s
    city.months().renew(lambda: is_ours)
    with city.store.engine.connect() as connection:
        (kept,) = connection.execute(sa.select(month_page.c.made_at)).scalars()
    assert kept == (city.now if is_made else first)

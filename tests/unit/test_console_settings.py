"""What the settings page shows: values in force, where they are written, what waits."""

from datetime import date
from pathlib import Path

import pytest

from streetwatch.service.console.language import Language
from streetwatch.service.console.moments import day_words, moment_words, span_words
from streetwatch.service.console.settings.codes import days_ahead
from streetwatch.service.console.settings.values import (
    CODED,
    DATED,
    KEPT,
    SERVED,
    Row,
    Shown,
    Unit,
    rows,
    value_words,
)
from streetwatch.service.desk.work_calendar import load_calendar
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import told_settings

RUNNING = Settings()


def shown(tmp_path: Path, text: str, one: Shown, language: Language = Language.EN) -> Row:
    """Return how a setting is shown where the file says something else than what runs."""
    path = tmp_path / "streetwatch.yaml"
    path.write_text(text)
    written, origins = told_settings(path, environ={"STREETWATCH_RETENTION__HOUR": "4"})
    (row,) = rows((one,), RUNNING, written, origins, language)
    return row


def test_what_is_not_written_is_the_default(tmp_path: Path) -> None:
    row = shown(tmp_path, "{}", Shown("retention.evidence_d", "Retention", Unit.DAYS))
    assert row == Row("Retention", "retention.evidence_d", "180 days", origin="")


def test_what_is_written_says_where_and_what_waits_for_a_restart(tmp_path: Path) -> None:
    one = Shown("retention.evidence_d", "Retention", Unit.DAYS)
    row = shown(tmp_path, "retention:\n  evidence_d: 1\n", one, Language.ZH)
    assert row.words == "保存期限"
    assert (row.value, row.waiting) == ("180 天", "1 天")
    assert row.origin == f"{tmp_path}/streetwatch.yaml:2"


def test_a_variable_is_named(tmp_path: Path) -> None:
    row = shown(tmp_path, "{}", Shown("retention.hour", "Retention"))
    assert (row.value, row.waiting, row.origin) == ("3", "4", "STREETWATCH_RETENTION__HOUR")


def test_everything_that_is_shown_is_a_setting(tmp_path: Path) -> None:
    every = (*KEPT, *CODED, *DATED, *SERVED)
    path = tmp_path / "streetwatch.yaml"
    path.write_text("{}")
    written, origins = told_settings(path, environ={})
    found = rows(every, RUNNING, written, origins, Language.EN)
    assert [row.key for row in found if row.origin] == []
    assert len(found) == len({row.key for row in found})


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        pytest.param(1, Unit.DAYS, "1 day", id="one"),
        pytest.param(2.5, Unit.HOURS, "2.5 hours", id="a part"),
        pytest.param(None, Unit.NONE, "not set", id="nothing"),
        pytest.param(True, Unit.NONE, "yes", id="a switch"),
        pytest.param(Path("a/b.yaml"), Unit.NONE, "a/b.yaml", id="a path"),
    ],
)
def test_a_value_is_said_as_people_say_it(value: object, unit: Unit, words: str) -> None:
    assert value_words(value, unit, Language.EN) == words


def test_holidays_and_weekends_that_are_worked_on_are_days_that_differ() -> None:
    days = dict(days_ahead(load_calendar(None), date(2026, 1, 1)))
    assert days[date(2026, 1, 1)] is False
    assert days[date(2026, 2, 17)] is False
    assert days[date(2026, 1, 4)] is True
    assert date(2026, 1, 10) not in days


def test_times_are_on_chinas_clock() -> None:
    at = 1_790_000_000.0  # 2026-09-21T14:13:20Z
    assert moment_words(at, Language.ZH) == "2026年9月21日 22:13"
    assert moment_words(at, Language.EN) == "21 Sept 2026, 22:13"
    assert day_words(date(2026, 9, 21), Language.ZH) == "9月21日 周一"
    assert span_words(7200, Language.ZH) == "2小时"
    assert span_words(7200, Language.EN) == "2 hours"

"""What stands beside the player: how much waits, a case's facts, its place and its history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nicegui import ui

from streetwatch.service.console.casework.words import LEVELS, doer_words, worded
from streetwatch.service.console.language import say
from streetwatch.service.console.moments import span_to_the_second
from streetwatch.service.console.review.session import Session
from streetwatch.service.console.review.words import (
    done_words,
    moment,
    state_words,
    type_words,
)
from streetwatch.service.console.review.work import Overview
from streetwatch.service.desk.review.nearby import Near, Surroundings
from streetwatch.service.store.transactions import COUNTED
from streetwatch.vision.types import Seconds


def draw_counts(overview: Overview, session: Session, now: Seconds) -> None:
    """Draw how much waits and how fast it goes."""
    pace = session.pace(now)
    with ui.element("div").classes("rv-counts").props("role=status"):
        many = overview.counts.waiting
        ui.label(f"{many}+" if many >= COUNTED else str(many)).classes("rv-many sw-number")
        ui.label(say("wait for a verdict"))
    with ui.element("div").classes("rv-counts sw-quiet sw-number"):
        ui.label(say("{count} judged", "{count} judged", count=len(session.given)))
        if pace is not None:
            ui.label(say("{pace} an hour", pace=round(pace)))
        if overview.counts.elsewhere:
            ui.label(say("{number} with others", number=overview.counts.elsewhere))


def draw_facts(case: Mapping[str, Any]) -> None:
    """Draw what is known of a case."""
    with ui.element("dl").classes("rv-facts"):
        for name, value in facts(case):
            with ui.element("dt"):
                ui.label(name)
            with ui.element("dd").classes("sw-number"):
                ui.label(value)


def facts(case: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is known of a case, as people read it; what is not known is left out."""
    camera, place = case.get("camera") or {}, case.get("place") or {}
    confidence, level = case.get("confidence"), case.get("level")
    told = [
        (say("Case"), case["number"]),
        (say("State"), state_words(case["state"])),
        (say("Camera"), camera.get("name")),
        (say("Zone"), case.get("zone_id")),
        (say("Address"), case.get("address")),
        (say("Grid"), case.get("grid_code") or place.get("grid_code")),
        (say("Violation"), _moment(case.get("violation_at"))),
        (say("Observed"), _span(case.get("observed_s"))),
        (say("Not observed"), _span(case.get("unobserved_s"))),
        (say("Gone at"), _moment(case.get("cleared_at"))),
        (say("Confidence"), None if confidence is None else f"{confidence:.0%}"),
        (say("Level"), worded(LEVELS, level, say) if level else None),
        (say("Came back"), str(case["repeat_count"]) if case.get("repeat_count") else None),
        (say("Deadline"), _moment(case.get("deadline"))),
        (say("Model"), (case.get("versions") or {}).get("model")),
    ]
    return [(name, value) for name, value in told if value]


def draw_history(case: Mapping[str, Any]) -> None:
    """Draw who did what, the latest first."""
    ui.label(say("History")).classes("rv-head").props("role=heading aria-level=2")
    with ui.element("ul").classes("rv-rows"):
        for line in reversed(case["history"]):
            with ui.element("li"):
                ui.label(f"{_moment(line['at'])}").classes("sw-quiet sw-number")
                by = f"{doer_words(line)}: " if line.get("by") else ""
                ui.label(f"{by}{done_words(line)}")


def draw_surroundings(around: Surroundings) -> None:
    """Draw what was at the place before, and what is near."""
    ui.label(say("Also at this place")).classes("rv-head").props("role=heading aria-level=2")
    with ui.element("ul").classes("rv-rows"):
        for one in around.earlier:
            with ui.element("li"):
                ui.label(_moment(one["occurred_at"]) or "-").classes("sw-quiet sw-number")
                ui.label(state_words(one["state"]))
        if not around.earlier:
            with ui.element("li"):
                ui.label(say("none")).classes("sw-quiet")
    ui.label(say("Near it, within 2 hours")).classes("rv-head").props("role=heading aria-level=2")
    with ui.element("ul").classes("rv-rows"):
        for near in around.near:
            with ui.element("li"):
                ui.label(type_words(near.type))
                ui.label(_apart(near)).classes("sw-quiet sw-number")
        if not around.near:
            with ui.element("li"):
                ui.label(say("none")).classes("sw-quiet")


def _apart(near: Near) -> str:
    far = "" if near.apart_m is None else f"{near.apart_m:.0f} m, "
    when = say("{time} later", time=span_to_the_second(near.apart_s))
    if near.apart_s < 0:
        when = say("{time} earlier", time=span_to_the_second(-near.apart_s))
    return f"{far}{when}"


def _moment(written: str | None) -> str | None:
    return None if written is None else moment(datetime.fromisoformat(written).timestamp())


def _span(seconds: float | None) -> str | None:
    return None if seconds is None else span_to_the_second(seconds)

"""The analyses as JSON: every figure with its interval and its n, None where not measured."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from streetwatch.service.desk.foresight.campaigns import Campaign
from streetwatch.service.desk.foresight.foreseer import Outcome
from streetwatch.service.desk.foresight.fronts import Frontage
from streetwatch.service.desk.foresight.permitted import Stages
from streetwatch.service.desk.foresight.rounds import Rounds
from streetwatch.service.foresight.campaign import Effect, Ratio
from streetwatch.service.foresight.efficiency import CLAIM, Efficiency, Times
from streetwatch.service.foresight.occupancy import Occupancy
from streetwatch.service.foresight.patrol_export import clock
from streetwatch.service.foresight.relapse import Relapse
from streetwatch.service.foresight.relapse_chains import Chain
from streetwatch.zones.moment import utc


def campaign_json(one: Campaign) -> dict[str, Any]:
    """Return a campaign as it was told."""
    return {
        **asdict(one),
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "told_at": utc(one.told_at),
    }


def outcome_json(one: Outcome) -> dict[str, Any]:
    """Return what came of a campaign, with the days that it was computed from."""
    known = one.effect if isinstance(one.effect, Effect) else None
    course = one.days.course
    return {
        "campaign": campaign_json(one.campaign),
        "effect": None if known is None else effect_json(known),
        "lack": None if isinstance(one.effect, Effect) else one.effect.value,
        "exposure": "hours" if one.days.is_looked else "days",
        "relapse": [relapse_json(each) for each in one.relapses],
        "permitted": [_stages(each) for each in one.used],
        "days": [
            {"day": day_of(one.days.first + at), "n": int(n), "looked": round(float(looked), 2)}
            for at, (n, looked) in enumerate(zip(course.counts, course.looked, strict=True))
        ],
    }


def _stages(one: Stages) -> dict[str, Any]:
    return {
        "camera": one.place.camera_id,
        "zone": one.place.zone_id,
        **{name: _use(getattr(one, name)) for name in ("before", "during", "after")},
    }


def _use(one: Occupancy | None) -> dict[str, Any] | None:
    if one is None:
        return None
    share, low, high = (round(each, 4) for each in (one.share, one.low, one.high))
    ends = {"share": share, "low": low, "high": high}
    return {"looks": one.looks, "days": one.days, **ends, "stalls": round(one.stalls, 2)}


def effect_json(one: Effect) -> dict[str, Any]:
    """Return an effect: ratios against what the trend before had led to."""
    return {
        "after": _ratio(one.after),
        "during": _ratio(one.during),
        "level": _ratio(one.level),
        "slope_per_week": _ratio(one.slope),
        "dispersion": round(one.dispersion, 3),
        "n": {"before": one.before_n, "during": one.during_n, "after": one.after_n},
        "days": {"before": one.before_days, "during": one.during_days, "after": one.after_days},
    }


def _ratio(one: Ratio | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "value": rounded(one.value),
        "low": rounded(one.low),
        "high": rounded(one.high),
        "is_change": one.is_change,
    }


def relapse_json(one: Relapse) -> dict[str, Any]:
    """Return a share that came back."""
    return {
        "days": one.days,
        "n": one.n,
        "came_back": one.came_back,
        "value": rounded(one.value),
        "low": rounded(one.low),
        "high": rounded(one.high),
    }


def chain_json(one: Chain) -> dict[str, Any]:
    """Return a place that came back."""
    return {
        "place": one.place,
        "type": one.type,
        "n": len(one.numbers),
        "cases": list(one.numbers),
        "began": utc(one.began),
        "last": utc(one.last),
        "gap_days": rounded(one.gap_days),
    }


def frontage_json(one: Frontage) -> dict[str, Any]:
    """Return a front's score with every case that took points."""
    return {
        "camera": one.camera,
        "camera_name": one.camera_name,
        "front": one.front,
        "score": rounded(one.score.value, 1),
        "n": len(one.score.deductions),
        "days": round(one.score.days, 2),
        "taken": rounded(one.score.taken, 2),
        "deductions": [
            {
                "case": each.number,
                "type": each.type,
                "began": utc(each.began),
                "hours": rounded(each.hours, 2),
                "points": rounded(each.points, 2),
            }
            for each in one.score.deductions
        ],
    }


def efficiency_json(one: Efficiency) -> dict[str, Any]:
    """Return cameras against a round on foot; what is a model says so in its name."""
    return {
        "claim": CLAIM,
        "cameras": {
            "n": one.n,
            "waited_s": rounded(one.waited_s, 1),
            "verdicts": one.verdicts,
            "review_h": rounded(one.review_h, 2),
        },
        "patrol_model": {
            "met": rounded(one.met),
            "waited_s": rounded(one.patrol_waited_s, 1),
            "staff_h": rounded(one.patrol_h, 1),
        },
        "sooner": _times(one.sooner),
        "finds_per_staff_hour": _times(one.per_hour),
    }


def _times(one: Times) -> dict[str, Any]:
    return {
        "value": rounded(one.value, 2),
        "low": rounded(one.low, 2),
        "high": rounded(one.high, 2),
        "claim": one.finding.value,
    }


def rounds_json(one: Rounds) -> dict[str, Any]:
    """Return routes, and what such routes would have met."""
    return {
        "weekend": one.weekend,
        "base": None if one.base is None else [one.base.lon, one.base.lat],
        "n": one.n,
        "routes": [
            {
                "team": route.team,
                "visits": [
                    {
                        "place": visit.place,
                        "lon": round(visit.at.lon, 6),
                        "lat": round(visit.at.lat, 6),
                        "arrive": clock(visit.arrive_s),
                        "leave": clock(visit.leave_s),
                        "expected": round(visit.expected, 3),
                    }
                    for visit in route.visits
                ],
            }
            for route in one.routes
        ],
        "simulation": {
            "learnt": [day.isoformat() for day in one.learnt],
            "replayed": [day.isoformat() for day in one.replayed],
            **{name: rounded(value) for name, value in asdict(one.met).items()},
        },
    }


def day_of(number: int) -> str:
    """Return a day of China's calendar that is counted from 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def rounded(value: float | None, digits: int = 4) -> float | None:
    """Round what is told."""
    return None if value is None else round(value, digits)

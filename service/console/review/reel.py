"""A reel: all that the player shows of one case, computed from what is kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from streetwatch.service.evidence.track_file import read_track
from streetwatch.service.incidents.track import Placed, Span
from streetwatch.vision.types import Seconds, Size
from streetwatch.zones.polygon import Polygon

#: The stills that are told apart by a key, in its order, each with what may stand for it.
_STILLS: Final[Sequence[tuple[str, ...]]] = (
    ("first_seen", "warned"),
    ("threshold", "picture"),
    ("latest", "cleared", "disputed"),
)


class NoClip(StrEnum):
    """Why there is no clip."""

    NOT_YET = "not_yet"  #: its time has not run
    NEVER = "never"  #: its camera keeps none
    GONE = "gone"  #: it was kept, and is not there any more


@dataclass(frozen=True, slots=True)
class Files:
    """What was found of a case's evidence.

    Attributes:
        present: Addresses of the files that are there; those that are kept elsewhere are.
        manifest: What its evidence says of itself, if it is sealed.
        track: Where it was seen when, if that is kept.
        size: Width and height of its stills.
        zone: Its zone as it is drawn now, for what is not sealed.
    """

    present: frozenset[str] = frozenset()
    manifest: Mapping[str, Any] | None = None
    track: Mapping[str, Any] | None = None
    size: Size | None = None
    zone: Polygon = ()


@dataclass(frozen=True, slots=True)
class Still:
    """One picture.

    Attributes:
        role: Which of the three it is: `first`, `threshold`, `latest`.
        url: None where it is not there.
    """

    role: str
    url: str | None
    at: Seconds | None


@dataclass(frozen=True, slots=True)
class Reel:
    """What the player shows. Times are seconds since the epoch; places are shares of the picture.

    Attributes:
        clip: Its address; None where there is none.
        clip_at: When it begins.
        no_clip: Why there is none.
        zone: The outline of its zone.
        boxes: When it stood where, each until the next.
        spans: When it was seen, and when not; without gaps.
        since: When the time line begins.
        until: And when it ends.
        violation_at: When its dwell was full.
    """

    number: str
    type: str
    clip: str | None
    clip_at: Seconds
    no_clip: NoClip | None
    stills: tuple[Still, ...]
    zone: Polygon
    boxes: tuple[tuple[float, ...], ...]
    spans: tuple[tuple[Seconds, Seconds, str], ...]
    since: Seconds
    until: Seconds
    violation_at: Seconds | None

    def props(self) -> dict[str, Any]:
        """Return it as the component takes it."""
        return asdict(self)


def reel_of(case: Mapping[str, Any], files: Files) -> Reel:
    """Compute what is shown of a case.

    Args:
        case: As the desk answers it.
        files: What was found of its evidence.
    """
    evidence = [one for one in case.get("evidence") or () if "of" not in one]
    by_role = {one["role"]: one for one in evidence}
    clip = by_role.get("clip")
    has_clip = clip is not None and clip["url"] in files.present
    spans, boxes, size = _track(files)
    seen = [_seconds(case.get(name)) for name in ("first_seen", "violation_at", "last_seen")]
    moments = [at for at in seen if at is not None] or [_seconds(case["reported_at"]) or 0.0]
    since = min([*moments, *(one.since for one in spans[:1])])
    return Reel(
        number=case["number"],
        type=case["type"],
        clip=clip["url"] if clip is not None and has_clip else None,
        clip_at=(_seconds(clip["captured_at"]) if clip else None) or moments[0],
        no_clip=None if has_clip else _why(clip is not None, files.manifest is not None),
        stills=tuple(_still(roles, by_role, files) for roles in _STILLS),
        zone=_zone(files),
        boxes=tuple(_share(one, size) for one in boxes) or _last_box(case, files, since),
        spans=tuple((one.since, one.until, one.sight.value) for one in spans),
        since=since,
        until=max([*moments, *(one.until for one in spans[-1:])]),
        violation_at=_seconds(case.get("violation_at")),
    )


def _why(was_kept: bool, is_sealed: bool) -> NoClip:  # noqa: FBT001 -- two facts, read once
    if was_kept:
        return NoClip.GONE
    return NoClip.NEVER if is_sealed else NoClip.NOT_YET


def _still(roles: Sequence[str], by_role: Mapping[str, Mapping[str, Any]], files: Files) -> Still:
    name = roles[0].removesuffix("_seen")
    found = [by_role[role] for role in roles if role in by_role]
    there = [one for one in found if one["url"] in files.present]
    if not there:
        return Still(name, None, _seconds(found[0]["captured_at"]) if found else None)
    return Still(name, there[0]["url"], _seconds(there[0]["captured_at"]))


def _track(files: Files) -> tuple[tuple[Span, ...], tuple[Placed, ...], Size]:
    if files.track is not None:
        try:
            return read_track(files.track)
        except ValueError:
            pass  # of a later version: what it would show is left out
    return (), (), (1, 1)


def _zone(files: Files) -> Polygon:
    drawn = ((files.manifest or {}).get("zone") or {}).get("polygon")
    return tuple((float(x), float(y)) for x, y in drawn) if drawn else files.zone


def _last_box(
    case: Mapping[str, Any], files: Files, since: Seconds
) -> tuple[tuple[float, ...], ...]:
    box = case.get("bbox")
    if box is None or files.size is None:
        return ()
    return (_share(Placed(since, tuple(box)), files.size),)


def _share(one: Placed, size: Size) -> tuple[float, ...]:
    width, height = size
    x1, y1, x2, y2 = one.box
    return (one.at, x1 / width, y1 / height, x2 / width, y2 / height)


def _seconds(written: str | None) -> Seconds | None:
    return None if written is None else datetime.fromisoformat(written).timestamp()

"""Composes clips with known truth: `cameras.yaml`, `truth.json` and `composed.json` beside them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from streetwatch.datasets.compose.film import Film, write_clip
from streetwatch.datasets.compose.kinds import Disturbance, Kind
from streetwatch.datasets.compose.photographs import Album, read_album
from streetwatch.datasets.compose.roads import Road, read_roads
from streetwatch.datasets.compose.script import (
    DWELL_S,
    TYPE,
    Act,
    Cast,
    Script,
    Span,
    full_at,
    written,
)
from streetwatch.datasets.compose.stage import Stage
from streetwatch.datasets.demo.cutouts import Cutout
from streetwatch.datasets.sources import sources
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.vision.types import Seconds, Sees, Size
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import ViolationType

_ZONE = "watched"

#: What is put on streets, and what could be taken for it and is swept from them, too.
_Label = tuple[str, frozenset[str]]

#: Garbage that lies in or on a bin is garbage to some and a full bin to others.
_GARBAGE: _Label = ("garbage", frozenset({"bin_overflow"}))
_BIN: _Label = ("bin", frozenset())
_LABEL: Mapping[Kind, _Label] = {
    Kind.GARBAGE: _GARBAGE,
    Kind.QUIET_PAVEMENT: _GARBAGE,
    Kind.QUIET_THINGS: _GARBAGE,
    Kind.VENDING: ("vendor_stall", frozenset()),
}

#: So many things are brought to a street that has none of its own.
_BROUGHT = 6

#: Who stands in a photograph never leaves, and would be at work on the heap for ever.
_PEOPLE_STAY: Mapping[ViolationType, Mapping[str, float]] = {
    ViolationType.EXPOSED_GARBAGE: {"work_pause_s": 0.0}
}

_FROM_ELSEWHERE = 0.2
_HIDDEN_FIRST_S, _HIDDEN_EVERY_S, _HIDDEN_FOR_S = 40.0, 75.0, 20.0
_OUTAGE_S = (60.0, 180.0)

#: Whether what is full within so little of its end is filed or not is luck: it is left out.
_UNCLEAR_S: Seconds = 20.0


@dataclass(frozen=True)
class Material:
    """What clips are composed of.

    Attributes:
        root: Holds videos/ (clips, cameras.yaml, truth.json) and labelled pictures SOURCE/SPLIT.
        split: Which pictures; vehicles of the clips are shared out likewise: every other one.
        sees: Tells vehicles and people in the clips.
    """

    root: Path
    split: str
    sees: Sees

    @cached_property
    def _read(self) -> tuple[list[Road], list[Cutout]]:
        return read_roads(self.root / "videos", self.sees)

    @property
    def people(self) -> list[Cutout]:
        """People to walk before everything."""
        return self._read[1]

    @cached_property
    def roads(self) -> list[Road]:
        """The roads with this split's vehicles."""
        first = 1 if self.split == "test" else 0
        return [replace(road, things=road.things[first::2]) for road in self._read[0]]

    @cached_property
    def _albums(self) -> dict[str, Album]:
        return {}

    def album(self, label: str, mistaken: frozenset[str]) -> Album:
        """Return the photographs of a label, from which what is mistaken for it is swept, too."""
        if label not in self._albums:
            folders = [
                source.folder / self.split
                for source in sources(self.root, {})
                if label in source.labels and self.split in source.splits
            ]
            if not folders:
                raise DatasetError(f"{self.root}: no source with {label} has a {self.split} split")
            self._albums[label] = read_album(folders, label, mistaken)
        return self._albums[label]

    def stage(self, kind: Kind, chance: np.random.Generator) -> Stage:
        """Return a street for a kind of clip."""
        if kind.is_road:
            return self.roads[int(chance.integers(len(self.roads)))]
        album = self.album(*_LABEL[kind])
        if kind is Kind.QUIET_THINGS:
            return album.another(chance, self._others(chance))
        elsewhere = 0.5 if kind.is_quiet else _FROM_ELSEWHERE
        if chance.random() < elsewhere:
            return album.another(chance, (album.cut_out(chance) for _ in range(_BROUGHT)))
        return album.photograph(chance)

    def _others(self, chance: np.random.Generator) -> Iterator[Cutout | None]:
        """Yield what comes to a pavement as garbage does, and is none: bins and vehicles."""
        vehicles = [thing for road in self.roads for thing in road.things]
        for _ in range(_BROUGHT // 2):
            yield self.album(*_BIN).cut_out(chance)
            yield vehicles[int(chance.integers(len(vehicles)))]


@dataclass(frozen=True, slots=True)
class Order:
    """Which clips to compose.

    Attributes:
        out: Where; what is there already is kept.
        count: How many.
        seed: The same one gives the same clips.
        minutes: How long each is.
        fps: Pictures a second.
        kinds: In turn.
        disturbances: In turn, once all kinds have had one.
    """

    out: Path
    count: int
    seed: int
    minutes: float
    fps: float
    kinds: Sequence[Kind]
    disturbances: Sequence[Disturbance]

    def clips(self) -> Iterator[tuple[str, int, Kind, Disturbance]]:
        """Yield each clip's name, number, kind and disturbance."""
        for number in range(self.count):
            kind = self.kinds[number % len(self.kinds)]
            turn = number // len(self.kinds) % len(self.disturbances)
            yield f"{kind}-{self.seed}-{number:04d}", number, kind, self.disturbances[turn]


def compose(order: Order, material: Material, on_clip: Callable[[str], None]) -> dict[str, Any]:
    """Compose what is not there yet, and write what the whole folder is about.

    Returns:
        `composed.json`: by clip, its kind, disturbance, street and length.

    Raises:
        DatasetError: the material is not laid out as it must be.
    """
    order.out.mkdir(parents=True, exist_ok=True)
    for name, number, kind, disturbance in order.clips():
        facts = order.out / f"{name}.json"
        if not facts.exists():
            chance = np.random.default_rng((order.seed, number))
            _compose(order, material, name, kind, disturbance, chance)
        on_clip(name)
    return _summed_up(order.out)


def _compose(  # noqa: PLR0913, PLR0917 -- one clip and all that it is made of
    order: Order,
    material: Material,
    name: str,
    kind: Kind,
    disturbance: Disturbance,
    chance: np.random.Generator,
) -> None:
    stage = material.stage(kind, chance)
    people = [] if kind.is_road else material.people
    cast = Cast(tuple(thing.box for thing in stage.things), len(people))
    script = written(kind, cast, length_s=60 * order.minutes, chance=chance)
    script = _disturbed(script, disturbance, DWELL_S[TYPE[kind]], chance)
    film = Film(stage, script, people, disturbance, rolls=kind.is_road, fps=order.fps)
    write_clip(
        order.out / f"{name}.mp4",
        film.pictures(chance),
        fps=order.fps,
        disturbance=disturbance,
        chance=chance,
    )
    facts = _facts(name, kind, disturbance, stage, script)
    (order.out / f"{name}.json").write_text(json.dumps(facts), encoding="utf-8")


def _disturbed(
    script: Script, disturbance: Disturbance, dwell_s: Seconds, chance: np.random.Generator
) -> Script:
    """Add what a disturbance does to the script; leave out what it makes unclear."""
    length_s, outage = script.length_s, None
    hidden: tuple[Span, ...] = ()
    if disturbance.has(Disturbance.OUTAGE):
        start = float(chance.uniform(0.2, 0.6)) * length_s
        outage = (start, min(start + float(chance.uniform(*_OUTAGE_S)), 0.9 * length_s))
    if disturbance.has(Disturbance.OCCLUSION):
        starts = np.arange(_HIDDEN_FIRST_S, length_s, _HIDDEN_EVERY_S).tolist()
        hidden = tuple((start, start + _HIDDEN_FOR_S) for start in starts)
    acts = tuple(
        replace(act, end=min(act.end, length_s))
        for act in script.acts
        if not _is_unclear(act, dwell_s, outage, length_s)
    )
    return replace(script, acts=acts, outage=outage, hidden=hidden)


def _is_unclear(act: Act, dwell_s: Seconds, outage: Span | None, length_s: Seconds) -> bool:
    end = min(act.end, length_s)
    full = full_at(replace(act, end=2 * length_s), dwell_s, outage) or end
    return abs(full - end) < _UNCLEAR_S and not act.permitted


def _facts(
    name: str, kind: Kind, disturbance: Disturbance, stage: Stage, script: Script
) -> dict[str, Any]:
    """Return a clip's truth, its camera and what it is."""
    type_ = TYPE[kind]
    dwell_s = DWELL_S[type_]
    size = _size(stage)
    permitted = [_around(stage.things[act.thing], size) for act in script.acts if act.permitted]
    truth = [
        {"camera": name, "zone": _ZONE, "type": type_.value}
        | {"start": round(act.start, 2), "end": round(act.end, 2), "violation_at": round(full, 2)}
        | {"bbox": [int(side) for side in stage.things[act.thing].box]}
        for act in ([] if kind.is_quiet else script.acts)
        if not act.permitted and (full := full_at(act, dwell_s, script.outage)) is not None
    ]
    rule = {"type": type_.value, "dwell_s": dwell_s, **_PEOPLE_STAY.get(type_, {})}
    zones = [_zone(_ZONE, stage.zone, [rule])]
    zones += [_zone(f"permitted-{n}", area, []) for n, area in enumerate(permitted)]
    return {
        "truth": sorted(truth, key=lambda event: str(event["violation_at"])),
        "camera": {"id": name, "source": {"kind": "file", "url": f"{name}.mp4"}, "zones": zones},
        "about": {
            "kind": kind.value,
            "disturbance": disturbance.value,
            "street": stage.name,
            "minutes": round(script.length_s / 60, 2),
            "events": len(truth),
        },
    }


def _size(stage: Stage) -> Size:
    (street,) = stage.streets(1, 1, np.random.default_rng(0))
    height, width = street.image.shape[:2]
    return width, height


def _zone(name: str, area: Polygon, rules: list[dict[str, Any]]) -> dict[str, Any]:
    kind = {"kind": "prohibited", "rules": rules} if rules else {"kind": "permitted"}
    return {"id": name, "polygon": [[round(x, 4), round(y, 4)] for x, y in area], **kind}


def _around(thing: Cutout, size: Size) -> Polygon:
    """Return the ground that a thing stands on, drawn with some room."""
    x1, y1, x2, y2 = thing.box
    wide, high = 0.1 * (x2 - x1), 0.15 * (y2 - y1)
    left, right = max(x1 - wide, 0) / size[0], min(x2 + wide, size[0]) / size[0]
    top, bottom = (y1 + y2) / 2 / size[1], min(y2 + high, size[1]) / size[1]
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _summed_up(out: Path) -> dict[str, Any]:
    """Write `truth.json`, `cameras.yaml` and `composed.json` of all clips in the folder."""
    names = sorted(path.stem for path in out.glob("*.mp4") if path.with_suffix(".json").exists())
    facts = {name: json.loads((out / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    about = {f"{name}.mp4": facts[name]["about"] for name in names}
    _write(out / "truth.json", {f"{name}.mp4": facts[name]["truth"] for name in names})
    _write(out / "composed.json", about)
    cameras = yaml.safe_dump({"cameras": [facts[name]["camera"] for name in names]})
    (out / "cameras.yaml").write_text(cameras, encoding="utf-8")
    return about


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

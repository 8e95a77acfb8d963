"""The ground of a simulated city: its grids, roads and cameras."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sqrt
from typing import Any, Final

import numpy as np

from streetwatch.datasets.city.plan import Plan, Plant

#: The south-west corner of the first district, degrees; a square of the sea, no real street.
_LON, _LAT = 124.0, 30.0

_BLOCK_M: Final = 350.0
_DEGREE_M: Final = 111_195.0

#: Of each district so many blocks have no camera where blind spots are planted, the least.
_BLIND_SHARE: Final = 0.12

#: Where stalls are permitted before the cameras whose street has a market.
MARKET: Final = "market"
_MARKET: Final[dict[str, Any]] = {
    "id": MARKET,
    "polygon": [[0.02, 0.05], [0.98, 0.05], [0.98, 0.38], [0.02, 0.38]],
    "kind": "permitted",
}

#: Every so many cameras see two shops, before whose fronts garbage is put out: beside each other
#: lies what is one, the other's, and nobody's.
_SHOPS_EVERY: Final = 5
_SHOPS: Final[tuple[dict[str, Any], ...]] = tuple(
    {
        "id": f"shop-{number}",
        "polygon": [[x1, 0.74], [x2, 0.74], [x2, 0.95], [x1, 0.95]],
        "kind": "shopfront",
    }
    for number, (x1, x2) in enumerate(((0.02, 0.103), (0.104, 0.18)), start=1)
)

#: What stands beside each other in a zone; the next one stands where the first has stood.
BESIDE: Final = 3

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A unit grid: a block of streets.

    Attributes:
        code: Its 15 digits.
        district: Its number.
        column: From the west.
        row: From the south.
    """

    code: str
    district: int
    column: int
    row: int

    def at(self, right: float, up: float) -> tuple[float, float]:
        """Return a place in it, degrees; 0, 0 is its south-west corner."""
        lat = _LAT + (self.row + up) * _BLOCK_M / _DEGREE_M
        return _LON + (self.column + right) * _BLOCK_M / (_DEGREE_M * cos(radians(_LAT))), lat

    @property
    def ring(self) -> Ring:
        """Its outline."""
        corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
        return tuple(self.at(right, up) for right, up in corners)


@dataclass(frozen=True, slots=True)
class Post:
    """A camera on its post.

    Attributes:
        id: Of the camera.
        block: In which it stands.
        lon: Degrees east.
        lat: Degrees north.
    """

    id: str
    block: Block
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Kind:
    """What can happen in a zone.

    Attributes:
        type: As the rules name it.
        zone: Of a camera's two.
        label: What the detector says.
        box: Where the first one stands, shares of the picture.
    """

    type: str
    zone: str
    label: str
    box: tuple[float, float, float, float]

    def beside(self, number: int) -> tuple[float, float, float, float]:
        """Return where another one stands, counted from 0."""
        x1, y1, x2, y2 = self.box
        right = (number % BESIDE) * (x2 - x1) * 1.1
        return x1 + right, y1, x2 + right, y2


KINDS: Final = (
    Kind("illegal_parking_motor", "carriageway", "car", (0.36, 0.55, 0.54, 0.80)),
    Kind("street_vending", "pavement", "vendor_stall", (0.03, 0.45, 0.11, 0.68)),
    Kind("exposed_garbage", "pavement", "garbage", (0.03, 0.76, 0.10, 0.88)),
)

_ZONES: Final[dict[str, Any]] = {
    "carriageway": [[0.34, 0.40], [0.98, 0.40], [0.98, 0.95], [0.34, 0.95]],
    "pavement": [[0.02, 0.40], [0.31, 0.40], [0.31, 0.95], [0.02, 0.95]],
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A city's ground.

    Attributes:
        blocks: Its grids.
        posts: Its cameras, in order of their ids.
        blind: The grids that no camera was given to, on purpose.
    """

    blocks: tuple[Block, ...]
    posts: tuple[Post, ...]
    blind: tuple[Block, ...]

    @property
    def shops(self) -> tuple[str, ...]:
        """The cameras that see shops."""
        return tuple(post.id for post in self.posts[_SHOPS_EVERY - 1 :: _SHOPS_EVERY])


def ground_of(plan: Plan) -> Ground:
    """Lay out a city: each grid has a camera, some have more; those that are to be blind have none.

    Grids with more cameras than others are there in every city: an analysis that counts without
    asking how long was looked takes them for hot spots.
    """
    chance = np.random.default_rng((plan.seed, 1))
    shares = np.diff(np.linspace(0, plan.cameras, plan.districts + 1).astype(int))
    side = max(floor(sqrt(min(shares) * 0.7)), 2)
    blocks = tuple(_blocks(plan.districts, side))
    blind: list[Block] = []
    posts: list[Post] = []
    for number, share in enumerate(shares):
        own = [one for one in blocks if one.district == number]
        dark = ceil(len(own) * _BLIND_SHARE) if Plant.BLIND_SPOT in plan.plants else 0
        order = [own[place] for place in chance.permutation(len(own))]
        blind += order[:dark]
        posts += _posts(order[dark:], int(share), len(posts), chance)
    return Ground(blocks, tuple(posts), tuple(blind))


def _blocks(districts: int, side: int) -> Iterator[Block]:
    for district in range(districts):
        for row in range(side):
            for column in range(side):
                grid = row * side + column + 1
                code = f"3102{district + 1:02}001{grid // 1000 + 1:03}{grid % 1000:03}"
                yield Block(code, district, district * (side + 1) + column, row)


def _posts(
    blocks: Sequence[Block], count: int, first: int, chance: np.random.Generator
) -> Iterator[Post]:
    """Yield a camera for each block, then the rest where it falls."""
    extra = chance.integers(len(blocks), size=max(count - len(blocks), 0))
    wanted = [*blocks, *(blocks[place] for place in extra)][:count]
    for number, block in enumerate(wanted, start=first + 1):
        lon, lat = block.at(*chance.uniform(0.15, 0.85, 2))
        yield Post(f"cam-{number:05}", block, round(float(lon), 6), round(float(lat), 6))


def grids_geojson(ground: Ground) -> dict[str, Any]:
    """Return the grids as `streetwatch grid import` takes them."""
    return _collection(
        _feature(
            {"type": "Polygon", "coordinates": [_rounded(block.ring)]},
            {
                "grid_code": block.code,
                "name": f"{block.district + 1} 区 {block.code[-3:]} 格",
                "workers": [{"id": f"w-{block.code[4:6]}-{block.row}"}],
            },
        )
        for block in ground.blocks
    )


def roads_geojson(ground: Ground) -> dict[str, Any]:
    """Return the roads: the edges of the blocks, as lines with their length in metres."""
    edges = {
        tuple(sorted((_point(one), _point(other))))
        for block in ground.blocks
        for one, other in zip(block.ring, block.ring[1:], strict=False)
    }
    return _collection(
        _feature({"type": "LineString", "coordinates": [*map(list, edge)]}, {"length_m": _BLOCK_M})
        for edge in sorted(edges)
    )


def cameras_yaml(ground: Ground, markets: Collection[str] = ()) -> str:
    """Return the cameras as `cameras.yaml` has them (JSON is YAML).

    Args:
        ground: With the cameras.
        markets: Those that see a permitted place, too.
    """
    shops = frozenset(ground.shops)
    cameras = [
        {
            "id": post.id,
            "name": f"{post.block.district + 1} 区 {post.block.code[-3:]} 格 {post.id}",
            "source": {"kind": "rtsp", "url": f"rtsp://127.0.0.1:9/{post.id}"},
            "place": {"lon": post.lon, "lat": post.lat, "grid_code": post.block.code},
            "zones": [
                *_watched(),
                *([_MARKET] if post.id in markets else []),
                *(_SHOPS if post.id in shops else []),
            ],
        }
        for post in ground.posts
    ]
    rows = ",\n".join(json.dumps(one, ensure_ascii=False) for one in cameras)
    return f'{{"cameras": [\n{rows}\n]}}\n'


def _watched() -> Iterator[dict[str, Any]]:
    """Yield the zones in which violations are looked for."""
    for zone, polygon in _ZONES.items():
        rules = [{"type": kind.type} for kind in KINDS if kind.zone == zone]
        yield {"id": zone, "polygon": polygon, "kind": "prohibited", "rules": rules}


def _collection(features: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _rounded(ring: Ring) -> list[list[float]]:
    return [list(_point(one)) for one in ring]


def _point(at: tuple[float, float]) -> tuple[float, float]:
    return round(at[0], 7), round(at[1], 7)

"""The services: what may be filed, and what is asked about each."""

from dataclasses import dataclass

from streetwatch.zones.naming import NAMES
from streetwatch.zones.rules import ViolationType

#: When this list or its attributes changed for the last time; a test holds the two together.
CHANGESET = "2026-11-25 00:00"

_STREET = "街面秩序 street order"
_SANITATION = "市容环境 city appearance"


@dataclass(frozen=True, slots=True)
class Service:
    """A service as Open311 lists it."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field that a service asks for besides those of every request."""

    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str
    order: int
    description: str


ATTRIBUTES = (
    Attribute(
        variable=True,
        code="external_id",
        datatype="string",
        required=False,
        datatype_description="1 to 100 of the characters A-Z a-z 0-9 . _ -",
        order=1,
        description="你方编号 your own name for this request: the same again gives the same case",
    ),
    Attribute(
        variable=True,
        code="grid_code",
        datatype="string",
        required=False,
        datatype_description="15 digits",
        order=2,
        description="单元网格 the unit grid, where you know it better than lat and long say",
    ),
    Attribute(
        variable=True,
        code="occurred_at",
        datatype="datetime",
        required=False,
        datatype_description="2026-11-23T08:00:00+08:00",
        order=3,
        description="发现时间 when it was seen, if not now",
    ),
)

_ABOUT = {
    ViolationType.STREET_VENDING: (
        "A stall or cart on the road or pavement where selling is not allowed.",
        "流动摊贩, 游商, 摆摊, stall, cart, hawker",
        _STREET,
    ),
    ViolationType.OUT_OF_STORE: (
        "A shop that sells outside its front.",
        "出店经营, 跨门经营, shopfront, pavement",
        _STREET,
    ),
    ViolationType.EXPOSED_GARBAGE: (
        "Bags, heaps or scattered waste outside containers.",
        "垃圾, 乱扔, litter, rubbish, waste",
        _SANITATION,
    ),
    ViolationType.BIN_OVERFLOW: (
        "A container so full that waste lies on it or around it.",
        "垃圾桶, 垃圾箱, 满溢, bin, container",
        _SANITATION,
    ),
    ViolationType.ILLEGAL_PARKING_MOTOR: (
        "A car, bus or truck where it may not stand.",
        "违停, 机动车, car, truck, parking",
        _STREET,
    ),
    ViolationType.ILLEGAL_PARKING_NONMOTOR: (
        "A bicycle, e-bike or tricycle where it may not stand.",
        "电动车, 自行车, 共享单车, bicycle, e-bike, parking",
        _STREET,
    ),
}


def service_name(code: str) -> str:
    """Return what people read; a type that is no service is called as it is."""
    return " ".join(NAMES[code]) if code in NAMES else code


#: By code, in the order in which they are listed.
SERVICES = {
    str(kind): Service(
        service_code=str(kind),
        service_name=service_name(kind),
        description=description,
        metadata=True,
        type="realtime",
        keywords=keywords,
        group=group,
    )
    for kind, (description, keywords, group) in _ABOUT.items()
}

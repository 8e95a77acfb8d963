"""What violations are called by people, in Chinese and English."""

from collections.abc import Mapping
from types import MappingProxyType

from streetwatch.zones.rules import ViolationType

NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ViolationType.STREET_VENDING: ("占道经营", "street vending"),
        ViolationType.OUT_OF_STORE: ("店外经营", "out-of-store operation"),
        ViolationType.EXPOSED_GARBAGE: ("暴露垃圾", "exposed garbage"),
        ViolationType.BIN_OVERFLOW: ("垃圾满溢", "bin overflow"),
        ViolationType.ILLEGAL_PARKING_MOTOR: ("机动车乱停放", "illegal parking (motor)"),
        ViolationType.ILLEGAL_PARKING_NONMOTOR: ("非机动车乱停放", "illegal parking (non-motor)"),
    }
)

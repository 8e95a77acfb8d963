"""The labels a model may know: one vocabulary, so that a class id means one thing."""

from collections.abc import Mapping
from types import MappingProxyType

#: Order is the contract: a class id anywhere in streetwatch is an index into this tuple.
#: New labels are appended, never inserted.
LABELS: tuple[str, ...] = (
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "bus",
    "truck",
    "tricycle",
    "vendor_stall",
    "garbage",
    "bin_overflow",
    "bin",
)

CLASS_ID: Mapping[str, int] = MappingProxyType({label: i for i, label in enumerate(LABELS)})

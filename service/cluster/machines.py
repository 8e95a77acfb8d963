"""The machines of a Ray cluster, and which of our processes belong on each. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

#: `ray start --resources '{"detector": 1}'`: it answers for the others though it has no GPU.
DETECTOR: Final = "detector"

#: Of what a machine is called, what is left in the name of its node.
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")

_LONGEST: Final = 56

_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 -- compared with, not bound to


class Role(StrEnum):
    """What a process of ours does on a machine."""

    WATCH = "watch"  #: the service, as on one machine alone
    DETECT = "detect"  #: the model, for nodes that have none as fast


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as Ray knows it.

    Attributes:
        key: Ray's own name of it: another one each time that Ray is started there.
        name: What its node is called: the same each time, where it was given a name.
        address: Where the others reach it.
        cpus: What Ray may use of it; 0 on a head that only leads.
        gpus: The same.
        detects: Whether it detects for others without a GPU.
    """

    key: str
    name: str
    address: str
    cpus: float = 0.0
    gpus: float = 0.0
    detects: bool = False

    @property
    def roles(self) -> tuple[Role, ...]:
        """What runs on it."""
        watches = (Role.WATCH,) if self.cpus >= 1 else ()
        return (*watches, Role.DETECT) if self.gpus >= 1 or self.detects else watches


def machines_of(told: Iterable[Mapping[str, Any]]) -> tuple[Machine, ...]:
    """Return the machines that live, as `ray.nodes()` tells of them; no two have one name."""
    alive = [_machine(one) for one in told if one["Alive"]]
    often = Counter(one.name for one in alive)
    return tuple(one if often[one.name] == 1 else _told_apart(one) for one in alive)


def _machine(told: Mapping[str, Any]) -> Machine:
    has = told["Resources"]
    name = _NO_NAME.sub("-", str(told["NodeName"]).lower()).strip("-")[:_LONGEST]
    return Machine(
        key=told["NodeID"],
        name=name or told["NodeID"][:_LONGEST],
        address=told["NodeManagerAddress"],
        cpus=has.get("CPU", 0.0),
        gpus=has.get("GPU", 0.0),
        detects=has.get(DETECTOR, 0.0) > 0,
    )


def _told_apart(one: Machine) -> Machine:
    return Machine(
        one.key, f"{one.name}-{one.key[:7]}", one.address, one.cpus, one.gpus, one.detects
    )


@dataclass(frozen=True, slots=True)
class Doors:
    """Where our processes listen on every machine, by the settings.

    Attributes:
        host: This machine alone (127.0.0.1), or others too.
        watch: Port of the service.
        detect: Port of a detector.
    """

    host: str
    watch: int
    detect: int


def environment_of(
    role: Role, machine: Machine, own: Mapping[str, str], doors: Doors
) -> dict[str, str]:
    """Return what a process is told that differs from machine to machine.

    Args:
        role: What it does.
        machine: Where.
        own: The environment that Ray was started with there; what it says wins.
        doors: Where it listens, if that says nothing.
    """
    own = {name: value for name, value in own.items() if name != "OMP_NUM_THREADS"}  # Ray's: 1
    host = machine.address if doors.host in _EVERYWHERE else doors.host
    port = own.get("STREETWATCH_PORT", str(doors.watch))
    if role is Role.DETECT:
        port = own.get("STREETWATCH_NODE__DETECT_PORT", str(doors.detect))
        own |= {"STREETWATCH_PORT": port, "STREETWATCH_NODE__URL": f"http://{host}:{port}"}
    told = {
        "STREETWATCH_NODE__ID": machine.name,
        "STREETWATCH_NODE__URL": f"http://{host}:{port}",
        "STREETWATCH_NODE__CAPACITY": f"{machine.cpus or 1:g}",
    }
    return told | own

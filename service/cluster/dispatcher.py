"""Has one keeper on each machine of a Ray cluster. The only module that knows Ray.

Who leads may die: keepers outlive it, and another one finds them by their names. What it does is
never in the way of a camera: those are the leases' (docs/adr/0035, 0037).
"""

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

import structlog

from streetwatch.service.cluster.keeper import Keeper, Kept
from streetwatch.service.cluster.machines import Doors, Machine, Role, machines_of
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: How often is looked for machines that came.
ROUND_S: Final[Seconds] = 2.0

#: How long a keeper may take to answer.
ANSWER_S: Final[Seconds] = 5.0

#: How long all of them together may take to end: each has its keeper's own time for it.
STOP_S: Final[Seconds] = 20.0

_NAMESPACE: Final = "streetwatch"


@dataclass(frozen=True, slots=True)
class MachineStatus:
    """A process that belongs on a machine.

    Attributes:
        machine: Its name, which is its node's.
        state: `runs`, `starts` where it was started and has ended, `silent` where its keeper says
            nothing.
        starts: How often it was started.
        ended_with: Exit status of the one before.
        nice: How far it stands behind all else on its machine; 0 is as it should be.
    """

    machine: str
    address: str
    role: str
    state: str
    starts: int = 0
    ended_with: int | None = None
    nice: int = 0


@contextmanager
def ray_at(address: str) -> Iterator[ModuleType]:
    """Connect to a Ray cluster for the length of the block.

    A driver prints the cluster's troubles to standard output from a thread of its own, whatever
    it is told: here they go to standard error, where they spoil nobody's JSON.

    Raises:
        InputError: the extra is not installed, or nobody answers there.
    """
    try:
        import ray  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise InputError(
            "--cluster: Ray is not installed: pip install 'streetwatch[cluster]'"
        ) from error
    with redirect_stdout(sys.stderr):
        try:
            ray.init(
                address=address, namespace=_NAMESPACE, log_to_driver=False, logging_level="error"
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            told = f"--cluster {address}: no Ray cluster answers here: {reason}"
            raise InputError(told) from error
        try:
            yield ray
        finally:
            ray.shutdown()


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Sees to it that each machine has what belongs on it.

    Attributes:
        ray: Connected.
        arguments: What `streetwatch` is run with, of each role.
        doors: Where they listen.
    """

    ray: ModuleType
    arguments: Mapping[Role, Sequence[str]] = field(default_factory=dict)
    doors: Doors = field(default_factory=lambda: Doors("127.0.0.1", 8080, 8090))

    def run(self, ending: threading.Event) -> None:
        """Look for machines until the end has come. What was started runs on."""
        known: frozenset[str] = frozenset()
        while not ending.is_set():
            machines = self.dispatch()
            _tell(machines, known)
            known = frozenset(one.key for one in machines)
            ending.wait(ROUND_S)

    def dispatch(self) -> tuple[Machine, ...]:
        """Start what machines lack; return the machines."""
        machines = machines_of(self.ray.nodes())
        for one in machines:
            for role in one.roles:
                self._start(one, role)
        return machines

    def _start(self, machine: Machine, role: Role) -> None:
        from ray.util.scheduling_strategies import (  # noqa: PLC0415 -- an extra
            NodeAffinitySchedulingStrategy,
        )

        gpus = 1 if role is Role.DETECT and machine.gpus >= 1 else 0
        there = NodeAffinitySchedulingStrategy(machine.key, soft=False)
        self.ray.remote(Keeper).options(
            name=_name(machine, role),
            get_if_exists=True,
            lifetime="detached",
            max_restarts=-1,
            num_cpus=1 if role is Role.WATCH else 0,
            num_gpus=gpus,
            scheduling_strategy=there,
        ).remote(role, machine, tuple(self.arguments[role]), self.doors)

    def statuses(self) -> tuple[MachineStatus, ...]:
        """Return how each process is that belongs on a machine."""
        asked = [
            (machine, role, self._asked(machine, role, "kept"))
            for machine in machines_of(self.ray.nodes())
            for role in machine.roles
        ]
        return tuple(
            _status(machine, role, self._answer(answer)) for machine, role, answer in asked
        )

    def stop(self) -> int:
        """End every process in order, and keep none any more; return how many there were."""
        machines = machines_of(self.ray.nodes())
        asked = [self._asked(one, role, "stop") for one in machines for role in one.roles]
        stopped = [one for one in asked if one is not None]
        if stopped:
            self.ray.wait(stopped, num_returns=len(stopped), timeout=STOP_S)
        for machine in machines:
            for role in machine.roles:
                keeper = self._keeper(machine, role)
                if keeper is not None:
                    self.ray.kill(keeper, no_restart=True)
        return len(stopped)

    def _keeper(self, machine: Machine, role: Role) -> Any:  # noqa: ANN401 -- Ray's handle
        try:
            return self.ray.get_actor(_name(machine, role))
        except ValueError:
            return None

    def _asked(self, machine: Machine, role: Role, what: str) -> Any:  # noqa: ANN401 -- as above
        keeper = self._keeper(machine, role)
        return None if keeper is None else getattr(keeper, what).remote()

    def _answer(self, asked: Any) -> Kept | None:  # noqa: ANN401 -- as above
        if asked is None:
            return None
        try:
            answer: Kept = self.ray.get(asked, timeout=ANSWER_S)
        except self.ray.exceptions.RayError:
            return None
        return answer


def _tell(machines: Sequence[Machine], known: frozenset[str]) -> None:
    for one in machines:
        if one.key not in known:
            roles = [role.value for role in one.roles]
            log.info("machine.came", machine=one.name, address=one.address, roles=roles)
    gone = known - {one.key for one in machines}
    if gone:
        log.warning("machine.gone", machines=len(gone))


def _status(machine: Machine, role: Role, kept: Kept | None) -> MachineStatus:
    here = machine.name, machine.address, role.value
    if kept is None:
        return MachineStatus(*here, "silent")
    state = "starts" if kept.pid is None else "runs"
    return MachineStatus(*here, state, kept.starts, kept.ended_with, kept.nice)


def _name(machine: Machine, role: Role) -> str:
    return f"{role.value} {machine.key}"

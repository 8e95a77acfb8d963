"""A real Ray cluster, started as people start it: a head that only leads, and machines."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from live_service import free_port, wait_for
from waiting import PATIENCE_S

#: Ray's own command, whether it lies beside this Python or not.
_RAY = (sys.executable, "-c", "from ray.scripts.scripts import main; main()")

#: What Ray needs at least.
_STORE_BYTES = 80_000_000

#: A machine is up in some ten seconds, or in none.
_TRIES = 3
_A_TRY_S = 60.0

#: The head may be away for so long: machines wait for it, and what runs on them runs on.
_HEAD_AWAY_S = 600


@dataclass
class RayCluster:
    """A head and its machines, each a process group that can be killed."""

    folder: Path
    port: int
    groups: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start_head(self) -> None:
        """Start what leads; one that was killed goes on from what it had written."""
        # Machines on this computer would be taken for a head that still runs.
        (self.folder / "ray_current_cluster").unlink(missing_ok=True)
        where = (f"--port={self.port}", f"--temp-dir={self.folder}", "--include-dashboard=false")
        self._start_in_some_tries("head", "--head", *where, "--num-cpus=0")

    def start_machine(self, name: str, *options: str, **environment: str) -> None:
        """Start a machine with one core, or with what the options say."""
        cores = () if options else ("--num-cpus=1",)
        # Several on one computer: none may ask for a port of another.
        ports = ("min-worker", "max-worker", "dashboard-agent-listen", "dashboard-agent-grpc")
        free = [f"--{one}-port=0" for one in ports]
        where = f"--address={self.address}", *cores, f"--node-name={name}", *free
        self._start_in_some_tries(name, *where, *options, **environment)

    def _start_in_some_tries(self, name: str, *options: str, **environment: str) -> None:
        """Start something and wait until it says so.

        One after the other: two that look for free ports at once find the same ones. What else
        runs may take one, too: Ray then ends, or waits for what never comes.
        """
        for left in reversed(range(_TRIES)):
            begin = self._start(name, *options, **environment)
            try:
                started = partial(self._has_started, name, begin)
                wait_for(f"Ray's {name}", started, seconds=_A_TRY_S if left else PATIENCE_S)
            except AssertionError:
                self.kill(name)
                if not left:
                    raise
            else:
                return

    def _has_started(self, name: str, begin: int) -> bool | None:
        told = (self.folder / f"{name}.log").read_text()[begin:]
        assert self.groups[name].poll() is None, told
        return "started." in told or None

    def _start(self, name: str, *options: str, **environment: str) -> int:
        """Start something; return where what it says begins in its log."""
        command = [*_RAY, "start", "--block", "--num-gpus=0", "--disable-usage-stats"]
        command += [f"--object-store-memory={_STORE_BYTES}", "--node-ip-address=127.0.0.1"]
        own = {
            "RAY_gcs_storage": "rocksdb",
            "RAY_gcs_storage_path": str(self.folder / "gcs"),
            "RAY_gcs_rpc_server_reconnect_timeout_s": str(_HEAD_AWAY_S),
            "RAY_worker_niceness": "0",
        }
        (self.folder / "gcs").mkdir(exist_ok=True)
        told = self.folder / f"{name}.log"
        begin = len(told.read_text()) if told.exists() else 0
        with told.open("ab") as log:
            self.groups[name] = subprocess.Popen(
                [*command, *options],
                env=_clean() | own | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return begin

    def kill(self, name: str) -> None:
        """kill -9 all that runs on a machine: nothing is tidied up."""
        group = self.groups.pop(name)
        processes = _tree(group.pid)
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        group.wait()

    def end(self) -> None:
        for name in list(self.groups):
            self.kill(name)


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def _tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    below = [[int(word) for word in line.split()] for line in told.stdout.splitlines()]
    tree = [pid]
    for one in tree:  # it grows meanwhile
        tree += [child for child, parent in below if parent == one]
    return tree


@contextmanager
def ray_cluster() -> Iterator[RayCluster]:
    """Run a head; kill everything in the end."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))  # short: the sockets' paths may not be long
    cluster = RayCluster(folder, free_port())
    try:
        cluster.start_head()
        yield cluster
    finally:
        cluster.end()
        shutil.rmtree(folder, ignore_errors=True)

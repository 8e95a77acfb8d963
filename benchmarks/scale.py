"""What a city of so many cameras needs, computed from what was measured on one machine.

Measured figures are read from `baselines`; what is assumed stands here, each with its reason.
Nothing here was run at that size.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final

_BASELINES: Final = Path(__file__).with_name("baselines")

#: Of a camera's stream: 1080p25 H.264 as cameras are set by default.
STREAM_MBIT_S: Final = 4.0

#: Cameras of one process: so many were carried, with no event lost, a hundred were not.
A_PROCESS: Final = 50

#: Of a server's processors; the rest is for what happens at once.
USED: Final = 0.6

#: Processors of a server: a common one.
SERVER_CORES: Final = 32

#: Cases a camera and day. Each city has its own: the shipped rules on a simulated one file fewer.
CASES_A_DAY: Final = 3.0

#: Connections that a process opens while many ask at once (`store.postgres`).
CONNECTIONS: Final = 20

#: Messages about a case: opened, evidence, cleared, each with its place in outbox and desk.
WRITES_A_CASE: Final = 30.0

#: Evidence of a case, MB: a clip of 15 s and 1.2 MB of stills, as they go out and as they were.
CASE_MB: Final = 17.0

#: Days that evidence is kept (`retention.evidence_d`).
KEPT_D: Final = 180

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one machine.

    Attributes:
        cores: A camera takes.
        base_mib: A process takes without cameras.
        camera_mib: A camera adds.
        looks_s: Looks that are stored, a camera and second, while something stands.
    """

    cores: float
    base_mib: float
    camera_mib: float
    looks_s: float

    @classmethod
    def read(cls, folder: Path = _BASELINES) -> "Measured":
        """Read them from the committed lines."""
        runs = {one.get("cameras"): one for one in reversed(_lines(folder / "throughput.jsonl"))}
        few, many = runs[10], runs[50]
        grown = (many["rss_mib"] - few["rss_mib"]) / (many["cameras"] - few["cameras"])
        return cls(
            cores=many["core_s_per_camera_min"] / 60,
            base_mib=few["rss_mib"] - few["cameras"] * grown,
            camera_mib=grown,
            looks_s=many["looks_per_camera_s"],
        )


def needs(cameras: int, measured: Measured) -> Mapping[str, object]:
    """Return what so many cameras need; with one more server than the load asks for."""
    cores = cameras * measured.cores
    processes = ceil(cameras / A_PROCESS)
    servers = ceil(cores / (SERVER_CORES * USED)) + 1
    a_server = ceil(cameras / (servers - 1))
    cases_s = cameras * CASES_A_DAY / _DAY_S
    writes_s = cameras * measured.looks_s + processes + cases_s * WRITES_A_CASE
    memory_mib = ceil(a_server / A_PROCESS) * measured.base_mib + a_server * measured.camera_mib
    return {
        "cameras": cameras,
        "cores": ceil(cores),
        "processes": processes,
        "servers": servers,
        "cameras_a_server": a_server,
        "server_memory_gib": round(memory_mib / 1024, 1),
        "streams_gbit_s": round(cameras * STREAM_MBIT_S / 1000, 1),
        "server_gbit_s": round(a_server * STREAM_MBIT_S / 1000, 2),
        "cases_a_day": round(cameras * CASES_A_DAY),
        "transactions_s_at_most": round(writes_s),
        "evidence_tb": round(cameras * CASES_A_DAY * KEPT_D * CASE_MB / 1e6, 1),
        "evidence_mbit_s": round(cases_s * CASE_MB * 8, 1),
        "connections_at_most": processes * CONNECTIONS,
    }


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

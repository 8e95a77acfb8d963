"""What the nodes of the city are told."""

from pathlib import Path
from typing import Final

import yaml

from node_settings import node_settings
from streetwatch.datasets import demo

ZONES: Final = Path(demo.__file__).with_name("cameras.yaml")

#: They have to stand for so long: until second 65 to 92 of the film.
DWELL_S: Final = 60.0
LEASE_S: Final = 5.0


def document(cameras: int, url: str) -> str:
    (told,) = yaml.safe_load(ZONES.read_text("utf-8"))["cameras"]
    for zone in told["zones"]:
        zone["rules"] = [{**rule, "dwell_s": DWELL_S} for rule in zone["rules"]]
    source = {"kind": "rtsp", "url": url}
    return yaml.safe_dump(
        {
            "cameras": [
                {"id": f"cam-{row:02}", "source": source, "zones": told["zones"]}
                for row in range(cameras)
            ]
        }
    )


def settings(folder: Path, database: str, bucket: str) -> str:
    return node_settings(
        folder / "cameras.yaml",
        database,
        bucket,
        look_interval_s=2.0,
        node={"lease_s": LEASE_S},
    )

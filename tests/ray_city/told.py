"""What the nodes of the city are told."""

import base64
import os
from pathlib import Path
from typing import Final

import yaml
from cryptography.fernet import Fernet

from streetwatch.datasets import demo

ZONES: Final = Path(demo.__file__).with_name("cameras.yaml")

#: They have to stand for so long: until second 65 to 92 of the film.
DWELL_S: Final = 60.0
LEASE_S: Final = 5.0

_KEY: Final = Fernet.generate_key().decode()
_SIGNING_KEY: Final = base64.b64encode(os.urandom(32)).decode()


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
    return yaml.safe_dump(
        {
            "cameras": str(folder / "cameras.yaml"),
            "database": database,
            "camera_key": _KEY,
            "log_format": "json",
            "detector_threads": 1,
            "look_interval_s": 2.0,
            "access": {"api": "open"},
            "console": {"enabled": False},
            "evidence": {
                "pre_s": 2,
                "post_s": 3,
                "url": f"s3://evidence/city?endpoint={bucket}",
                "access_key": "one",
                "secret_key": "two",
                "signing_key": _SIGNING_KEY,
            },
            "node": {"lease_s": LEASE_S},
        }
    )

"""What each node is told of a city that has one PostgreSQL and one S3 store."""

import base64
import os
from pathlib import Path
from typing import Any, Final

import yaml
from cryptography.fernet import Fernet

#: The same at every node.
_CAMERA_KEY: Final = Fernet.generate_key().decode()
_SIGNING_KEY: Final = base64.b64encode(os.urandom(32)).decode()


def node_settings(cameras: Path, database: str, bucket: str, **own: Any) -> str:  # noqa: ANN401
    """Write the settings of a node.

    Args:
        cameras: The file of the city's cameras.
        database: The address of its PostgreSQL.
        bucket: The address of its S3 store.
        own: What this node is told besides.
    """
    return yaml.safe_dump(
        {
            "cameras": str(cameras),
            "database": database,
            "camera_key": _CAMERA_KEY,
            "log_format": "json",
            "detector_threads": 1,
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
        }
        | own
    )

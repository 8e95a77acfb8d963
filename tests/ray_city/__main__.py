"""Not a test: it takes minutes (`make city`, docs/explanation/scale.md).

`troubles` runs the same film twice, once undisturbed; `cost` compares what a camera takes on four
nodes and on one; `upgrade` ends the nodes in turn. Each prints one JSON line.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from ray_city.film import HELD_S, LONG_HELD_S, film
from ray_city.shows import cost, troubles, upgrade


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["troubles", "cost", "upgrade"])
    parser.add_argument("--cameras", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    began = time.time()

    def say(text: str) -> None:
        sys.stderr.write(f"{time.time() - began:6.1f} {text}\n")

    with tempfile.TemporaryDirectory() as work:
        held_s = LONG_HELD_S if given.what == "upgrade" else HELD_S
        clip = film(Path(work) / "street.mp4", held_s)
        say("film coded")
        match given.what:
            case "troubles":
                came = troubles(given.cameras, clip, say)
            case "cost":
                came = cost(given.cameras, clip, say, seconds=given.seconds)
            case _:
                came = upgrade(given.cameras, clip, say)
    where = {"date": time.strftime("%F", time.gmtime()), "cores": os.cpu_count(), "n": 1}
    told = {"what": given.what, "cameras": given.cameras, **where, **came}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

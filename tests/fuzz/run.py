"""Fuzzes a door with atheris: python tests/fuzz/run.py DOOR [libFuzzer's options].

What it finds worth keeping goes into `.fuzz/DOOR`; it begins with `tests/fuzz/corpus/DOOR`.
"""

import sys
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
FOUND = HERE.parents[1] / ".fuzz"

sys.path.insert(0, str(HERE.parent))
with atheris.instrument_imports(include=["streetwatch", "yaml", "zipfile", "xml", "json"]):
    from fuzz_doors import DOORS


def main() -> None:
    """Fuzz the door that is named."""
    name = sys.argv[1]
    found = FOUND / name
    found.mkdir(parents=True, exist_ok=True)
    options = [f"-artifact_prefix={FOUND}/{name}-", "-timeout=20", "-rss_limit_mb=2048"]
    seeds = [str(found), str(HERE / "corpus" / name)]
    atheris.Setup([sys.argv[0], *options, *sys.argv[2:], *seeds], DOORS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""What the product is made of: its packages, their licences, and what is known against them.

`python tests/supply_chain.py audit` is what `make audit` runs.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[1]

#: What goes with AGPL-3.0-or-later in one work, as packages write it down.
COMPATIBLE: Final = (
    *("mit", "bsd", "0bsd", "apache", "isc", "psf", "python software foundation", "mpl-2.0"),
    *("mozilla public license 2.0", "lgpl", "gpl-3.0", "agpl-3.0", "zlib", "cc0", "unlicense"),
    *("hpnd", "mit-cmu", "epl-2.0 or", "agpl-3.0-or-later", "the unlicense", "public domain"),
)

#: What does not, whatever it is joined with.
INCOMPATIBLE: Final = ("gpl-2.0-only", "sspl", "busl", "commons clause", "proprietary", "cc-by-nc")


#: What was looked up by hand, since the package does not say it in a word.
LOOKED_UP: Final = {
    # Public domain and BSD but for an Emacs mode, GPL-3.0-or-later, that is not installed.
    "docutils": "BSD-2-Clause",
    # Dual: the AGPL or a commercial licence; we take the first.
    "pymupdf": "AGPL-3.0",
}


class Verdict(IntEnum):
    """How an audit ends: its exit status."""

    SOUND = 0
    VULNERABLE = 1
    NOT_AUDITED = 3


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        known: A line for each vulnerability.
        asked: Packages that the advisory service knows.
        skipped: Packages that it could not be asked about.
    """

    known: tuple[str, ...]
    asked: int
    skipped: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Return how it ends: what was not audited is not sound."""
        if self.known:
            return Verdict.VULNERABLE
        return Verdict.NOT_AUDITED if self.skipped or not self.asked else Verdict.SOUND


def audited(report: Mapping[str, Any]) -> Audit:
    """Read pip-audit's JSON."""
    known: list[str] = []
    skipped: list[str] = []
    asked = 0
    for one in report["dependencies"]:
        if "skip_reason" in one:
            skipped.append(one["name"])
            continue
        asked += 1
        known += [
            f"{one['name']} {one['version']}: {found['id']}: mended in "
            f"{', '.join(found['fix_versions']) or 'no version yet'}"
            for found in one["vulns"]
        ]
    return Audit(tuple(known), asked, tuple(skipped))


def packages() -> Iterator[Distribution]:
    """Yield what the product installs, as it is installed here: with what that needs in turn."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    todo: list[tuple[Requirement, tuple[str, ...]]] = [
        (Requirement(text), ("",)) for text in wanted
    ]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while todo:
        requirement, asked_by = todo.pop()
        extras = ("", *sorted(requirement.extras))
        name = canonicalize_name(requirement.name)
        if not _applies(requirement, asked_by) or (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        yield found
        todo += [(Requirement(text), extras) for text in found.requires or ()]


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": one}) for one in extras)


def licence_of(package: Distribution) -> str:
    """Return what a package says of its licence."""
    told = package.metadata
    if told["Name"] in LOOKED_UP:
        return LOOKED_UP[told["Name"]]
    classifiers = told.get_all("Classifier") or []
    named = [
        one.rpartition(" :: ")[2]
        for one in classifiers
        if one.startswith("License :: OSI Approved ::")
    ]
    expression, text = (told.get_all(name) or [] for name in ("License-Expression", "License"))
    texts = (*expression, "; ".join(named), *text)
    return next((text.strip().splitlines()[0] for text in texts if text and text.strip()), "")


def is_compatible(licence: str) -> bool:
    """Tell whether the AGPL takes it; of several that are joined, each has to be.

    >>> is_compatible("MIT AND Zlib"), is_compatible("GPL-2.0-only"), is_compatible("")
    (True, False, False)
    """
    small = licence.lower()
    parts = small.replace(" and ", ";").split(";")
    return not any(bad in small for bad in INCOMPATIBLE) and all(
        any(good in part for good in COMPATIBLE) for part in parts
    )


def audit() -> Verdict:
    """Ask the advisory service about every pinned package, and say what it knows."""
    tool = Path(sys.executable).with_name("pip-audit")
    done = subprocess.run(
        [tool, "--requirement", ROOT / "constraints.txt", "--no-deps", "--disable-pip",
         "--progress-spinner", "off", "--format", "json"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    try:
        found = audited(json.loads(done.stdout))
    except ValueError:  # no JSON: it could not even ask
        found = Audit((), 0, ())
    sys.stdout.writelines(f"{line}\n" for line in found.known)
    sys.stdout.write(
        f"{found.asked} packages audited, {len(found.skipped)} not, "
        f"{len(found.known)} known vulnerabilities\n"
    )
    if found.verdict is Verdict.NOT_AUDITED:
        sys.stdout.write("NOT AUDITED: the advisory service is not within reach\n")
    return found.verdict


def main() -> int:
    """Run the audit; where nobody can be asked, that fails only where it is required."""
    verdict = audit()
    required = "advisories" in os.environ.get("STREETWATCH_REQUIRE", "").split(",")
    if verdict is Verdict.NOT_AUDITED and not required:
        return Verdict.SOUND
    return verdict


if __name__ == "__main__":
    sys.exit(main())

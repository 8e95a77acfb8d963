"""What the product is made of."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from supply_chain import ROOT, Verdict, audited, is_compatible, licence_of, packages


def test_every_package_that_the_product_installs_goes_with_its_licence() -> None:
    found = {one.metadata["Name"]: licence_of(one) for one in packages()}
    assert {name: licence for name, licence in found.items() if not is_compatible(licence)} == {}
    assert len(found) > 40


def test_every_package_that_the_product_installs_is_pinned() -> None:
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    names = {re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower() for one in packages()}
    assert names - pinned == set()


@pytest.mark.parametrize(
    "licence",
    ["GPL-2.0-only", "SSPL-1.0", "MIT AND Proprietary", "Commons Clause", "CC-BY-NC-4.0", ""],
)
def test_what_the_agpl_does_not_take_is_told(licence: str) -> None:
    assert not is_compatible(licence)


VULNERABLE: dict[str, Any] = {
    "name": "h11",
    "version": "0.15.0",
    "vulns": [{"id": "GHSA-vqfr-h8mv-ghfj", "fix_versions": ["0.16.0"]}],
}
SOUND: dict[str, Any] = {"name": "h11", "version": "0.16.0", "vulns": []}
SKIPPED: dict[str, Any] = {"name": "h11", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "verdict"),
    [
        pytest.param([SOUND], Verdict.SOUND, id="nothing known"),
        pytest.param([SOUND, VULNERABLE], Verdict.VULNERABLE, id="one known"),
        pytest.param([SKIPPED, VULNERABLE], Verdict.VULNERABLE, id="one known, one not asked"),
        pytest.param([SOUND, SKIPPED], Verdict.NOT_AUDITED, id="one not asked"),
        pytest.param([SKIPPED], Verdict.NOT_AUDITED, id="a mirror without advisories"),
        pytest.param([], Verdict.NOT_AUDITED, id="nothing asked"),
    ],
)
def test_what_was_not_audited_is_not_sound(
    dependencies: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert audited({"dependencies": dependencies}).verdict is verdict


def test_a_known_vulnerability_is_named_with_what_mends_it() -> None:
    (line,) = audited({"dependencies": [VULNERABLE]}).known
    assert line == "h11 0.15.0: GHSA-vqfr-h8mv-ghfj: mended in 0.16.0"


def test_no_security_rule_of_the_linter_is_left_out_without_a_reason() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert ruff["select"] == ["ALL"]
    assert not [rule for rule in ruff["ignore"] if rule.startswith("S")]
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("service", "src", "zones", "vision", "models", "datasets", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"noqa: (?:[A-Z]+\d+, )*S\d+[^-]*$", line)
    ]
    assert bare == []


def test_the_models_runtime_tells_its_makers_nothing(tmp_path: Path) -> None:
    """Neither what it is used for nor where: no thread, no identity in the home folder."""
    told = "import os, streetwatch.models.session; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    home = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    done = subprocess.run(
        [sys.executable, "-P", "-c", told],
        env=home | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"
    assert list(tmp_path.rglob("*")) == []

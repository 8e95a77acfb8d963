"""A sink of any template, with a platform that listens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_parts import Platform
from streetwatch.service.config.target_schema import HttpEntry
from streetwatch.service.delivery.http_template import HttpTemplateSink
from streetwatch.service.delivery.template_file import load_template
from streetwatch.service.evidence.folder import EvidenceFolder
from template_parts import OURS, Clock, Sinks


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sink_of(tmp_path: Path, served: tuple[Platform, str], clock: Clock) -> Iterator[Sinks]:
    """Make a sink of a template's text, or of the keys under `opened`."""
    opened: list[HttpTemplateSink] = []
    folder = EvidenceFolder(tmp_path / "evidence")
    for name in ("threshold.jpg", "close_up.jpg"):
        folder.write(OURS, name, f"<{name}>".encode())

    def make(template: dict[str, Any], *, url: str = served[1], **changes: Any) -> HttpTemplateSink:  # noqa: ANN401
        path = tmp_path / "city.yaml"
        path.write_text(yaml.safe_dump(template, allow_unicode=True), encoding="utf-8")
        keys = {"id": "city", "kind": "http", "url": url, "template": str(path)} | changes
        read = load_template(path, environ={"CITY_SECRET": "s3cr3t-of-the-city"})
        entry = HttpEntry.model_validate(keys)
        opened.append(HttpTemplateSink(entry, read, evidence=folder, clock=clock))
        return opened[-1]

    yield make
    for sink in opened:
        sink.close()

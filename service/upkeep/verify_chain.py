"""Are the cameras' chains whole? Gaps, forks, forgeries and deletions are told apart."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from streetwatch.service.evidence import manifest as manifests
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.keys import PublicKey
from streetwatch.service.incidents.chain import Link, RecordKind
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.chains import all_links
from streetwatch.service.store.schema import attachment
from streetwatch.service.store.transactions import reading
from streetwatch.service.upkeep.finding import Finding


def chain_findings(engine: sa.Engine, evidence: EvidenceStore) -> Iterator[Finding]:
    """Yield what is wrong with the chains of all cameras.

    Raises:
        StorageError: the database refused.
    """
    for _, links in groupby(all_links(engine), key=lambda one: one.camera_id):
        yield from _Chain(tuple(links), evidence).findings()
    yield from _unchained(engine, evidence)


@dataclass(frozen=True, slots=True)
class _Chain:
    links: tuple[Link, ...]
    evidence: EvidenceStore

    def findings(self) -> Iterator[Finding]:
        yield from self._order()
        removed = {
            (one["position"], one["sha256"])
            for link in self.links
            if link.kind is RecordKind.DELETION and (one := _removed(link))
        }
        for link in self.links:
            match link.kind:
                case RecordKind.DELETION:
                    yield from _record(link, (link.body or "").encode())
                case RecordKind.MANIFEST:
                    was_removed = (link.position, link.sha256) in removed
                    yield from self._manifest(link, was_removed=was_removed)

    def _order(self) -> Iterator[Finding]:
        """Tell where a record is missing, and where one does not follow the one before it."""
        position, previous = 1, None
        for link in self.links:
            if link.position != position:
                says = f"records {position} to {link.position - 1} are missing"
                yield Finding("chain_gap", _name(link), says)
            elif link.previous != previous:
                says = f"follows record {link.previous}, and the one before it is {previous}"
                yield Finding("chain_fork", _name(link), says)
            position, previous = link.end.position, link.sha256

    def _manifest(self, link: Link, *, was_removed: bool) -> Iterator[Finding]:
        try:
            content = self.evidence.read(link.incident_id, manifests.NAME)
        except StorageError:
            if not was_removed:
                says = f"the manifest of {link.incident_id} is gone, and no deletion is recorded"
                yield Finding("record_missing", _name(link), says)
            return
        if was_removed:
            says = f"the manifest of {link.incident_id} was deleted, and is there"
            yield Finding("record_returned", _name(link), says)
            return
        yield from _record(link, content)


def _record(link: Link, content: bytes) -> Iterator[Finding]:
    """Compare a record with its place in the chain."""
    key, signature = PublicKey(bytes.fromhex(link.public_key)), bytes.fromhex(link.signature)
    if hashlib.sha256(content).hexdigest() != link.sha256:
        yield _changed(link, content)
    elif not key.proves(signature, content):
        yield Finding("record_forged", _name(link), f"its signature is not of key {key.id}")
    elif _chain_of(content) != (link.camera_id, link.position, link.previous):
        yield Finding("chain_fork", _name(link), "it was signed for another place in the chain")


def _changed(link: Link, content: bytes) -> Finding:
    """Tell a file that was changed from another manifest of the same place."""
    place = (link.camera_id, link.position, link.previous)
    if _chain_of(content) == place and link.kind is RecordKind.MANIFEST:
        says = f"the manifest of {link.incident_id} is another than the one of this place"
        return Finding("chain_fork", _name(link), says)
    return Finding("record_changed", _name(link), f"the record of {link.incident_id} was changed")


def _unchained(engine: sa.Engine, evidence: EvidenceStore) -> Iterator[Finding]:
    """Yield manifests that say they are in a chain, and are in none."""
    known = {link.incident_id for link in all_links(engine)}
    sealed = sa.select(attachment.c.incident_id).where(attachment.c.role == "manifest")
    with reading(engine) as connection:
        names = connection.execute(sealed.order_by(attachment.c.incident_id)).scalars().all()
    for name in names:
        if name not in known and _format_of(name, evidence) == manifests.FORMAT:
            yield Finding("record_unchained", name, "its manifest is in no camera's chain")


def _format_of(name: str, evidence: EvidenceStore) -> object:
    try:
        return _document(evidence.read(name, manifests.NAME)).get("format")
    except StorageError:  # told as a missing file
        return None


def _removed(link: Link) -> Mapping[str, Any] | None:
    removed = _document((link.body or "").encode()).get("removed")
    return removed if isinstance(removed, dict) and {"position", "sha256"} <= set(removed) else None


def _chain_of(content: bytes) -> tuple[object, object, object] | None:
    chain = _document(content).get("chain")
    if not isinstance(chain, dict):
        return None
    return chain.get("camera"), chain.get("position"), chain.get("previous")


def _document(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _name(link: Link) -> str:
    return f"{link.camera_id}/{link.position}"

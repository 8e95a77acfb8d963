"""Delivers to any JSON or form API, as a template says."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace

from streetwatch.service.config.request_schema import FindEntry, RequestEntry, StatusEntry
from streetwatch.service.config.target_schema import HttpEntry
from streetwatch.service.config.template_values import placeholders
from streetwatch.service.delivery.answer_values import is_one_of, text_at
from streetwatch.service.delivery.case_fields import (
    EvidenceFiles,
    View,
    pictures,
    template_fields,
)
from streetwatch.service.delivery.field_paths import NoSuchFieldError, found
from streetwatch.service.delivery.sink import PlatformState, PlatformStatus, Receipt
from streetwatch.service.delivery.template_calls import Call, Part
from streetwatch.service.delivery.template_client import TemplateClient
from streetwatch.service.delivery.template_file import Template
from streetwatch.service.evidence.links import Links
from streetwatch.service.incidents.case import Attachment, Case, Message
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.vision.types import Seconds

#: A case has a handful of stills of some 100 KiB each.
_MOST_BYTES = 32 * 2**20


class HttpTemplateSink:
    """Sends what a template has for each occasion.

    Attributes:
        find: Only where the template says how the platform is searched.
        status: Only where it says how the platform is asked.
    """

    find: Callable[[str], Receipt | None]
    status: Callable[[Receipt], PlatformStatus]

    def __init__(  # noqa: PLR0913 -- all that one platform's sink is wired to
        self,
        entry: HttpEntry,
        template: Template,
        *,
        evidence: EvidenceFiles,
        clock: Callable[[], Seconds],
        networks: Networks = ANYWHERE,
        links: Links | None = None,
    ) -> None:
        self.client = TemplateClient(entry, template, clock=clock, networks=networks)
        self._evidence = evidence
        self._view = View(entry.crs, entry.public_url, links)
        self._requests = template.entry.requests
        # A sink that can't search must not look as if it could: `Searchable` asks for the method.
        if self._requests.find is not None:
            self.find = self._finder(self._requests.find)
        if self._requests.status is not None:
            self.status = self._poller(self._requests.status)

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        """Send what the template has for the occasion; where it has nothing, nothing is sent.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        receipt = known or Receipt()
        request = getattr(self._requests, message.occasion.value)
        if not isinstance(request, RequestEntry):
            return receipt
        tree = self.client.send(self.call(request, message, receipt), request.answer)
        reading = request.answer or self.client.template.entry.answer
        number = text_at(tree, reading.number) if reading.number else None
        return replace(receipt, number=number or receipt.number)

    def call(self, request: RequestEntry, message: Message, known: Receipt) -> Call:
        """Return a request as it would be sent.

        Raises:
            DeliveryFailedError: the template asks for what the case does not have.
        """
        wanted = any(path.endswith(".base64") for path, _ in placeholders(request.texts))
        read = self._base64(message.case) if wanted else None
        fields = template_fields(message, self._view, number=known.number, base64=read)
        return self.client.filled(request, fields, list(self._parts(request, message.case)))

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _finder(self, entry: FindEntry) -> Callable[[str], Receipt | None]:
        def find(external_id: str) -> Receipt | None:
            tree = self.client.ask(entry, {"external_id": external_id})
            try:
                rows = _rows(tree, entry.rows)
            except NoSuchFieldError:
                raise self.client.unwanted(f"the search's answer has no {entry.rows}") from None
            ours = [row for row in rows if text_at(row, entry.match) == external_id]
            return Receipt(text_at(ours[0], entry.number)) if ours else None

        return find

    def _poller(self, entry: StatusEntry) -> Callable[[Receipt], PlatformStatus]:
        def status(receipt: Receipt) -> PlatformStatus:
            tree = self.client.ask(entry, {"number": receipt.number})
            said = text_at(tree, entry.state)
            note = text_at(tree, entry.note) if entry.note else None
            for state in PlatformState:
                if said is not None and is_one_of(said, getattr(entry.states, state.value)):
                    return PlatformStatus(state, note or "", receipt)
            raise self.client.unwanted(f"the state {said or 'nothing'} is not among the states")

        return status

    def _base64(self, case: Case) -> Callable[[Attachment], str]:
        return lambda one: base64.b64encode(self._bytes(case, one)).decode()

    def _parts(self, request: RequestEntry, case: Case) -> Iterator[tuple[str, Part]]:
        if request.files is None:
            return
        roles = request.files.roles
        chosen = [one for one in case.evidence if one.role in roles] if roles else pictures(case)
        total = 0
        for one in chosen:
            content = self._bytes(case, one)
            total += len(content)
            if total > _MOST_BYTES:
                raise self.client.unwanted(f"the files have more than {_MOST_BYTES} bytes")
            yield request.files.name, (one.name, content, one.media_type)

    def _bytes(self, case: Case, one: Attachment) -> bytes:
        try:
            return self._evidence.read(case.external_id, one.name)
        except StorageError as error:
            raise self.client.unwanted(str(error)) from None


def _rows(tree: object, path: str | None) -> list[object]:
    """Return the rows of a search; nothing on the way to them means that there are none.

    Raises:
        NoSuchFieldError: the answer is no search's; it does not say that there are none.
    """
    rows = tree
    for segment in path.split(".") if path else ():
        rows = found(rows, segment) if rows is not None else None
    if isinstance(rows, list):
        return rows
    if rows is None:
        return []
    raise NoSuchFieldError(path)

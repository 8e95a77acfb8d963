"""Builds what delivers to a target from what `streetwatch.yaml` says about it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from streetwatch.service.config.target_schema import (
    DeskEntry,
    HttpEntry,
    MqttEntry,
    Open311Entry,
    Target,
    WebhookEntry,
)
from streetwatch.service.delivery.case_fields import EvidenceFiles
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.http_template import HttpTemplateSink
from streetwatch.service.delivery.mqtt_sink import MqttSink
from streetwatch.service.delivery.open311_sink import Open311Sink
from streetwatch.service.delivery.template_file import load_template
from streetwatch.service.delivery.webhook_sink import WebhookSink
from streetwatch.service.evidence.links import Links
from streetwatch.service.evidence.originals import Originals, UnmaskedFiles
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.settings import Settings
from streetwatch.vision.types import Seconds

Sink = DeskSink | Open311Sink | HttpTemplateSink | WebhookSink | MqttSink


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What sinks need of the service.

    Attributes:
        own_url: Where this process's own desk answers.
        own_token: What is shown there.
        evidence: Where the bytes of pictures are.
        clock: Seconds since the epoch.
        environ: Fills in `${NAME}` of templates.
        originals: Opens what is under the masks; None: nothing does.
        networks: Where platforms may stand.
    """

    own_url: str
    evidence: EvidenceFiles
    clock: Callable[[], Seconds]
    environ: Mapping[str, str] = field(repr=False)
    networks: Networks = ANYWHERE
    own_token: str = field(default="", repr=False)
    originals: Originals | None = None
    links: Links | None = None

    def files_for(self, entry: HttpEntry) -> EvidenceFiles:
        """Return what a target is sent pictures from: the copies, unless it says why not."""
        if entry.unmasked is None or self.originals is None:
            return self.evidence
        return UnmaskedFiles(self.originals, f"target:{entry.id}", entry.unmasked)


def surroundings_of(  # noqa: PLR0913 -- all that every kind of sink needs
    settings: Settings,
    *,
    evidence: EvidenceFiles,
    clock: Callable[[], Seconds],
    own_token: str,
    originals: Originals | None = None,
    links: Links | None = None,
) -> Surroundings:
    """Return what the sinks of a service's targets need of it.

    Args:
        settings: Of the service.
        evidence: Where the bytes of pictures are.
        clock: Seconds since the epoch.
        own_token: What this service's own desk is shown; another's never sees it.
        originals: Opens what is under the masks; None: nothing does.
        links: Seals the addresses of pictures that platforms fetch.
    """
    if settings.desk_url is not None:
        own_token = settings.desk_token.get_secret_value() if settings.desk_token else ""
    return Surroundings(
        own_url=settings.desk_url or settings.address,
        evidence=evidence,
        clock=clock,
        environ=os.environ,
        own_token=own_token,
        originals=originals,
        links=links,
        networks=Networks.of(settings.networks.targets),
    )


def sink_of(entry: Target, around: Surroundings) -> Sink:
    """Return the sink of a target. Nothing is asked of the platform yet.

    Raises:
        InputError: a file that the entry names can't be used.
    """
    networks, links = around.networks, around.links
    match entry:
        case DeskEntry():
            token = around.own_token if entry.url is None else ""
            if entry.token is not None:
                token = entry.token.get_secret_value()
            url = entry.url or around.own_url
            return DeskSink(url, timeout_s=entry.timeout_s, token=token, networks=networks)
        case Open311Entry():
            return Open311Sink(entry, clock=around.clock, networks=networks, links=links)
        case HttpEntry():
            template = load_template(entry.template, environ=around.environ)
            return HttpTemplateSink(
                entry,
                template,
                evidence=around.files_for(entry),
                clock=around.clock,
                networks=networks,
                links=links,
            )
        case WebhookEntry():
            return WebhookSink(entry, clock=around.clock, networks=networks, links=links)
        case MqttEntry():
            return MqttSink(entry, networks, links)
        case _:
            assert_never(entry)

"""The test button: does a target answer, does it let us in, and what would it be sent?

Nothing is filed. A platform that can only be tried by filing is said to be such a one.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

import structlog

from streetwatch.service.config.request_schema import RequestEntry
from streetwatch.service.config.target_schema import DeskEntry, HttpEntry, Open311Entry, Target
from streetwatch.service.delivery.build import Sink, Surroundings, sink_of
from streetwatch.service.delivery.exchange import Exchange
from streetwatch.service.delivery.http_template import HttpTemplateSink
from streetwatch.service.delivery.mqtt_sink import MqttSink
from streetwatch.service.delivery.open311_sink import Open311Sink
from streetwatch.service.delivery.sample import EXTERNAL_ID, sample_message
from streetwatch.service.delivery.sink import DeliveryFailedError, Receipt
from streetwatch.service.delivery.webhook_sink import WebhookSink
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.zones.rules import ViolationType

log = structlog.get_logger(__name__)


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    UNKNOWN = "unknown"  #: could not be tried without filing
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried.

    Attributes:
        level: How it went.
        zh: What was found, for people.
        en: The same.
        sample: What would be sent, without the secrets.
    """

    level: Level
    zh: str
    en: str
    sample: Mapping[str, object] = field(default_factory=dict)

    def line(self) -> dict[str, object]:
        """Return it as JSON."""
        told = {"level": self.level.value, "zh": self.zh, "en": self.en}
        return told | ({"sample": self.sample} if self.sample else {})


def check(entry: Target, around: Surroundings) -> list[Finding]:
    """Try a target without filing anything.

    Args:
        entry: As the file has it.
        around: As for `sink_of`, with `SampleFiles` for evidence.
    """
    try:
        sink = sink_of(entry, around)
    except InputError as error:
        return [Finding(Level.WRONG, f"配置有误: {error}", f"the settings are wrong: {error}")]
    with closing(sink):
        return list(_tried(entry, sink, around))


def start_asking(entries: Iterable[Target], around: Surroundings) -> None:
    """Warn of misfits in a thread of its own: no start waits for a city."""
    asked = tuple(entries), around
    threading.Thread(target=warn_of_misfits, args=asked, name="misfits", daemon=True).start()


def warn_of_misfits(entries: Iterable[Target], around: Surroundings) -> None:
    """Log which Open311 service codes an endpoint does not know; asking it changes nothing."""
    for entry in entries:
        if isinstance(entry, Open311Entry):
            for finding in check(entry, around):
                if finding.level is Level.WRONG:
                    log.warning("target.unfit", target=entry.id, reason=finding.en)


class SampleFiles:
    """The pictures of the sample case."""

    def read(self, incident_id: str, name: str) -> bytes:
        """Return some bytes."""
        return f"{incident_id}/{name}".encode()


def _tried(entry: Target, sink: Sink, around: Surroundings) -> Iterator[Finding]:
    match entry, sink:
        case Open311Entry(), Open311Sink():
            yield from _open311(entry, sink)
        case HttpEntry(), HttpTemplateSink():
            yield from _template(entry, sink)
        case _, WebhookSink():
            knock = partial(sink.knock, sample_message())
            yield _asked(knock, "接收方接受了测试", "the receiver took the test")
            yield _shown(sink.body(sample_message()))
        case _, MqttSink():
            yield _asked(sink.knock, "代理允许连接", "the broker lets us in")
            yield _shown({"topic": sink.topic(sample_message())} | sink.body(sample_message()))
        case _:
            url = (entry.url if isinstance(entry, DeskEntry) else None) or around.own_url
            outbound = Outbound.of(around.networks, [url])
            yield from _desk(Exchange(url, timeout_s=entry.timeout_s, outbound=outbound))


def _desk(exchange: Exchange) -> Iterator[Finding]:
    with closing(exchange):
        yield _asked(lambda: exchange.taken("GET", "/healthz"), "受理台有应答", "the desk answers")


def _open311(entry: Open311Entry, sink: Open311Sink) -> Iterator[Finding]:
    try:
        services = sink.services()
    except DeliveryFailedError as error:
        yield _failed(error)
        return
    yield Finding(
        Level.OK, f"平台有应答, 共 {len(services)} 项服务", f"it answers, {len(services)} services"
    )
    for kind in entry.types or ViolationType:
        code = entry.service_codes[kind]
        if code not in services:
            yield Finding(
                Level.WRONG,
                f"平台没有服务代码 {code} ({kind})",
                f"it has no service_code {code} ({kind}): write one of {', '.join(services)}",
            )
        elif services[code].get("metadata") == "true":
            yield from _questions(entry, sink, code)
    yield Finding(
        Level.UNKNOWN,
        "只有上报才能检验 api_key",
        "whether it takes the api_key only a filed case can show",
    )
    yield from _would_send(lambda: sink.shown(sample_message(_first(entry))))


def _questions(entry: Open311Entry, sink: Open311Sink, code: str) -> Iterator[Finding]:
    try:
        lack = [one for one in sink.questions(code) if one not in entry.attributes]
    except DeliveryFailedError as error:
        yield _failed(error)
        return
    if lack:
        names = ", ".join(lack)
        yield Finding(
            Level.WRONG,
            f"服务 {code} 要求属性 {names}",
            f"service {code} asks for {names}: write them under attributes",
        )


def _template(entry: HttpEntry, sink: HttpTemplateSink) -> Iterator[Finding]:
    requests = sink.client.template.entry.requests
    if requests.find is not None:
        yield _asked(lambda: sink.find(EXTERNAL_ID), "查询有应答", "a search is answered")
    else:
        yield _asked(sink.client.reach, "平台有应答", "it answers")
        yield Finding(
            Level.UNKNOWN,
            "模板没有 find: 只有上报才能检验身份",
            "the template has no find: whether it lets us in only a filed case can show",
        )
    for kind in entry.types or ViolationType:
        for name in type(requests).model_fields:
            request = getattr(requests, name)
            if isinstance(request, RequestEntry):
                yield from _unfit(sink, request, kind)
    yield from _would_send(lambda: _call(sink, requests.opened, _first(entry)))


def _unfit(sink: HttpTemplateSink, request: RequestEntry, kind: ViolationType) -> Iterator[Finding]:
    try:
        _call(sink, request, kind)
    except DeliveryFailedError as error:
        yield Finding(Level.WRONG, f"{kind} 不可用: {error}", f"{kind}: {error}")


def _call(
    sink: HttpTemplateSink, request: RequestEntry, kind: ViolationType
) -> Mapping[str, object]:
    call = sink.call(request, sample_message(kind), Receipt(number="1"))
    shown: Mapping[str, object] = sink.client.shown(call)
    return shown


def _first(entry: Open311Entry | HttpEntry) -> ViolationType:
    return entry.types[0] if entry.types else ViolationType.ILLEGAL_PARKING_MOTOR


def _asked(call: Callable[[], object], zh: str, en: str) -> Finding:
    try:
        call()
    except DeliveryFailedError as error:
        return _failed(error)
    return Finding(Level.OK, zh, en)


def _would_send(call: Callable[[], Mapping[str, object]]) -> Iterator[Finding]:
    try:
        yield _shown(call())
    except DeliveryFailedError as error:
        yield _failed(error)


def _shown(sample: Mapping[str, object]) -> Finding:
    return Finding(Level.OK, "将会发送", "this would be sent", sample)


def _failed(error: DeliveryFailedError) -> Finding:
    return Finding(Level.WRONG, f"失败: {error}", f"it failed: {error}")

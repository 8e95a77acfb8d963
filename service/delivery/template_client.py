"""Talks to a platform as a template says: shows who sends, reads its yes and no."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx

from streetwatch.service.config.request_schema import AnswerEntry, CallEntry
from streetwatch.service.config.target_schema import HttpEntry
from streetwatch.service.delivery.answer_values import fits, json_of, text_at
from streetwatch.service.delivery.answers import misunderstood, refused
from streetwatch.service.delivery.exchange import Exchange
from streetwatch.service.delivery.filling import FillingError
from streetwatch.service.delivery.retry import Failure
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.delivery.template_auth import credential_of
from streetwatch.service.delivery.template_calls import Call, Part, call_of
from streetwatch.service.delivery.template_file import Template
from streetwatch.service.outbound.networks import ANYWHERE, Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.trust import trust_in
from streetwatch.vision.types import Seconds

#: What HTTP has for a request that is understood and not wanted: a person has to look at it.
_UNWANTED = 422

#: And for one that may be sent again later.
_LATER = 503

_SAID_LENGTH = 300


class TemplateClient:
    """One platform and its template."""

    def __init__(
        self,
        entry: HttpEntry,
        template: Template,
        *,
        clock: Callable[[], Seconds],
        networks: Networks = ANYWHERE,
    ) -> None:
        self.template = template
        self._answer = template.entry.answer
        self._exchange = Exchange(
            entry.url,
            timeout_s=entry.timeout_s,
            outbound=Outbound.of(networks, [entry.url]),
            secrets=template.secrets,
            trust=trust_in(entry.ca_file, where=f"targets: {entry.id}") if entry.ca_file else None,
        )
        self._credential = credential_of(
            template.entry.auth, log_in=self._log_in, learn=self._exchange.learn, clock=clock
        )

    def filled(
        self,
        entry: CallEntry,
        fields: Mapping[str, object],
        parts: list[tuple[str, Part]] | None = None,
    ) -> Call:
        """Fill a request in.

        Raises:
            DeliveryFailedError: it asks for what there is not.
        """
        try:
            return call_of(entry, self.template.filling(fields), parts)
        except FillingError as error:
            raise self.unwanted(f"the template does not fit: {error}") from None

    def send(self, call: Call, reading: AnswerEntry | None = None) -> object:
        """Send a request and return the JSON of an answer that says yes.

        It is sent once more where the platform says that our token is no longer good.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """
        answer = self._sent(call)
        if self._credential.went_stale(answer):
            answer = self._sent(call)
        self._check(answer, reading or self._answer)
        return json_of(answer)

    def ask(self, entry: CallEntry, fields: Mapping[str, object]) -> object:
        """Ask something that changes nothing, and return the answer's JSON.

        Raises:
            DeliveryFailedError: it did not say.
        """
        tree = self.send(self.filled(entry, fields))
        if tree is None:
            raise self.unwanted("the answer is no JSON")
        return tree

    def reach(self) -> None:
        """Get any answer at all, with a token where the platform wants one.

        Raises:
            DeliveryFailedError: there is none.
        """
        self._exchange.ask("GET", "/", sign=self._credential.headers)

    def unwanted(self, reason: str) -> DeliveryFailedError:
        """Return the error of what sending again can't help."""
        return self._exchange.failed(Failure(reason, _UNWANTED, may_have_arrived=False))

    def shown(self, call: Call) -> dict[str, object]:
        """Return a request as anyone may see it; who sends is left out."""
        return {
            "method": call.method,
            "path": self._exchange.hide(call.path),
            "query": self._hidden(call.query),
            "headers": self._hidden(call.headers),
            "encoding": call.encoding.value,
            "body": self._hidden(dict(call.body)),
            "files": [f"{name}: {part[0]}" for name, part in call.parts],
        }

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    def _sent(self, call: Call) -> httpx.Response:
        return self._exchange.ask(
            call.method,
            call.path,
            headers=call.headers,
            sign=self._credential.headers,
            **call.options(),
        )

    def _hidden(self, value: object) -> object:
        match value:
            case str():
                return self._exchange.hide(value)
            case dict():
                return {key: self._hidden(inner) for key, inner in value.items()}
            case list():
                return [self._hidden(inner) for inner in value]
            case _:
                return value

    def _log_in(self, entry: CallEntry) -> httpx.Response:
        call = self.filled(entry, {})
        options = call.options()
        answer = self._exchange.ask(call.method, call.path, headers=call.headers, **options)
        success = self._answer.success
        speaks = success is not None and text_at(json_of(answer), success.path) is not None
        # A login may answer in words of its own, without the `code` that all else has.
        self._check(answer, self._answer if speaks else AnswerEntry())
        return answer

    def _check(self, answer: httpx.Response, reading: AnswerEntry) -> None:
        tree = json_of(answer)
        if reading.again and fits(tree, reading.again):
            raise self._exchange.failed(Failure(_said(answer, tree, reading), _LATER))
        if not answer.is_success:
            raise self._exchange.failed(_refused(answer, tree, reading))
        if reading.success is None or fits(tree, reading.success):
            return
        if text_at(tree, reading.success.path) is None:
            text = f"the answer has no {reading.success.path}: is it a proxy's?"
            raise self._exchange.failed(misunderstood(answer, text))
        raise self.unwanted(_said(answer, tree, reading))


def _refused(answer: httpx.Response, tree: object, reading: AnswerEntry) -> Failure:
    failure = refused(answer)
    words = text_at(tree, reading.message) if reading.message else None
    if words is None:
        return failure
    return replace(failure, reason=f"{answer.status_code} {answer.reason_phrase}: {words}")


def _said(answer: httpx.Response, tree: object, reading: AnswerEntry) -> str:
    words = text_at(tree, reading.message) if reading.message else None
    return f"the platform says: {words or answer.text[:_SAID_LENGTH]}"

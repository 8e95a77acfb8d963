"""What the delivery needs of a case platform, as small as it needs it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from streetwatch.service.delivery.retry import Failure
from streetwatch.service.incidents.case import Message
from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.service.incidents.platform import PlatformState, Receipt

#: A sink finds all that it speaks of here.
__all__ = [
    "CaseSink",
    "DeliveryFailedError",
    "PlatformState",
    "PlatformStatus",
    "Pollable",
    "Receipt",
    "Searchable",
]


class DeliveryFailedError(StreetwatchError):
    """The platform did not take a message, or did not answer; `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """What a platform says about a case.

    Attributes:
        state: How it stands.
        note: In the platform's words.
        receipt: What the platform calls it now: a token may have become a number.
    """

    state: PlatformState
    note: str
    receipt: Receipt


class CaseSink(Protocol):
    """A case platform.

    Taking one message twice must be the same as taking it once: by the message's key, or because
    the platform can be searched (`Searchable`).
    """

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        """Hand a message over and return what the platform calls the case.

        Args:
            message: Of an occasion that the target is told.
            known: What the platform called this case before; None before its first message.
                A platform that has nothing to be told on this occasion returns it.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """

    def close(self) -> None:
        """Let go of the connections."""


@runtime_checkable
class Searchable(Protocol):
    """A platform that takes no idempotency keys, but can be asked what it has.

    It is asked before a post is repeated that may have arrived. A sink whose platform can't be
    asked does not have this method.
    """

    def find(self, external_id: str) -> Receipt | None:
        """Return what the platform calls our case, None where it has none.

        Raises:
            DeliveryFailedError: it did not say.
        """


@runtime_checkable
class Pollable(Protocol):
    """A platform that says how a case stands when it is asked."""

    def status(self, receipt: Receipt) -> PlatformStatus:
        """Ask how a case stands.

        Raises:
            DeliveryFailedError: it did not say.
        """

"""What a relay needs of a case platform."""

from typing import Protocol

from streetwatch.service.delivery.retry import Failure
from streetwatch.service.incidents.case import Message
from streetwatch.service.incidents.errors import StreetwatchError


class DeliveryFailedError(StreetwatchError):
    """The platform did not take a message; `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class CaseSink(Protocol):
    """A case platform. Taking one message twice must be the same as taking it once."""

    def deliver(self, message: Message) -> None:
        """Hand a message over.

        Raises:
            DeliveryFailedError: it was not taken, or nobody knows whether it was.
        """

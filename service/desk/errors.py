"""Why the desk's book does not do what it is asked for."""

from streetwatch.service.desk.states import DeskConflictError


class KeyTakenError(DeskConflictError):
    """This idempotency key belongs to another case."""


class OtherCaseError(DeskConflictError):
    """The facts are about another case than the one that was named."""


class ChangedMeanwhileError(DeskConflictError):
    """Somebody else has changed the case since it was read."""


class NoSuchCaseError(LookupError):
    """There is no case of this number or external id."""

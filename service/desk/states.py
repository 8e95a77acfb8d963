"""The states of a case on the desk and the moves between them (docs/reference/case.md)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class CaseState(StrEnum):
    """Where a case is: 上报, 立案, 作废, 派遣, 已处置, 结案."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPATCHED = "dispatched"
    HANDLED = "handled"
    CLOSED = "closed"


class RejectReason(StrEnum):
    """Why a case was rejected (作废原因); only the first says that the model was wrong."""

    WRONG_OBJECT = "wrong_object"  #: 识别错误: there is no such object
    PERMITTED = "permitted"  #: 允许: it is there and may be there
    NOT_STAYING = "not_staying"  #: 未停留: it was moving on
    DUPLICATE = "duplicate"  #: 重复: another case has it
    OTHER = "other"


MOVES: Mapping[CaseState, tuple[CaseState, ...]] = MappingProxyType(
    {
        CaseState.REPORTED: (CaseState.ACCEPTED, CaseState.REJECTED),
        CaseState.ACCEPTED: (CaseState.DISPATCHED, CaseState.REJECTED),
        CaseState.DISPATCHED: (CaseState.HANDLED,),
        CaseState.HANDLED: (CaseState.CLOSED, CaseState.DISPATCHED),
        CaseState.REJECTED: (),
        CaseState.CLOSED: (),
    }
)

#: A case in one of these is done with, and so is its incident.
ENDS = frozenset(state for state, moves in MOVES.items() if not moves)


class DeskConflictError(ValueError):
    """What is asked does not go together with what the desk holds."""


class MoveRefusedError(DeskConflictError):
    """A case can't go from its state to the one asked for; says which it can go to."""


def moved(state: CaseState, wanted: CaseState) -> CaseState:
    """Return the state after a move; asking for the state it is in changes nothing.

    Raises:
        MoveRefusedError: there is no such move.
    """
    if wanted is state or wanted in MOVES[state]:
        return wanted
    allowed = ", ".join(MOVES[state]) or "nothing: it is at its end"
    raise MoveRefusedError(f"a case that is {state} can't become {wanted}; allowed: {allowed}")

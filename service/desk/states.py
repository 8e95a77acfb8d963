"""The states of a case on the desk and the moves between them (docs/reference/case.md)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class CaseState(StrEnum):
    """Where a case is.

    预警, 自行改正, 上报, 立案, 作废, 派遣, 处置中, 挂账, 已处置, 结案, 强制结案, 撤销.
    """

    WARNED = "warned"  #: those concerned were warned; filed only if it stands on (柔性执法)
    SELF_CORRECTED = "self_corrected"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    HANDLED = "handled"
    CLOSED = "closed"
    FORCE_CLOSED = "force_closed"
    CANCELLED = "cancelled"


class RejectReason(StrEnum):
    """Why a case was rejected (作废原因); only the first says that the model was wrong."""

    WRONG_OBJECT = "wrong_object"  #: 识别错误: there is no such object
    PERMITTED = "permitted"  #: 允许: it is there and may be there
    NOT_STAYING = "not_staying"  #: 未停留: it was moving on
    DUPLICATE = "duplicate"  #: 重复: another case has it
    OTHER = "other"


MOVES: Mapping[CaseState, tuple[CaseState, ...]] = MappingProxyType(
    {
        CaseState.WARNED: (CaseState.REPORTED, CaseState.SELF_CORRECTED),
        CaseState.REPORTED: (CaseState.ACCEPTED, CaseState.REJECTED, CaseState.CANCELLED),
        CaseState.ACCEPTED: (
            CaseState.DISPATCHED,
            CaseState.REJECTED,
            CaseState.CANCELLED,
            CaseState.FORCE_CLOSED,
        ),
        CaseState.DISPATCHED: (
            CaseState.HANDLING,
            CaseState.HANDLED,
            CaseState.SUSPENDED,
            CaseState.CANCELLED,
            CaseState.FORCE_CLOSED,
        ),
        CaseState.HANDLING: (
            CaseState.HANDLED,
            CaseState.SUSPENDED,
            CaseState.DISPATCHED,
            CaseState.FORCE_CLOSED,
        ),
        CaseState.SUSPENDED: (CaseState.DISPATCHED, CaseState.HANDLING, CaseState.FORCE_CLOSED),
        CaseState.HANDLED: (CaseState.CLOSED, CaseState.DISPATCHED, CaseState.FORCE_CLOSED),
        CaseState.SELF_CORRECTED: (),
        CaseState.REJECTED: (),
        CaseState.CLOSED: (),
        CaseState.FORCE_CLOSED: (),
        CaseState.CANCELLED: (),
    }
)

#: A case in one of these is done with, and so is its incident.
ENDS = frozenset(state for state, moves in MOVES.items() if not moves)

#: Ends that say there was nothing to handle: what stands there is not told again for a while.
REFUSALS = frozenset({CaseState.REJECTED, CaseState.CANCELLED})


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

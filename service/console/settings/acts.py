"""What the acts of the audit log are called by people; the log itself has their codes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streetwatch.service.console.language import mark, say

#: Every act that is written down, in the order that the filter offers them.
ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "user.signed_in": mark("signed in"),
        "user.signed_out": mark("signed out"),
        "user.left_provider": mark("left the identity provider"),
        "user.refused": mark("wrong password"),
        "user.refused_code": mark("wrong code"),
        "user.refused_sign_on": mark("not let in by single sign-on"),
        "user.added": mark("added a user"),
        "user.linked": mark("made a link for a password"),
        "user.chose_password": mark("chose a password"),
        "user.changed_password": mark("changed the password"),
        "user.given_role": mark("gave another role"),
        "user.given_sign_on": mark("changed single sign-on of a user"),
        "user.limited": mark("limited a user"),
        "user.disabled": mark("let a user in no more"),
        "user.enabled": mark("let a user in again"),
        "user.factor_taken_off": mark("took off a second factor"),
        "token.added": mark("made an API token"),
        "token.revoked": mark("revoked an API token"),
        "camera.added": mark("attached a camera"),
        "camera.changed": mark("changed a camera"),
        "camera.removed": mark("removed a camera"),
        "camera.reverted": mark("took a camera back to the file"),
        "camera.probed": mark("tried a camera's address"),
        "case.reported": mark("reported a case"),
        "case.changed": mark("changed a case"),
        "case.moved": mark("moved a case"),
        "case.assigned": mark("assigned a case"),
        "case.decided": mark("decided on a case"),
        "case.attributed": mark("said whose a case is"),
        "case.held": mark("set or lifted a legal hold"),
        "case.muted": mark("muted a place"),
        "case.judged": mark("judged a case"),
        "cases.moved": mark("moved cases"),
        "cases.judged": mark("judged cases"),
        "verdicts.undone": mark("took verdicts back"),
        "observation.reported": mark("reported an observation"),
        "evidence.opened": mark("opened evidence"),
        "evidence.exported": mark("exported evidence"),
        "evidence.original_asked": mark("asked for an original"),
        "evidence.original_opened": mark("opened an original"),
        "evidence.deleted": mark("deleted evidence"),
        "cases.exported": mark("exported cases"),
        "audit.exported": mark("exported the audit log"),
        "audit.pruned": mark("deleted old entries of the log"),
        "delivery.resent": mark("sent a message again"),
        "deliveries.drained": mark("sent all waiting messages"),
        "notices.resent": mark("sent notices again"),
        "grids.changed": mark("changed the grids"),
        "node.drained": mark("had a node hand its cameras over"),
        "node.taken_back": mark("let a node have cameras again"),
        "node.forgotten": mark("forgot a node"),
        "campaign.told": mark("wrote down a campaign"),
        "campaign.dropped": mark("dropped a campaign"),
        "callback.heard": mark("a platform reported back"),
    }
)


def act_words(code: str) -> str:
    """Say what was done; an act of another version keeps its code."""
    words = ACTS.get(code)
    return code if words is None else say(words)

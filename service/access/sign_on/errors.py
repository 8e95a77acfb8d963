"""Why somebody does not get in by the identity provider."""

from enum import StrEnum


class Why(StrEnum):
    """The reason, as the audit log and the metrics of a provider's people have it."""

    STRAYED = "strayed"  #: the way back is not one that began in this browser, or was gone already
    DENIED = "denied"  #: the provider says no
    UNBELIEVED = "unbelieved"  #: what it says is not proved, or not about this sign-in
    UNKNOWN = "unknown"  #: nobody has added them here
    NAMELESS = "nameless"  #: the provider does not say what they are called
    TAKEN = "taken"  #: somebody else is called so here
    NO_ROLE = "no_role"  #: the provider gives them none here
    NO_PART = "no_part"  #: it does not say which part of the city
    DISABLED = "disabled"  #: an administrator lets them in no more


class SignOnError(Exception):
    """Somebody does not get in.

    Attributes:
        why: Which reason.
        who: The name, where the provider has proved who it is.
    """

    def __init__(self, why: Why, detail: str = "", *, who: str = "") -> None:
        super().__init__(detail or why.value)
        self.why = why
        self.who = who


class ProviderDownError(Exception):
    """The provider does not answer, or not as one does: it may later."""

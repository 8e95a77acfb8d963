"""Who does something, and on whose behalf: by the account that asks, not by what it says. Pure."""

from dataclasses import dataclass

from streetwatch.service.access.role import ANYBODY, Account


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something.

    Attributes:
        by: The account that asks.
        on_behalf_of: Whom it names, where that is somebody else.
    """

    by: str
    on_behalf_of: str = ""

    @classmethod
    def of(cls, account: Account | None, said: str = "", behalf: str = "") -> "Doer":
        """Return who does what an account asks for.

        Args:
            account: `ANYBODY` and None are nobody that we know: their word is all that there is.
            said: Whom the request calls `by`.
            behalf: Whom it calls `on_behalf_of`; wins.

        >>> from streetwatch.service.access.role import Role
        >>> Doer.of(Account("token:hotline", Role.OPERATOR), "李雷")
        Doer(by='token:hotline', on_behalf_of='李雷')
        >>> Doer.of(ANYBODY, "李雷")
        Doer(by='李雷', on_behalf_of='')
        """
        if account is None or account is ANYBODY:
            return cls(said, behalf)
        named = behalf or said
        return cls(account.name, "" if named == account.name else named)

    @property
    def one(self) -> str:
        """One name for both: two people behind one account are two."""
        return f"{self.by} ({self.on_behalf_of})" if self.on_behalf_of else self.by

    @property
    def line(self) -> dict[str, str]:
        """What a line of a history has of it."""
        return {"by": self.by} | ({"on_behalf_of": self.on_behalf_of} if self.on_behalf_of else {})

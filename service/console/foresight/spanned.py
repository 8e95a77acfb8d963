"""What a tab is told: the days, and which violations."""

from typing import Protocol

from nicegui import context

from streetwatch.service.access.asking import account_of
from streetwatch.service.access.role import Account
from streetwatch.service.console.figures.spans import Span
from streetwatch.service.console.language import Language, language_here
from streetwatch.service.desk.foresight.month_words import Tongue


class Spanned(Protocol):
    """A question of the page: its days, its type."""

    @property
    def span(self) -> Span:
        """Which days, and of what type."""


def account_here() -> Account | None:
    """Return who looks at the page that is open."""
    return account_of(context.client.request)


def tongue_here() -> Tongue:
    """Return the language of the page that is open."""
    return Tongue.ZH if language_here() is Language.ZH else Tongue.EN

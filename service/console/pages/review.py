"""The page `Review`: one case at a time, judged by key."""

from functools import partial

from nicegui import context

from streetwatch.service.console.deeds import note
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.review.dialogs import review_keys
from streetwatch.service.console.review.screen import Screen
from streetwatch.service.console.review.work import Work
from streetwatch.service.console.shell import Shell, page_at
from streetwatch.service.desk.review.leases import Reviewer


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""

    @page_at("/console/review")
    async def page() -> None:
        with shell.page(say("Review"), active="review") as account:
            shell.keys(*review_keys())
            reviewer = Reviewer(account.name, context.client.id)
            theirs = parts.within(account.reach)
            work = Work(theirs.reviewing, parts.evidence, theirs.cameras, reviewer)
            await Screen(work, shell, partial(note, parts, account)).draw()

"""What is done on a page is written into the audit log, as what is done over the API is."""

import asyncio

from nicegui import context

from streetwatch.service.access.role import Account
from streetwatch.service.console.parts import Parts
from streetwatch.service.store.audit import Deed
from streetwatch.service.store.audit_chain import Fact


async def note(parts: Parts, account: Account, what: str, on: str = "", **facts: Fact) -> None:
    """Write down what somebody has done on the page that is open.

    Args:
        parts: What pages act upon.
        account: Who.
        what: A stable name: `user.added`.
        on: What it was done to.
        facts: More of it; never a secret.

    Raises:
        StorageError: the database refused.
    """
    client = context.client.request.client
    deed = Deed(what, account.name, on=on, address=client.host if client else "", facts=facts)
    await asyncio.to_thread(parts.audit.note, deed, now=parts.clock())

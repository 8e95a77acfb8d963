"""The words that people read, in their language: catalogues in `locale`, English in the code."""

import io
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from nicegui import context
from starlette.requests import Request

#: Keeps the language that somebody has chosen.
COOKIE: Final = "streetwatch_language"

_CATALOGUES: Final = Path(__file__).with_name("locale") / "zh_CN" / "LC_MESSAGES"


class Language(StrEnum):
    """What a page is written in; the value is what HTML calls it."""

    ZH = "zh-CN"
    EN = "en-US"


LANGUAGE_NAMES: Final = {Language.ZH: "中文", Language.EN: "English"}


def catalogue(path: Path) -> Catalog:
    """Read one part's translations."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


@cache
def _translations(language: Language) -> NullTranslations:
    if language is Language.EN:
        return NullTranslations()
    whole = Catalog(locale="zh_CN")
    for path in sorted(_CATALOGUES.glob("*.po")):
        for message in catalogue(path):
            if message.id:
                whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)


def mark(message: str) -> str:
    """Return a message as it is: it is said elsewhere, but stands in the catalogues."""
    return message


def marks(message: str, plural: str) -> tuple[str, str]:
    """Return a message and its plural as they are (see `mark`)."""
    return message, plural


def say_in(
    language: Language,
    message: str,
    plural: str | None = None,
    /,
    *,
    count: int = 1,
    **fields: object,
) -> str:
    """Say something in a language.

    Args:
        language: Whose words are used.
        message: In English; `{name}` stands for a field.
        plural: In English, where the number matters; `{count}` stands for it.
        count: Of what is spoken.
        fields: What the message speaks of.
    """
    words = _translations(language)
    text = words.gettext(message) if plural is None else words.ngettext(message, plural, count)
    if plural is None and not fields:
        return text
    return text.format(count=count, **fields)


def say(message: str, plural: str | None = None, /, *, count: int = 1, **fields: object) -> str:
    """Say something in the language of the page that is being drawn (see `say_in`)."""
    return say_in(language_here(), message, plural, count=count, **fields)


def language_here() -> Language:
    """Return the language of the page that is being drawn or acted upon."""
    client = context.client
    known = client.storage.get("language")
    if known is None:
        known = client.storage["language"] = language_of(client.request)
    return Language(known)


def language_of(request: Request) -> Language:
    """Return the language that was chosen, else the browser's, else Chinese."""
    chosen = request.cookies.get(COOKIE)
    if chosen in list(Language):
        return Language(chosen)
    return preferred(request.headers.get("Accept-Language", ""))


def preferred(accepted: str) -> Language:
    """Return the first of a browser's languages that we have; Chinese where there is none."""
    wanted = [part.split(";")[0].strip() for part in accepted.split(",")]
    found = negotiate_locale(wanted, ["zh", "en"], sep="-", aliases={"zh": "zh"})
    first = next((one for one in wanted if one[:2] in {"zh", "en"}), found or "zh")
    return Language.EN if first.startswith("en") else Language.ZH

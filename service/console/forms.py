"""Plain pages without a script, for those who are not signed in."""

from pathlib import Path
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request

from streetwatch.service.console.language import LANGUAGE_NAMES, Language, language_of, say_in

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True
)


def rendered(request: Request, template: str, **fields: object) -> str:
    """Return a page in the language of whoever asks, with the way to the other one."""
    language = language_of(request)
    other = Language.EN if language is Language.ZH else Language.ZH
    here = quote(f"{request.url.path}?{request.url.query}")
    return _TEMPLATES.get_template(template).render(
        say=lambda *words, **values: say_in(language, *words, **values),
        language=language,
        other=other,
        other_name=LANGUAGE_NAMES[other],
        switch=f"/console/language/{other}?next={here}",
        **fields,
    )

"""Everything that stands before the service's answers, put together."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from streetwatch.service.front.headers import Headers
from streetwatch.service.front.limits import Limits, rules_of
from streetwatch.service.front.policy import origin_of
from streetwatch.service.settings import Settings


def fronted(site: ASGIApp, settings: Settings) -> ASGIApp:
    """Return an application behind its headers and limits, packed on the way out.

    Nothing inside packs what it answers: the scripts of a page are given their nonce before.
    """
    rules = rules_of(
        public_per_minute=settings.limits.public_per_minute,
        costly_per_minute=settings.limits.costly_per_minute,
    )
    return GZipMiddleware(Headers(Limits(site, rules), origin_of(settings.console.map_tiles)))

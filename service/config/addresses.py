"""Web addresses that people write."""

from typing import Annotated

from pydantic import AfterValidator

from streetwatch.service.config.wording import refused


def _web_address(url: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        raise refused("is no web address: write http://HOST:PORT or https://HOST")
    return url.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]

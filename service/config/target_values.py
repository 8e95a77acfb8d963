"""What the values of a target look like, and how they are checked."""

import re
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, JsonValue

from streetwatch.service.config.template_values import Filled
from streetwatch.service.config.wording import refused

_GRID: Final = re.compile(r"[0-9]{15}|[0-9]{1,14}\*")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")

#: What an MQTT topic may be filled in with.
TOPIC_WORDS: Final = ("target", "camera", "zone", "type", "occasion", "external_id")


class MapCrs(StrEnum):
    """Coordinates as a platform wants them."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class AnswerFormat(StrEnum):
    """What an Open311 platform is asked to answer in."""

    JSON = "json"
    XML = "xml"


def web_address(url: str) -> str:
    """Check an address and take its last slash away."""
    if not re.fullmatch(r"https?://[^/\s]+\S*", url, re.IGNORECASE):
        raise refused("is no web address: write http://HOST:PORT or https://HOST")
    return url.rstrip("/")


def _root(url: str) -> str:
    if re.search(r"[?#]", url):
        raise refused("has a ? or a #: write the address that all paths follow, without them")
    return web_address(url)


def _grid(text: str) -> str:
    if not _GRID.fullmatch(text):
        raise refused('is no grid: write 15 digits, or the first of them and *, as "310101*"')
    return text


def _text_or_texts(value: JsonValue) -> JsonValue:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise refused("is neither a text nor a list of texts: put it in quotes")
    return value


def _broker(url: str) -> str:
    if not re.fullmatch(r"mqtts?://[^/@\s:]+(:[0-9]{1,5})?/?", url, re.IGNORECASE):
        raise refused(
            "is no broker: write mqtt://HOST:1883 or mqtts://HOST:8883 (with TLS), "
            "and the user and password under their own keys"
        )
    return url.rstrip("/")


def _topic(topic: str) -> str:
    unknown = set(_PLACEHOLDER.findall(topic)) - set(TOPIC_WORDS)
    bare = _PLACEHOLDER.sub("x", topic)
    if unknown or re.search(r"[{}#+\x00]", bare) or bare.startswith(("/", "$")):
        words = ", ".join(f"{{{word}}}" for word in TOPIC_WORDS)
        raise refused(f"is no topic: write words with / between them, and any of {words}")
    return topic


WebAddress = Annotated[str, AfterValidator(web_address)]
RootAddress = Annotated[str, AfterValidator(_root)]
GridPrefix = Annotated[str, AfterValidator(_grid)]
BrokerAddress = Annotated[str, AfterValidator(_broker)]
Topic = Annotated[str, AfterValidator(_topic)]
TextOrTexts = Annotated[Filled, AfterValidator(_text_or_texts)]

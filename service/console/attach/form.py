"""What somebody who attaches a camera fills in, and the document that comes of it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.config.document import Tree
from streetwatch.service.config.secrets import HIDDEN

_KINDS: Final = {"rtsp": "rtsp", "rtsps": "rtsp", "http": "http", "https": "http"}
_LONGEST_ID: Final = 64


@dataclass(frozen=True, slots=True)
class CameraForm:
    """A camera as it is being described.

    Attributes:
        url: Its address, without a password.
        user: Name of the account.
        password: In plain, until the camera is kept; never shown again.
        id: Its id, or empty for one made from the name.
        name: What people read.
        lon: Degrees east, where it stands.
        lat: Degrees north.
        grid_code: Of the unit grid.
        crs: What the degrees refer to; empty: not said.
        sub_stream: Whether it is looked at in its smaller stream.
    """

    url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    id: str = ""
    name: str = ""
    lon: float | None = None
    lat: float | None = None
    grid_code: str = ""
    crs: str = ""
    sub_stream: bool = False

    @property
    def account(self) -> Account | None:
        """What goes with the address, apart from it; None: what is kept stays."""
        return Account(self.user, self.password) if self.user or self.password else None

    def document(self, taken: Iterable[str] = ()) -> CameraDocument:
        """Return the camera as `cameras.yaml` has it, without zones.

        Args:
            taken: Ids that an id made from the name must not be.
        """
        kind = _KINDS.get(urlsplit(self.url).scheme.lower(), "rtsp")
        source: dict[str, Tree] = {"kind": kind, "url": self.url}
        made: CameraDocument = {
            "id": self.id or free_id(self.name, taken),
            "name": self.name,
            "source": source | ({"sub_stream": True} if self.sub_stream else {}),
        }
        return {**made, "place": self._place()} if self._place() else made

    def _place(self) -> Tree:
        filled: dict[str, Tree] = {
            "lon": self.lon,
            "lat": self.lat,
            "crs": self.crs or None,
            "grid_code": self.grid_code or None,
        }
        return {key: value for key, value in filled.items() if value is not None} or None


def form_of(camera: CameraDocument) -> CameraForm:
    """Return the form of a camera that is kept; its password stays where it is."""
    source, place = camera["source"], camera.get("place")
    url = str(source["url"]) if isinstance(source, dict) else ""
    form = CameraForm(
        url=url,
        id=str(camera["id"]),
        name=str(camera.get("name", "")),
        sub_stream=isinstance(source, dict) and source.get("sub_stream") is True,
    )
    if not isinstance(place, dict):
        return form
    lon, lat = (float(str(place[key])) for key in ("lon", "lat"))
    code, crs = str(place.get("grid_code") or ""), str(place.get("crs") or "")
    return replace(form, lon=lon, lat=lat, grid_code=code, crs=crs)


def pasted(form: CameraForm, url: str) -> CameraForm:
    """Return the form with an address; an account in it goes to where it is not shown.

    >>> form = pasted(CameraForm(), "rtsp://admin:p%40ss@10.0.0.5/ch1")
    >>> form.url, form.user, form.password
    ('rtsp://10.0.0.5/ch1', 'admin', 'p@ss')
    """
    parts = urlsplit(url.strip())
    account, at, host = parts.netloc.rpartition("@")
    user, colon, password = account.partition(":")
    if not at or not colon or password == HIDDEN:
        return replace(form, url=url.strip())
    bare = urlunsplit(parts._replace(netloc=host))
    return replace(form, url=bare, user=unquote(user), password=unquote(password))


def free_id(name: str, taken: Iterable[str]) -> str:
    """Return an id that is made from a name, or a number where it has no Latin letters.

    >>> free_id("Main St. East", ["camera-1"]), free_id("人民路东口", ["camera-1"])
    ('main-st-east', 'camera-2')
    """
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[: _LONGEST_ID - 4]
    others = set(taken)
    if stem and stem not in others:
        return stem
    return next(
        made
        for row in range(1, len(others) + 2)
        if (made := f"{stem or 'camera'}-{row}") not in others
    )

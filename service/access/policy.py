"""Who may ask for what: every route of the application, in one table. Pure.

A route that does not stand here refuses everybody. `tests/integration/who_may_what` holds
the table against the routes, and asks each of them as everybody there is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

from streetwatch.service.access.role import Right


class Door(Enum):
    """Routes that take no right."""

    OPEN = "open"  #: everybody may
    OWN = "own"  #: whoever asks proves it in another way: by a signature, an api_key, a password
    LOCAL = "local"  #: whoever asks from this machine may; others need the right to look
    PUBLIC = "public"  #: everybody may where the settings say so; else the right to look


class About(StrEnum):
    """What a route is about, for those who are limited to a part of the city."""

    NOTHING = "nothing"  #: that is anybody's: codes, a page's frame
    PART = "part"  #: lists and sums: the route itself leaves out what is not theirs
    WHOLE = "whole"  #: the whole city: nobody who is limited may
    CASE = "case"  #: one case, named in the path: another's is not there
    INCIDENT = "incident"  #: the same by an incident's id
    CAMERA = "camera"  #: the same of a camera
    NEW_CAMERA = "new_camera"  #: the same, or one that is none yet: the route looks where it stands


Need: TypeAlias = Right | Door


@dataclass(frozen=True, slots=True)
class Rule:
    """What one route takes.

    Attributes:
        method: GET stands for HEAD too; WS is a web socket.
        path: As the route has it; `{rest:path}` is anything.
        need: A right, or a door.
        about: What it is about.
        parameter: Of the path: names the case, the incident or the camera.
        deed: What the audit log calls it; empty: it is not noted.
        is_page: Of the console: whoever is not signed in is led to the login.
        is_linked: Whoever was given its address with our seal may, too.
    """

    method: str
    path: str
    need: Need
    about: About = About.NOTHING
    parameter: str = ""
    deed: str = ""
    is_page: bool = False
    is_linked: bool = False

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method in {"GET", "HEAD"}

    @property
    def is_console(self) -> bool:
        """Whether it is part of the pages: they are for people, whom they know by name."""
        return self.path.startswith(("/console/", "/_nicegui"))


def _case(method: str, path: str, need: Need, deed: str = "", name: str = "name") -> Rule:
    return Rule(method, path, need, About.CASE, name, deed)


def _camera(method: str, path: str, need: Need, deed: str = "") -> Rule:
    return Rule(method, path, need, About.CAMERA, "camera_id", deed)


def _page(path: str, need: Need = Right.LOOK, about: About = About.PART) -> Rule:
    parameter = "camera_id" if about is About.CAMERA else ""
    return Rule("GET", path, need, about, parameter, is_page=True)


_PROBES: Final = (
    Rule("GET", "/healthz", Door.OPEN),
    Rule("GET", "/readyz", Door.OPEN, About.PART),
    Rule("GET", "/metrics", Door.LOCAL, About.WHOLE),
    Rule("GET", "/audit", Right.ADMIN, About.WHOLE),
    Rule("GET", "/audit.csv", Right.ADMIN, About.WHOLE, deed="audit.exported"),
    Rule("GET", "/openapi.json", Door.OPEN),
    Rule("GET", "/docs", Door.OPEN),
    Rule("GET", "/docs/oauth2-redirect", Door.OPEN),
    Rule("GET", "/redoc", Door.OPEN),
    Rule("GET", "/static-offline-docs/{path:path}", Door.OPEN),
    Rule("GET", "/", Door.OPEN),
    Rule("GET", "/favicon.ico", Door.OPEN),
    Rule("GET", "/evidence-keys", Door.OPEN),
    Rule("GET", "/evidence-keys/{key}.pem", Door.OPEN),
    Rule("GET", "/verify", Door.OPEN),
    Rule("POST", "/verify", Door.OPEN),
    # What nodes ask each other: each shows its badge.
    Rule("GET", "/node/live", Door.OWN, About.WHOLE),
    Rule("GET", "/node/live/{camera_id}.jpg", Door.OWN, About.WHOLE),
    Rule("GET", "/node/looks/{camera_id}", Door.OWN, About.WHOLE),
)

_DESK: Final = (
    Rule("POST", "/desk/cases", Right.FILE, About.WHOLE, deed="case.reported"),
    Rule("GET", "/desk/cases", Right.LOOK, About.PART),
    Rule("GET", "/desk/cases.csv", Right.LOOK, About.PART, deed="cases.exported"),
    Rule("GET", "/desk/cases.geojson", Right.LOOK, About.PART),
    _case("GET", "/desk/cases/{name}", Right.LOOK),
    _case("PATCH", "/desk/cases/{name}", Right.HANDLE, "case.changed"),
    _case("GET", "/desk/cases/{name}/history", Right.LOOK),
    _case("PUT", "/desk/cases/{name}/legal-hold", Right.HANDLE, "case.held"),
    _case("PUT", "/desk/cases/{name}/assignment", Right.HANDLE, "case.assigned"),
    _case("PUT", "/desk/cases/{name}/measure", Right.HANDLE, "case.decided"),
    _case("PUT", "/desk/cases/{name}/subject", Right.HANDLE, "case.attributed"),
    _case("PUT", "/desk/cases/{name}/mute", Right.JUDGE, "case.muted"),
    _case("GET", "/desk/cases/{name}/evidence.zip", Right.LOOK, "evidence.exported"),
    Rule("POST", "/desk/moves", Right.HANDLE, About.PART, deed="cases.moved"),
    Rule("GET", "/desk/events", Right.LOOK, About.PART),
    Rule("GET", "/desk/places/{place_key:path}/history", Right.LOOK, About.PART),
    Rule("GET", "/desk/codes", Right.LOOK),
    Rule("GET", "/desk/shares", Right.LOOK, About.PART),
    Rule("GET", "/desk/notices", Right.DELIVER, About.WHOLE),
    Rule("POST", "/desk/notices/resend", Right.DELIVER, About.WHOLE, deed="notices.resent"),
    Rule("PUT", "/desk/grids", Right.ADMIN, About.WHOLE, deed="grids.changed"),
    Rule("GET", "/desk/grids", Right.LOOK),
    Rule("GET", "/desk/grids/at", Right.LOOK),
    Rule("GET", "/desk/review", Right.JUDGE, About.PART),
    Rule("POST", "/desk/review/claims", Right.JUDGE, About.PART),
    Rule("PUT", "/desk/review/claims", Right.JUDGE, About.PART),
    Rule("POST", "/desk/review/verdicts", Right.JUDGE, About.PART, deed="cases.judged"),
    Rule("POST", "/desk/review/undo", Right.JUDGE, About.PART, deed="verdicts.undone"),
    Rule("GET", "/desk/reports/figures", Right.LOOK, About.PART),
    Rule("GET", "/desk/reports/month", Right.LOOK, About.PART),
    Rule("GET", "/desk/reports/hot-spots", Right.LOOK, About.PART),
    Rule("GET", "/desk/reports/recall", Right.LOOK, About.PART),
    Rule("GET", "/desk/reports/delivery", Right.LOOK, About.WHOLE),
    Rule("GET", "/foresight/hot-spots", Right.LOOK, About.PART),
    Rule("GET", "/foresight/coverage", Right.LOOK, About.PART),
    Rule("POST", "/observations", Right.FILE, About.WHOLE, deed="observation.reported"),
)

_FORESIGHT: Final = (
    Rule("GET", "/foresight/campaigns", Right.LOOK, About.PART),
    Rule("GET", "/foresight/campaigns/{name}", Right.LOOK, About.PART),
    Rule("PUT", "/foresight/campaigns/{name}", Right.HANDLE, About.WHOLE, deed="campaign.told"),
    Rule(
        "DELETE", "/foresight/campaigns/{name}", Right.HANDLE, About.WHOLE, deed="campaign.dropped"
    ),
    Rule("GET", "/foresight/relapse", Right.LOOK, About.PART),
    Rule("GET", "/foresight/chains", Right.LOOK, About.PART),
    Rule("GET", "/foresight/frontage", Right.LOOK, About.PART),
    Rule("GET", "/foresight/crowds", Right.LOOK, About.PART),
    Rule("GET", "/foresight/crowds/{camera}/{zone}", Right.LOOK, About.PART),
    Rule("GET", "/foresight/occupancy", Right.LOOK, About.PART),
    Rule("GET", "/foresight/efficiency", Right.LOOK, About.PART),
    Rule("GET", "/foresight/patrol", Right.LOOK, About.PART),
    Rule("GET", "/foresight/month.html", Right.LOOK, About.PART),
    Rule("GET", "/foresight/month.pdf", Right.LOOK, About.PART),
)

_OPEN311: Final = (
    Rule("GET", "/open311/discovery.{format}", Door.OPEN),
    Rule("GET", "/open311/v2/services.{format}", Door.OPEN),
    Rule("GET", "/open311/v2/services/{service_code}.{format}", Door.OPEN),
    Rule("POST", "/open311/v2/requests.{format}", Door.OWN, deed="case.reported"),
    Rule("GET", "/open311/v2/requests.{format}", Door.PUBLIC, About.PART),
    _case(
        "GET",
        "/open311/v2/requests/{service_request_id}.{format}",
        Door.PUBLIC,
        name="service_request_id",
    ),
    _case("GET", "/open311/v2/tokens/{token}.{format}", Door.PUBLIC, name="token"),
)

_DELIVERIES: Final = (
    Rule("GET", "/deliveries", Right.DELIVER, About.WHOLE),
    Rule(
        "POST",
        "/deliveries/{target}/{key}/resend",
        Right.DELIVER,
        About.WHOLE,
        deed="delivery.resent",
    ),
    Rule("POST", "/deliveries/drain", Right.DELIVER, About.WHOLE, deed="deliveries.drained"),
    Rule("POST", "/callbacks/{target}", Door.OWN, deed="callback.heard"),
    Rule(
        "GET",
        "/evidence/{incident_id}/{name}",
        Right.LOOK,
        About.INCIDENT,
        "incident_id",
        deed="evidence.opened",
        is_linked=True,
    ),
)

_CAMERAS: Final = (
    Rule("GET", "/cameras", Right.LOOK, About.PART),
    Rule("POST", "/cameras/probe", Right.CAMERAS, About.PART, deed="camera.probed"),
    _camera("GET", "/cameras/{camera_id}", Right.CAMERAS),
    Rule(
        "PUT",
        "/cameras/{camera_id}",
        Right.CAMERAS,
        About.NEW_CAMERA,
        "camera_id",
        "camera.changed",
    ),
    _camera("DELETE", "/cameras/{camera_id}", Right.CAMERAS, "camera.removed"),
    _camera("POST", "/cameras/{camera_id}/revert", Right.CAMERAS, "camera.reverted"),
    _camera("POST", "/cameras/{camera_id}/dry-run", Right.CAMERAS),
)

#: No page: what is asked there of the console it answers as it does where there is none.
NOWHERE: Final = "/console/none"

_CONSOLE: Final = (
    Rule("GET", "/console", Door.OPEN),
    Rule("GET", "/console/login", Door.OPEN),
    Rule("POST", "/console/login", Door.OWN),
    Rule("GET", "/console/sign-on", Door.OPEN),
    Rule("GET", "/console/sign-on/back", Door.OWN),
    Rule("POST", "/console/sign-on/ended", Door.OWN),
    Rule("GET", "/console/welcome", Door.OPEN),
    Rule("POST", "/console/welcome", Door.OWN),
    Rule("GET", "/console/code", Door.OPEN),
    Rule("POST", "/console/code", Door.OWN),
    Rule("GET", "/console/language/{language}", Door.OPEN),
    Rule("GET", "/console/theme/{theme}", Door.OPEN),
    Rule("GET", "/console/static/{path:path}", Door.OPEN),
    _page("/console/password"),
    Rule("POST", "/console/password", Right.LOOK),
    _page("/console/second-factor"),
    Rule("POST", "/console/second-factor", Right.LOOK),
    Rule("POST", "/console/sign-out", Right.LOOK, deed="user.signed_out"),
    Rule("POST", "/console/alive", Right.LOOK),
    Rule(
        "POST",
        "/console/originals/{incident_id}",
        Right.HANDLE,
        About.INCIDENT,
        "incident_id",
        deed="evidence.original_asked",
    ),
    Rule("GET", "/console/live", Right.LOOK, About.PART),
    _camera("GET", "/console/live/{camera_id}.jpg", Right.LOOK),
    _camera("GET", "/console/live/{camera_id}", Right.LOOK),
    _page("/console/wall"),
    _page("/console/wall/{name}"),
    _page("/console/cameras", Right.CAMERAS),
    _page("/console/cameras/new", Right.CAMERAS),
    _page("/console/cameras/{camera_id}/change", Right.CAMERAS, About.CAMERA),
    _page("/console/cameras/{camera_id}/zones", Right.CAMERAS, About.CAMERA),
    _page("/console/review", Right.JUDGE),
    _page("/console/cases"),
    _page("/console/cases/{name}"),
    _page("/console/numbers"),
    _page("/console/foresight"),
    _page("/console/settings", Right.ADMIN),
    _page("/console/settings/{section}", Right.ADMIN),
    _page(NOWHERE),
    Rule("GET", "/_nicegui/{rest:path}", Right.LOOK),
    Rule("POST", "/_nicegui/{rest:path}", Right.LOOK),
    Rule("GET", "/_nicegui_ws/{rest:path}", Right.LOOK),
    Rule("POST", "/_nicegui_ws/{rest:path}", Right.LOOK),
    Rule("WS", "/_nicegui_ws/{rest:path}", Right.LOOK),
)

RULES: Final = (*_PROBES, *_DESK, *_FORESIGHT, *_OPEN311, *_DELIVERIES, *_CAMERAS, *_CONSOLE)


@dataclass(frozen=True, slots=True)
class Matched:
    """A rule and what the path says for its parameters."""

    rule: Rule
    path: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What the path names: the case, the incident, the camera."""
        return self.values.get(self.rule.parameter, "")


def matched(method: str, path: str, rules: Iterable[Rule] = RULES) -> Matched | None:
    """Return the rule of a request; None: there is none, and nobody is let through."""
    method = "GET" if method == "HEAD" else method
    for rule in rules:
        if rule.method == method:
            found = _pattern(rule.path).fullmatch(path)
            if found is not None:
                return Matched(rule, path, found.groupdict())
    return None


def methods_at(path: str, rules: Iterable[Rule] = RULES) -> frozenset[str]:
    """Return how a path may be asked, for whoever asked it in another way."""
    here = (rule for rule in rules if _pattern(rule.path).fullmatch(path))
    return frozenset(rule.method for rule in here if rule.method != "WS")


@lru_cache(maxsize=1024)
def _pattern(path: str) -> re.Pattern[str]:
    """Return what a route's path matches.

    >>> _pattern("/a/{name}.{format}").fullmatch("/a/b.json").groupdict()
    {'name': 'b', 'format': 'json'}
    """
    parts = re.split(r"\{(\w+)(:path)?\}", path)
    pattern = re.escape(parts[0])
    for name, is_path, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{name}>{'.*' if is_path else '[^/]+'}){re.escape(literal)}"
    return re.compile(pattern, re.DOTALL)

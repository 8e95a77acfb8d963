"""What is posted to an Open311 endpoint about a case, and how a case of ours is known again."""

from streetwatch.service.config.target_schema import Open311Entry
from streetwatch.service.delivery.case_fields import View, pictures, template_fields
from streetwatch.service.delivery.filling import Filling, as_text
from streetwatch.service.delivery.open311_answers import Record
from streetwatch.service.incidents.case import Case, Message
from streetwatch.zones.moment import local
from streetwatch.zones.naming import NAMES
from streetwatch.zones.rules import ViolationType

Form = dict[str, str | list[str]]

#: What the standard allows a description.
_LONGEST_DESCRIPTION = 4000

#: Which still shows best what it is about.
_SHOWN_FIRST = ("threshold", "first_seen")


def form_of(entry: Open311Entry, message: Message, view: View) -> Form:
    """Return the form of a new request.

    Raises:
        FillingError: an attribute asks for what there is not.
    """
    case = message.case
    form: Form = {
        "service_code": entry.service_codes[ViolationType(case.incident.type)],
        **_location(case),
        "description": _description(case),
        **_attributes(entry, message, view),
    }
    if entry.api_key is not None:
        form["api_key"] = entry.api_key.get_secret_value()
    if entry.jurisdiction_id is not None:
        form["jurisdiction_id"] = entry.jurisdiction_id
    media = _media(view, case)
    return form if media is None else form | {"media_url": media}


def is_about(request: Record, external_id: str) -> bool:
    """Tell whether a request is the one that we have filed: our id stands in its text."""
    return any(external_id in text for text in request.values())


def _location(case: Case) -> Form:
    """Return where it is, in WGS-84; a camera without a place has its name for an address."""
    place = case.place
    if place is None:
        return {"address_string": case.site.name}
    return {"lat": f"{place.lat:.7f}", "long": f"{place.lon:.7f}"}


def _description(case: Case) -> str:
    """Say what it is in plain text; the last line is ours to find it by."""
    incident, place = case.incident, case.place
    chinese, english = NAMES[incident.type]
    lines = [
        f"{case.site.name} {chinese} / {english}",
        f"首次发现 first seen: {local(incident.first_seen)}",
        f"已观测 observed: {incident.observed_s:.0f} s",
    ]
    if place and place.grid_code:
        lines.append(f"网格 grid: {place.grid_code}")
    mark = f"[streetwatch:{case.external_id}]"
    return "\n".join(lines)[: _LONGEST_DESCRIPTION - len(mark) - 1] + f"\n{mark}"


def _attributes(entry: Open311Entry, message: Message, view: View) -> Form:
    """Return the answers to a service's own questions; one with several has a list."""
    filling = Filling(template_fields(message, view, number=None))
    form: Form = {}
    for code, template in entry.attributes.items():
        value = filling.fill(template)
        if isinstance(value, list):
            form[f"attribute[{code}][]"] = [as_text(one) for one in value]
        else:
            form[f"attribute[{code}]"] = as_text(value)
    return form


def _media(view: View, case: Case) -> str | None:
    """Return where the endpoint can fetch a picture of it."""
    stills = {one.role: one for one in pictures(case)}
    shown = next((stills[role] for role in _SHOWN_FIRST if role in stills), None)
    if view.public_url is None or shown is None:
        return None
    return view.address(case, shown)

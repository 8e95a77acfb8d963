"""How Open311 says no: a list of codes and descriptions, in the format that was asked for."""

from collections.abc import Mapping, Sequence

from fastapi import Request, Response

from streetwatch.service.desk.open311.formats import Format, written

ROOT = "/open311"

_NO_SUCH_PATH = (
    "there is no such resource: /open311/discovery.json says what there is, "
    "and every name ends in .json or .xml"
)


def is_asked(request: Request) -> bool:
    """Tell whether a request is one for Open311, which has errors of its own form."""
    return request.url.path == ROOT or request.url.path.startswith(f"{ROOT}/")


def answer(
    request: Request,
    status: int,
    lines: Sequence[str],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Say what is wrong, an entry for each mistake."""
    told = [_NO_SUCH_PATH if line == "Not Found" else line for line in lines]
    errors = [{"code": status, "description": line} for line in told]
    return written("errors", errors, _format(request), status=status, headers=headers)


def _format(request: Request) -> Format:
    """Return what the path asks for; where it does not say, what the client would read."""
    ending = request.url.path.rpartition(".")[2]
    if ending in set(Format):
        return Format(ending)
    accepted = request.headers.get("Accept", "")
    return Format.XML if "xml" in accepted and "json" not in accepted else Format.JSON

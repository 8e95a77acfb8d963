"""Profiles of codes: shipped with the desk or a city's own, one extending another."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from streetwatch.service.config.checking import checked
from streetwatch.service.config.code_schema import CodesEntry, DeadlinesEntry, TypeEntry
from streetwatch.service.config.document import Document, Location, Origin, Tree, read_document
from streetwatch.service.config.errors import CodesFileError
from streetwatch.service.desk.deadlines import ClockKind, Limit
from streetwatch.service.desk.profile import CaseType, Code, Kind, Profile, Stage, Urgency

DEFAULT_PROFILE: Final = "default"

_SHIPPED: Final = Path(__file__).parent / "codes"
_SUFFIX: Final = ".yaml"

#: A file extends another, which extends another: more says that somebody has lost the thread.
_LONGEST_CHAIN: Final = 5


@dataclass(frozen=True, slots=True)
class _Layered:
    """Values of a file over those of the files that it extends, each knowing its line."""

    tree: Tree
    documents: tuple[Document, ...]  #: the nearest first

    def where(self, location: Location) -> Origin:
        """Name the nearest file that has written a value, or what it would stand in."""
        depth = range(len(location), -1, -1)
        for known in (location[:length] for length in depth):
            for document in self.documents:
                if known in document.lines:
                    return document.where(known)
        return self.documents[0].where(())


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the desk."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in _SHIPPED.glob(f"*{_SUFFIX}")))


def load_profile(name: str) -> Profile:
    """Read a profile (docs/reference/codes.md).

    Args:
        name: Of a shipped one, or a path that ends in `.yaml`.

    Raises:
        CodesFileError: a line for everything that is wrong.
    """
    layered = _layered(_path(name, Path()), above=())
    entry = checked(
        CodesEntry,
        layered.tree,
        written=layered.tree,
        where=layered.where,
        refusal=CodesFileError,
    )
    types = {key: _type(key, one, entry) for key, one in entry.types.items()}
    return Profile(Path(name).name.removesuffix(_SUFFIX), entry.standard, MappingProxyType(types))


def _path(name: str, folder: Path) -> Path:
    if name.endswith((_SUFFIX, ".yml")):
        return folder / name
    if name not in shipped_profiles():
        names = ", ".join(shipped_profiles())
        raise CodesFileError(
            [f"{name}: no such profile of codes: write one of {names}, or a path ending in .yaml"]
        )
    return _SHIPPED / f"{name}{_SUFFIX}"


def _layered(path: Path, *, above: tuple[Document, ...]) -> _Layered:
    document = read_document(path, refusal=CodesFileError)
    chain = (*above, document)
    parent = document.tree.get("extends") if isinstance(document.tree, dict) else None
    if not isinstance(parent, str):
        return _Layered(document.tree, chain)
    where = document.where(("extends",))
    if len(chain) > _LONGEST_CHAIN:
        raise CodesFileError([f"{where}: extends too many files, one of them itself perhaps"])
    try:
        below = _layered(_path(parent, path.parent), above=chain)
    except CodesFileError as error:
        if len(error.problems) == 1 and ": no such" in error.problems[0]:
            raise CodesFileError([f"{where}: extends {error.problems[0]}"]) from None
        raise
    return _Layered(_over(below.tree, document.tree, depth=3), below.documents)


def _over(below: Tree, above: Tree, *, depth: int) -> Tree:
    """Lay values over others: the file's own, each type's, and its deadlines' one by one."""
    if not isinstance(below, dict) or not isinstance(above, dict) or depth < 0:
        return above
    merged = {
        key: _over(below[key], value, depth=depth - 1) if key in below else value
        for key, value in above.items()
    }
    return below | merged


def _type(name: str, entry: TypeEntry, file: CodesEntry) -> CaseType:
    kind = Kind(file.kind)
    return CaseType(
        type=name,
        zh=entry.zh,
        en=entry.en,
        code=Code(file.standard, kind, entry.code) if entry.code else None,
        enabled=entry.enabled,
        urgency=Urgency(entry.urgency),
        authority=entry.authority,
        limits=MappingProxyType(dict(_limits(entry.deadlines))),
        minor=entry.minor,
    )


def _limits(entry: DeadlinesEntry) -> Mapping[Stage, Limit]:
    given = {stage: getattr(entry, stage.value) for stage in Stage}
    return {stage: Limit(ClockKind(one.clock), one.amount) for stage, one in given.items() if one}

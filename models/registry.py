"""The shipped models by name."""

from pathlib import Path

from streetwatch.models.card import ModelCard, read_card
from streetwatch.models.errors import ModelError

DEFAULT_MODEL = "street-yolo26n"

_CARDS = Path(__file__).parent / "cards"


def names() -> tuple[str, ...]:
    """Return the names of the shipped models."""
    return tuple(sorted(path.stem for path in _CARDS.glob("*.toml")))


def find(name: str | None = None) -> ModelCard:
    """Return a model's card.

    Args:
        name: Of a shipped model, or the path of a card; left out: the default model.

    Raises:
        ModelError: there is no such model; names those there are.
    """
    wanted = name or DEFAULT_MODEL
    if wanted in names():
        return read_card(_CARDS / f"{wanted}.toml")
    if wanted.endswith(".toml"):
        return read_card(Path(wanted))
    raise ModelError(
        f"no model {wanted!r}: there is {', '.join(names()) or 'none'}; "
        "or give the path of a model card (.toml)"
    )

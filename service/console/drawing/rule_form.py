"""The form of a zone's rules, made from the schema of `cameras.yaml`. Pure.

A key that the schema gains stands in the form without a line of code here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic.fields import FieldInfo

from streetwatch.service.config.document import Tree
from streetwatch.service.config.rule_schema import RuleEntry
from streetwatch.zones.rules import DEFAULTS, OBJECTS, ViolationType

#: What a newcomer sets; the rest is behind "more".
FIRST: Final = ("dwell_s", "grace_s")

Rule = Mapping[str, Tree]


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number of a rule.

    Attributes:
        key: In `cameras.yaml`.
        title: English; the catalogue has the others.
        description: English.
        low: It may be no less.
        high: It may be no more.
        default: Of the rule's type.
        is_whole: Whether it counts things.
    """

    key: str
    title: str
    description: str
    low: float
    high: float
    default: float
    is_whole: bool = False

    @property
    def is_first(self) -> bool:
        """Tell whether a newcomer should see it."""
        return self.key in FIRST

    def written(self, value: float | None) -> float | None:
        """Return a number as `cameras.yaml` has it: a count is whole."""
        is_count = self.is_whole and value is not None and value == int(value)
        return int(value) if is_count and value is not None else value

    @property
    def is_time(self) -> bool:
        """Tell whether it counts seconds."""
        return self.key.endswith("_s")


def number_fields(kind: ViolationType) -> tuple[NumberField, ...]:
    """Return the numbers that a rule of a type has, in the schema's order."""
    return tuple(
        _number(key, found, float(getattr(DEFAULTS[kind], key)))
        for key, found in RuleEntry.model_fields.items()
        if found.annotation in {float, int}
    )


def _number(key: str, found: FieldInfo, default: float) -> NumberField:
    limits = {
        name: float(getattr(rule, name))
        for rule in found.metadata
        for name in ("ge", "le")
        if getattr(rule, name, None) is not None
    }
    title, description = found.title or key, found.description or ""
    return NumberField(
        key, title, description, limits["ge"], limits["le"], default, found.annotation is int
    )


def exemptible(kind: ViolationType) -> list[str]:
    """Return the labels of which a rule may let some stand; one alone is the rule itself."""
    labels = sorted(OBJECTS[kind])
    return labels if len(labels) > 1 else []


def heights_written(pairs: Tree) -> str:
    """Write `least_height` as a line of text.

    >>> heights_written([[0.3, 0.02], [1, 0.15]])
    '0.3 0.02; 1 0.15'
    """
    rows = pairs if isinstance(pairs, list) else []
    return "; ".join(" ".join(f"{value:g}" for value in _numbers(row)) for row in rows)


def heights_read(text: str) -> Tree:
    """Return what a line of text says, None where it says nothing; the schema judges it.

    >>> heights_read("0.3 0.02; 1 0.15"), heights_read(" "), heights_read("low")
    ([[0.3, 0.02], [1.0, 0.15]], None, [[]])
    """
    rows: list[Tree] = [_row(pair) for pair in text.replace("；", ";").split(";") if pair.strip()]
    return rows or None


def _row(pair: str) -> Tree:
    try:
        return [float(number) for number in pair.replace(",", " ").replace("，", " ").split()]
    except ValueError:
        return []


def _numbers(row: Tree) -> list[float]:
    values = row if isinstance(row, list) else []
    return [value for value in values if isinstance(value, int | float)]


def rules_with(rules: Iterable[Rule], kind: ViolationType) -> list[Tree]:
    """Return the rules with one of a type added, which has its defaults."""
    kept: list[Tree] = [dict(rule) for rule in rules]
    return [*kept, {"type": str(kind)}]


def rules_without(rules: Iterable[Rule], kind: ViolationType) -> list[Tree]:
    """Return the rules without the one of a type."""
    return [dict(rule) for rule in rules if rule.get("type") != kind]


def rules_set(rules: Iterable[Rule], kind: ViolationType, key: str, value: Tree) -> list[Tree]:
    """Return the rules with one key of a type's rule set; None: as the type has it."""
    return [_set(rule, key, value) if rule.get("type") == kind else dict(rule) for rule in rules]


def _set(rule: Rule, key: str, value: Tree) -> dict[str, Tree]:
    others = {name: kept for name, kept in rule.items() if name != key}
    return others if value is None else {**others, key: value}


def in_words(seconds: float) -> tuple[float, str]:
    """Return a duration in the unit that people say it in: `s`, `min`, `h` or `d`.

    >>> in_words(300)
    (5, 'min')
    >>> in_words(90)
    (90, 's')
    """
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return int(seconds // length), unit
    return (int(seconds) if seconds == int(seconds) else seconds), "s"

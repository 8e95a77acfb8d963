"""The keys of the zone editor."""

from typing import Final

from streetwatch.service.console.language import mark, say

_KEYS: Final = (
    ("n", mark("draw a zone")),
    ("Esc", mark("stop drawing")),
    ("← ↑ → ↓", mark("move a corner, a zone or the cross-hair by one pixel; with Shift by ten")),
    ("Space", mark("set a corner while drawing")),
    ("Enter", mark("finish the outline; on a zone: go to its corners")),
    ("Backspace", mark("take the last corner back")),
    ("Tab", mark("next zone or corner")),
    ("I", mark("one more corner after this one")),
    ("Delete", mark("delete the corner or the zone")),
    ("Ctrl+Z / Ctrl+Y", mark("undo / redo")),
    ("+ / - / 0", mark("closer, further, the whole picture; the mouse wheel too")),
    ("Alt", mark("held while dragging: do not snap")),
)


def editor_keys() -> list[tuple[str, str]]:
    """Return each key and what it does, in the page's language."""
    return [(key, say(words)) for key, words in _KEYS]

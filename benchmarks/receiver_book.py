"""What a simulated case platform has stored: in a file, so that it outlives everybody."""

import json
import threading
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a request changed.

    Attributes:
        external_id: Whose case.
        number: The platform's own.
        what: `opened`, or `changed` for all that came later.
        key: Idempotency key; empty where the protocol has none.
        detail: What tells changes apart: the time at which it was gone, for one.
    """

    external_id: str
    number: str
    what: str
    key: str = ""
    detail: str = ""


class ReceiverBook:
    """A durable log of entries, and what can be looked up in it. Safe between threads.

    Args:
        path: One JSON object a line; read back if it is there. Written and flushed before any
            answer.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, Entry] = {}
        self._by_id: dict[str, list[Entry]] = defaultdict(list)
        self._states: dict[str, str] = {}
        self._entries: list[Entry] = []
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for line in lines:
            self._index(Entry(**json.loads(line)))
        self._file = path.open("a", encoding="utf-8")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that was stored, in order."""
        with self._lock:
            return tuple(self._entries)

    def numbers(self, external_id: str) -> tuple[str, ...]:
        """Return the numbers of the cases that were opened under an external id."""
        with self._lock:
            return tuple(one.number for one in self._by_id[external_id] if one.what == "opened")

    def latest(self, count: int) -> tuple[Entry, ...]:
        """Return the cases that were opened last."""
        with self._lock:
            return tuple([one for one in self._entries if one.what == "opened"][-count:])

    def named(self, name: str) -> Entry | None:
        """Return the first entry of a case by its number or external id."""
        with self._lock:
            found = self._by_id[name] or [one for one in self._entries if one.number == name]
            return found[0] if found else None

    def state(self, number: str) -> str:
        """Return how a case stands."""
        return self._states.get(number, "open")

    def put_state(self, number: str, state: str) -> None:
        """Move a case, as the platform's people do."""
        self._states[number] = state

    def open(self, external_id: str, *, key: str = "") -> tuple[Entry, bool]:
        """Open a case; under a key or with keys at all only once. Return it and whether it is new.

        Without a key every request opens one more.
        """
        with self._lock:
            known = [self._by_key[key]] if key in self._by_key else self._by_id[external_id]
            if key and known:
                return known[0], False
            number = f"R-{len(self._entries) + 1:06d}"
            return self._store(Entry(external_id, number, "opened", key)), True

    def change(self, external_id: str, *, key: str, detail: str) -> Entry | None:
        """Change a case, once for each key; None where there is no such case."""
        with self._lock:
            if key in self._by_key:
                return self._by_key[key]
            if not self._by_id[external_id]:
                return None
            number = self._by_id[external_id][0].number
            return self._store(Entry(external_id, number, "changed", key, detail))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _store(self, entry: Entry) -> Entry:
        self._file.write(json.dumps(asdict(entry)) + "\n")
        self._file.flush()
        self._index(entry)
        return entry

    def _index(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._by_id[entry.external_id].append(entry)
        if entry.key:
            self._by_key[entry.key] = entry

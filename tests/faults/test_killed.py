"""kill -9 at thirty random moments under load: nothing lost, nothing twice, no half evidence."""

import time
from collections import Counter
from pathlib import Path

import pytest

from streetwatch.benchmarks.mortal import KEYED, fast_clock
from streetwatch.benchmarks.mortal_street import things
from streetwatch.benchmarks.mortal_watch import DWELL_S, SPEED, Script, killed_at_random
from streetwatch.benchmarks.receiver import Receiver
from streetwatch.benchmarks.receiver_book import ReceiverBook
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.store.sql_store import open_store
from streetwatch.service.upkeep.dead_looks import forget_dead_looks
from streetwatch.service.upkeep.ledger import PlatformLedger, compared
from streetwatch.service.upkeep.verify import Verification

DEATHS = 30

#: What was looked at for so long has stood for its time, whatever gaps there were.
LONG_ENOUGH_S = 2 * DWELL_S

#: The script goes on for longer than all deaths take.
LONG_S = 600.0 * SPEED


@pytest.mark.parametrize("seed", [1])
def test_thirty_deaths_lose_nothing_and_file_nothing_twice(tmp_path: Path, seed: int) -> None:
    book = ReceiverBook(tmp_path / "platform.jsonl")
    zero = fast_clock(SPEED)()
    with Receiver(book).listening() as url:
        script = Script(tmp_path, url, zero, zero + LONG_S)
        script = killed_at_random(script, times=DEATHS, seed=seed)
    looks = script.looks()
    book.close()
    store, folder = open_store(script.database), EvidenceFolder(tmp_path / "evidence")
    ledger = PlatformLedger.read(tmp_path / "platform.jsonl")
    filed = [one for one in store.incidents() if one.opened_at is not None]
    over = [one for one in things(zero, script.until) if one.until <= script.until]
    assert len(over) >= 6, "a quick machine is through before every place had much"
    assert any(thing.watched_s(looks) >= LONG_ENOUGH_S for thing in over)
    for thing in over:
        mine = [one for one in filed if one.camera_id == thing.camera]
        found = [one for one in mine if thing.is_filed_at(one.first_seen, one.bbox)]
        # Where processes had too little time, nobody saw it for as long as it must be seen, or that
        # what had stood there before was gone.
        is_seen = thing.watched_s(looks) >= LONG_ENOUGH_S and thing.is_told_apart(looks)
        told = (thing.camera, thing.since - zero, thing.watched_s(looks), len(found))
        assert len(found) == 1 or not (found or is_seen), told
    assert Counter(one.id for one in filed) == ledger.opened, "the platform has each of them, once"
    folder.sweep(before=time.time() + 1)
    forget_dead_looks(store.engine, folder, before=time.time() + 1)
    check = Verification(store.engine, folder, Periods(), told=None, desk=None)
    assert [one.line() for one in check.run(now=time.time() + 3600)] == []
    assert list(compared(store.engine, ledger, KEYED)) == []
    store.close()

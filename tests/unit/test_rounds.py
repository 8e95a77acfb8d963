"""Work that is done again and again in a thread."""

import threading

from streetwatch.service.rounds import Rounds
from waiting import PATIENCE_S


def test_a_round_that_raises_is_followed_by_the_next() -> None:
    done = threading.Semaphore(0)

    def work() -> None:
        done.release()
        raise ValueError

    rounds = Rounds("failing", work, every_s=0.001)
    rounds.start()
    assert done.acquire(timeout=PATIENCE_S)
    assert done.acquire(timeout=PATIENCE_S)
    rounds.stop(timeout_s=PATIENCE_S)
    assert not rounds.is_alive


def test_it_does_not_wait_out_its_time_once_it_is_woken_or_stopped() -> None:
    done = threading.Semaphore(0)
    rounds = Rounds("patient", done.release, every_s=3600)
    rounds.start()
    assert done.acquire(timeout=PATIENCE_S)
    rounds.wake()
    assert done.acquire(timeout=PATIENCE_S)
    rounds.stop(timeout_s=PATIENCE_S)
    rounds.stop(timeout_s=PATIENCE_S)
    assert not rounds.is_alive


def test_long_work_sees_that_it_is_to_end() -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        while not rounds.is_stopping:
            pass

    rounds = Rounds("long", work, every_s=3600)
    rounds.start()
    assert begun.wait(timeout=PATIENCE_S)
    rounds.stop(timeout_s=PATIENCE_S)
    assert not rounds.is_alive


def test_what_never_began_can_be_stopped() -> None:
    rounds = Rounds("idle", lambda: None, every_s=1)
    rounds.stop(timeout_s=1)
    assert not rounds.is_alive

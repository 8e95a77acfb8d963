"""What is done to the city, and what comes of it."""

import os
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from live_service import wait_for
from ray_city.city import City, Say, city_of
from ray_city.film import HELD_AT_S, HELD_S
from ray_city.told import LEASE_S


def until(city: City, second: float) -> None:
    """Wait until the film is there."""
    threading.Event().wait(max(city.camera.since + second - time.time(), 0.0))


def begun(city: City, cameras: int, say: Say) -> None:
    """Let the cameras begin, when nothing else is to run (`STREETWATCH_ALONE`: what sees to it)."""
    if alone := os.environ.get("STREETWATCH_ALONE"):
        holding = subprocess.Popen(shlex.split(alone), stdout=subprocess.PIPE)
        city.holding.append(holding)
        assert holding.stdout is not None
        holding.stdout.readline()
        say("alone")
    city.camera.since = time.time() + 1.0
    city.camera.start()
    wait_for("pictures", lambda: city.seen() >= cameras or None, seconds=40)
    say(f"all seen at second {time.time() - city.camera.since:.0f} of the film")


def disturbed(city: City, say: Say) -> dict[str, Any]:
    """Let everything fail once; return what came of it."""
    until(city, 40)
    city.ray.kill("d")
    at = time.time()
    died_s = city.taken_after(at, "d")
    del city.ports["d"]
    say(f"killed: taken after {died_s:.1f} s")
    until(city, 52)
    before = city.hands()
    city.ray.kill("head")
    say("head killed")
    until(city, 56)
    city.server.stop()
    say("PostgreSQL stopped")
    until(city, 86)
    city.server.start()
    city.ray.start_head()
    wait_for("nodes again", lambda: city.lives() or None, seconds=60)
    moved = city.hands() - before
    say(f"both are back, {moved} cameras changed hands")
    until(city, 98)
    pid = city.pid("c")
    os.kill(pid, signal.SIGSTOP)
    at = time.time()
    frozen_s = city.taken_after(at, "c")
    say(f"frozen: taken after {frozen_s:.1f} s")
    until(city, 98 + 3 * LEASE_S)
    os.kill(pid, signal.SIGCONT)
    return {
        "killed_taken_s": round(died_s, 1),
        "hands_while_head_and_database_were_away": moved,
        "frozen_taken_s": round(frozen_s, 1),
    }


def all_filed_at(city: City, count: int) -> int | None:
    """Wait until all is filed; return at which second of the film that was, None: it never was."""
    while city.filed().total() < count:
        if time.time() - city.camera.since > HELD_AT_S + HELD_S - 15:
            return None
        threading.Event().wait(1.0)
    return round(time.time() - city.camera.since)


def troubles(cameras: int, clip: Path, say: Say) -> dict[str, Any]:
    """Run the film undisturbed, then disturbed."""
    names = ["a", "b", "c", "d"]
    came: dict[str, Any] = {}
    filed = {}
    for kind in ("undisturbed", "disturbed"):
        say(f"--- {kind}")
        with city_of(cameras, names, clip, say) as city:
            begun(city, cameras, say)
            if kind == "disturbed":
                came |= disturbed(city, say)
            until(city, 165)
            came[f"{kind}_filed_at_165"] = city.filed().total()
            came[f"{kind}_all_filed_at"] = all_filed_at(city, 3 * cameras)
            wait_for("evidence", lambda: city.is_complete() or None)
            filed[kind] = city.filed()
            came[f"{kind}_verify"] = city.verified()
            say(f"{filed[kind].total()} filed, {came[f'{kind}_verify'][:3]}")
    lost = filed["undisturbed"].keys() - filed["disturbed"].keys()
    new = filed["disturbed"].keys() - filed["undisturbed"].keys()
    return came | {
        "filed_undisturbed": filed["undisturbed"].total(),
        "filed_disturbed": filed["disturbed"].total(),
        "lost": sorted(lost),
        "new": sorted(new),
        "twice": sorted(name for name, count in filed["disturbed"].items() if count > 1),
    }


def cost(cameras: int, clip: Path, say: Say, *, seconds: float) -> dict[str, Any]:
    """Compare the processor time of a camera on one node and on four."""
    took: dict[int, float] = {}
    for names in (["a", "b", "c", "d"], ["a"]):
        with city_of(cameras, names, clip, say) as city:
            begun(city, cameras, say)
            until(city, 25)
            begin, at = city.cores_s(names), time.time()
            until(city, 25 + seconds)
            spent = (city.cores_s(names) - begin) / (time.time() - at)
            took[len(names)] = spent / cameras
            say(f"{len(names)} nodes: {spent:.2f} cores")
    return {
        "seconds": seconds,
        "cores_per_camera_1": round(took[1], 5),
        "cores_per_camera_4": round(took[4], 5),
        "ratio": round(took[4] / took[1], 3),
    }


def upgrade(cameras: int, clip: Path, say: Say) -> dict[str, Any]:
    """End each node in order; its keeper starts it anew. Nobody is without eyes for long.

    It is done as people do it: what was filed a minute ago is masked by then.
    """
    names = ["a", "b", "c", "d"]
    with city_of(cameras, names, clip, say) as city:
        begun(city, cameras, say)
        until(city, 70)
        wait_for("masks", lambda: city.is_complete() or None, seconds=900)
        say("all is masked")
        until(city, time.time() - city.camera.since + 30)
        usual = city.gaps(time.time() - 30, time.time() - 12)
        began = time.time()
        for name in names:
            at = time.time()
            os.kill(city.pid(name), signal.SIGTERM)
            say(f"{name} ends at {at - began:.1f}")
            say(f"its cameras were taken after {city.taken_after(at, name):.1f} s")
            wait_for("spread", lambda: city.is_spread(names) or None, seconds=90)
            say(f"{name} is new at {time.time() - began:.1f}")
        threading.Event().wait(12)  # looks are written every ten seconds
        gaps = city.gaps(began, time.time() - 11)
        for one in gaps[:10]:
            say(one.told(began))
        return {
            "usual_longest_gap_s": round(usual[0].length_s, 1),
            "longest_gap_s": round(gaps[0].length_s, 1),
            "longer_than_10_s": sum(one.length_s > 10 for one in gaps),
            "took_s": round(time.time() - began, 1),
        }

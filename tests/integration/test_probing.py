"""Probing a camera before it is attached, against real servers."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import cv2
import numpy as np
import pytest

from streetwatch.datasets.live import LiveProcess
from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.ledger import Ledger
from streetwatch.service.cameras.probing import Probing, Seen, Step, Told, Wanted
from streetwatch.service.cameras.stepping import BusyError
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.streams import OutboundStreams
from streetwatch.service.store.engine import open_engine
from streetwatch.vision.capture.probing import StepName, StepState
from waiting import awaited

#: The tests' cameras stand on this machine.
HERE = OutboundStreams(Outbound(Networks.of(["127.0.0.0/8"])))


@pytest.fixture
def probing(tmp_path: Path) -> Iterator[Probing]:
    engine = open_engine("sqlite://")
    vault = Vault.at(tmp_path / "camera.key")
    yield Probing(Catalogue(Ledger(engine), vault, (), clock=time.time), HERE, time.time)
    engine.dispose()


def told(probing: Probing, url: str, account: Account | None = None) -> list[Told]:
    async def all_of_it() -> list[Told]:
        return [one async for one in probing.probe(Wanted(url, account), who="lin")]

    return awaited(all_of_it())


def ends(all_told: list[Told]) -> dict[StepName, Step]:
    """How each step ended."""
    steps = [one for one in all_told if isinstance(one, Step)]
    return {one.name: one for one in steps if one.state is not StepState.RUNNING}


def test_a_good_camera_is_told_step_by_step_with_its_picture(
    probing: Probing, live_camera: Callable[..., LiveProcess], counting_clip: Callable[..., Path]
) -> None:
    camera = live_camera(counting_clip(), path="stream1")
    all_told = told(probing, str(camera.url))
    steps = ends(all_told)
    assert list(steps) == list(StepName)
    assert {one.name: one.state for one in steps.values() if one.state is not StepState.OK} == {
        StepName.SUB_STREAMS: StepState.UNKNOWN,
    }
    codec = steps[StepName.CODEC].facts
    assert (codec["codec"], codec["width"], codec["height"]) == ("h264", 320, 240)
    measured = steps[StepName.KEY_FRAMES].facts
    assert measured["fps"] == pytest.approx(10, abs=0.5)
    assert steps[StepName.CLOCK].facts["skew_s"] == pytest.approx(0, abs=1.5)
    assert measured["gop_s"] == pytest.approx(1, abs=0.1)
    (seen,) = [one for one in all_told if isinstance(one, Seen)]
    image = cv2.imdecode(np.frombuffer(seen.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (240, 320, 3)
    assert seen.size == (320, 240)


def test_a_clock_that_is_off_is_measured_and_advised_against(
    probing: Probing, live_camera: Callable[..., LiveProcess], counting_clip: Callable[..., Path]
) -> None:
    camera = live_camera(counting_clip())
    probing = Probing(probing.catalogue, HERE, lambda: time.time() - 3600)
    step = ends(told(probing, str(camera.url)))[StepName.CLOCK]
    assert step.facts["skew_s"] == pytest.approx(3600, abs=1.5)
    assert step.mend is not None
    assert "NTP" in step.mend.en


def test_key_frames_that_are_far_apart_are_advised_against(
    probing: Probing, live_camera: Callable[..., LiveProcess], counting_clip: Callable[..., Path]
) -> None:
    camera = live_camera(counting_clip(pictures=90, key_every=30))
    step = ends(told(probing, str(camera.url)))[StepName.KEY_FRAMES]
    assert step.state is StepState.OK
    assert step.mend is not None
    assert "1 or 2 s" in step.mend.en


@pytest.fixture
def asks_for_a_password() -> Iterator[str]:
    """The address of an RTSP camera that takes nobody's password."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    while request := client.recv(4096):
                        line = next(
                            row for row in request.split(b"\r\n") if row.lower().startswith(b"cseq")
                        )
                        basic = b'WWW-Authenticate: Basic realm="camera"'
                        client.sendall(
                            b"RTSP/1.0 401 Unauthorized\r\n" + line + b"\r\n" + basic + b"\r\n\r\n"
                        )

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"rtsp://127.0.0.1:{port}/s"


def test_a_wrong_password_is_said_so_and_how_to_mend_it(
    probing: Probing, asks_for_a_password: str
) -> None:
    all_told = told(probing, asks_for_a_password, Account("admin", "wr0ng-one"))
    step = ends(all_told)[StepName.OPENS]
    assert step.state is StepState.FAILED
    assert step.says.zh == "用户名或密码错误（401）"
    assert step.mend is not None
    assert "again" in step.mend.en
    assert "wr0ng-one" not in repr(all_told)
    assert StepName.CODEC not in ends(all_told)


@pytest.mark.parametrize(
    ("url", "step", "says"),
    [
        pytest.param("rtsp://127.0.0.1:9/s", StepName.REACHABLE, "refused", id="nobody listens"),
        pytest.param("rtsp://no.such.invalid/s", StepName.ADDRESS, "not known", id="no such host"),
        pytest.param("file:///etc/passwd", StepName.ADDRESS, "not usable", id="a file"),
        pytest.param("nonsense", StepName.ADDRESS, "not usable", id="no address"),
        pytest.param("rtsp://169.254.169.254/s", StepName.ADDRESS, "No camera", id="a cloud's own"),
        pytest.param("http://[fe80::1]/s", StepName.ADDRESS, "No camera", id="link-local"),
        pytest.param("rtsp://me:***@h/s", StepName.ADDRESS, "not usable", id="an unknown password"),
    ],
)
def test_what_can_not_be_attached_says_why(
    probing: Probing, url: str, step: StepName, says: str
) -> None:
    (*_, last) = told(probing, url)
    assert isinstance(last, Step)
    assert (last.name, last.state) == (step, StepState.FAILED)
    assert says in last.says.en
    assert last.mend is not None


def test_who_has_one_under_way_is_told_so_and_may_begin_anew_when_it_is_closed(
    probing: Probing, live_camera: Callable[..., LiveProcess], counting_clip: Callable[..., Path]
) -> None:
    wanted = Wanted(str(live_camera(counting_clip()).url))

    async def both() -> str:
        async with aclosing(probing.probe(wanted, who="lin")) as first:
            await anext(first)
            with pytest.raises(BusyError, match="wait for it, or cancel it"):
                await anext(probing.probe(wanted, who="lin"))
        async with aclosing(probing.probe(wanted, who="lin")) as again:
            return (await anext(again)).__class__.__name__

    assert awaited(both()) == "Step"

"""Secrets come into a cameras file from the environment, and are told nowhere."""

from pathlib import Path

import pytest

from camera_files import (
    CONTRACT,
    SECRET,
    camera,
    load,
    problems,
    window,
)
from streetwatch.service.config.errors import CamerasFileError


@pytest.mark.parametrize(
    ("url", "what"),
    [
        pytest.param("rtsp://u:${KERB_PASSWORD}@h/1", "${KERB_PASSWORD} is not set", id="unset"),
        pytest.param("rtsp://u:${kerb password}@h/1", "write it as ${KERB_PASSWORD}", id="no name"),
        pytest.param("rtsp://u:${KERB@h/1", "write it as ${KERB_PASSWORD}", id="never closed"),
    ],
)
def test_a_variable_that_is_not_there_is_named(tmp_path: Path, url: str, what: str) -> None:
    (problem,) = problems(tmp_path, camera(source=f'{{kind: rtsp, url: "{url}"}}'))
    assert problem.startswith("cameras.yaml:3: ")
    assert what in problem


def test_a_variable_is_put_in_as_text_and_never_read_as_yaml(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, camera(name='"${NAME}"'), {"NAME": "a, source: {kind: x} # ${HOME}"})
    assert kerb.name == "a, source: {kind: x} # ${HOME}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(camera(source="{kind: rtsp, url: '${P}'}"), id="the whole address"),
        pytest.param(camera(source="{kind: rtsp, url: 'http://u:${P}@h/1'}"), id="wrong scheme"),
        pytest.param(camera(source="{kind: rtsp, url: 'rtsp://u:${P}/1'}"), id="no host"),
        pytest.param(camera(source="{kind: '${P}', url: 'rtsp://u@h/1'}"), id="in the kind"),
        pytest.param(camera(source="'rtsp://user:hun/ter2@Kerb@h/1'"), id="a bare address"),
        pytest.param(
            camera(source="'rtsp://operator-of-the-bureau:hun/ter2@Kerb@h/1'"), id="a long address"
        ),
        pytest.param(camera(password="hun/ter2@Kerb"), id="under an unknown key"),  # noqa: S106
        pytest.param(camera(id="'${P}'"), id="as an id"),
        pytest.param(window("days: '${P}', from: '07:00', to: '${P}'"), id="in a schedule"),
        pytest.param(camera(source="{kind: rtsp, url: 'rtsp://u:hun/ter2@Kerb@h'"), id="not YAML"),
    ],
)
def test_no_error_holds_a_password(tmp_path: Path, text: str) -> None:
    with pytest.raises(CamerasFileError) as refusal:
        load(tmp_path, text, {"P": SECRET})
    whole: BaseException | None = refusal.value
    while whole is not None:  # a log would print the causes too
        assert "ter2" not in str(whole)
        assert "ter2" not in repr(whole)
        whole = whole.__cause__


def test_no_camera_shows_its_password(tmp_path: Path) -> None:
    cameras = load(tmp_path, CONTRACT, {"KERB_PASSWORD": "hunter2"})
    assert "hunter2" in cameras[0].source.url
    assert "hunter2" not in repr(cameras)
    assert "hunter2" not in str(cameras[0].source)

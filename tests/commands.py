"""`streetwatch` as a command, in a process of its own that need not load everything again.

A worker of the tests has one process that has imported what commands use, and forks for each of
them: importing takes a second or two, training's libraries many. What is wrong with an import is
found by the tests that start the real program (`live_service`, `tests/e2e`).
"""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

#: As it is installed.
PROGRAM: Final = Path(sys.executable).with_name("streetwatch")

#: What commands import that takes time, or imports what does. Nothing that begins a thread: a fork
#: has it no more, and may wait for it; so not onnxruntime, nor what imports it.
_ALL: Final = (
    "alembic.command",
    "av",
    "cv2",
    "fastapi",
    "httpx",
    "rich.progress",
    "pydantic_settings",
    "sqlalchemy.dialects.sqlite",
    "streetwatch.cli",
    "streetwatch.service.access.access",
    "streetwatch.service.api.metrics",
    "streetwatch.service.config.access_schema",
    "streetwatch.service.config.foresight_schema",
    "streetwatch.service.config.open311_schema",
    "streetwatch.service.delivery.courier",
    "streetwatch.service.desk.clerk",
    "streetwatch.service.gathering",
    "streetwatch.service.runtime.following",
    "streetwatch.service.upkeep.daily",
    "streetwatch.service.upkeep.verify",
)
_TRAINING: Final = (
    *_ALL,
    "matplotlib.pyplot",
    "torch",
    "torchvision",
    "ultralytics.models.yolo.detect",
    "streetwatch.models.train",
)

Done = subprocess.CompletedProcess[str]


@dataclass
class _Forking:
    """The process that forks."""

    modules: Iterable[str]
    process: "subprocess.Popen[str]" = field(init=False)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", __file__, *self.modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # else it begins threads at once
        )
        atexit.register(self.end)

    def run(self, words: Iterable[str], **asked: Any) -> Done:  # noqa: ANN401 -- JSON
        assert self.process.stdin
        assert self.process.stdout
        with TemporaryDirectory() as folder:
            out, error = Path(folder) / "out", Path(folder) / "error"
            told = {"words": list(words), "out": str(out), "error": str(error), **asked}
            self.process.stdin.write(json.dumps(told) + "\n")
            self.process.stdin.flush()
            status = int(self.process.stdout.readline())
            return Done(list(words), status, out.read_text("utf-8"), error.read_text("utf-8"))

    def end(self) -> None:
        with self.process:
            self.process.kill()


@cache
def _forking(modules: tuple[str, ...]) -> _Forking:
    return _Forking(modules)


def streetwatch(*words: object, given: str = "", env: Mapping[str, str] | None = None) -> Done:
    """Run the command to its end.

    Args:
        words: After `streetwatch`.
        given: On its standard input.
        env: Of its environment, beside ours.
    """
    return _run(_ALL, words, given, env)


def training(*words: object) -> Done:
    """Run a command that trains, or makes a model of what was trained."""
    return _run(_TRAINING, words, "", None)


def lines_of(done: Done, status: int = 0) -> list[dict[str, Any]]:
    """Return what a command has told, a JSON object a line, once it has ended as it should."""
    assert done.returncode == status, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def _run(
    modules: tuple[str, ...], words: Iterable[object], given: str, env: Mapping[str, str] | None
) -> Done:
    environment = dict(os.environ) | dict(env or {})
    return _forking(modules).run(map(str, words), given=given, env=environment)


def _serve(modules: Iterable[str]) -> None:
    """Fork for each line that asks for it, and say how each ended."""
    # It asks once, when it is loaded, what standard output is: before that is another.
    import_module("structlog")
    for name in modules:
        # An extra that is not installed: the command will say so. A log that is set up meanwhile
        # goes where the commands have it go.
        with suppress(ImportError), redirect_stdout(sys.stderr):
            import_module(name)
    threads = os.listdir("/proc/self/task")  # noqa: PTH208 -- as cheap as it gets
    assert len(threads) == 1, "one of these modules begins threads: don't load it here"
    for asked in map(json.loads, _lines()):
        child = os.fork()
        if child == 0:
            _become(asked)
            import_module("streetwatch.cli").main()
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _lines() -> Iterator[str]:
    while line := sys.stdin.readline():
        yield line


def _become(asked: dict[str, Any]) -> None:
    """Be the command, as if just started with these words."""
    given, taken = os.pipe()
    os.write(taken, asked["given"].encode())
    os.close(taken)
    os.dup2(given, 0)
    for number, name in ((1, "out"), (2, "error")):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 -- to the end
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = [str(PROGRAM), *asked["words"]]


if __name__ == "__main__":
    _serve(sys.argv[1:])

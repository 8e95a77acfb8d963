"""A node asks another node."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from streetwatch.service.between.badge import HEADER, Badges
from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.vision.types import Seconds


class NoAnswerError(StreetwatchError):
    """Another node is gone, slow, or has too much to do.

    Attributes:
        status: What it said; None where it said nothing.
    """

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks other nodes, and shows them that it is one. Usable from any thread; close it.

    Attributes:
        badges: Of this city.
        clock: Seconds since the epoch.
    """

    badges: Badges
    clock: Callable[[], Seconds]
    # Nodes are reached as they are: no proxy of the environment stands between them.
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def get(self, node: str, path: str, *, within_s: Seconds) -> httpx.Response:
        """Return the answer of a node.

        Args:
            node: Its address.
            path: With its query.
            within_s: How long it may take to say anything.

        Raises:
            NoAnswerError: there is none, or it is no good one.
        """
        return self._sent("GET", node, path, within_s)

    def post(
        self, node: str, path: str, *, body: bytes, headers: Mapping[str, str], within_s: Seconds
    ) -> httpx.Response:
        """Return the answer of a node to a body. The rest is as `get` has it."""
        return self._sent("POST", node, path, within_s, body, headers)

    def _sent(  # noqa: PLR0913, PLR0917 -- what a request is made of
        self,
        method: str,
        node: str,
        path: str,
        within_s: Seconds,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        shown = {HEADER: self.badges.made(method, path, self.clock()), **(headers or {})}
        try:
            answer = self._client.request(
                method, f"{node}{path}", content=body, headers=shown, timeout=within_s
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError(f"{node}: {type(error).__name__}") from error
        if not answer.is_success:
            raise NoAnswerError(f"{node}: {answer.status_code}", answer.status_code)
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

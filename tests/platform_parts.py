"""A city's own case platform for tests: remembers requests, answers what it is told to."""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response

from http_parts import serving


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 -- as it came
        """Its body."""
        return json.loads(self.content)


@dataclass
class Platform:
    """Answers in order; the last answer stands for all that follow."""

    asked: list[Asked] = field(default_factory=list)
    answers: deque[Response] = field(default_factory=deque)

    def says(self, *answers: object, status: int = 200) -> None:
        """Line up answers: JSON, or responses as they are."""
        for one in answers:
            ready = one if isinstance(one, Response) else Response(json.dumps(one), status)
            self.answers.append(ready)

    def clear(self) -> None:
        """Forget everything."""
        self.asked.clear()
        self.answers.clear()

    def app(self) -> FastAPI:
        """Return it as an app."""
        app = FastAPI()
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        app.api_route("/{path:path}", methods=methods)(self._take)
        return app

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Serve it for the length of the block."""
        with serving(self.app()) as url:
            yield url

    async def _take(self, request: Request) -> Response:
        path = str(request.scope["raw_path"].decode())
        content = await request.body()
        query, headers = dict(request.query_params), dict(request.headers)
        self.asked.append(Asked(request.method, path, query, headers, content))
        if len(self.answers) > 1:
            return self.answers.popleft()
        return self.answers[0] if self.answers else Response("{}")

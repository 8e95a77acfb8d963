"""Long work as server-sent events: its steps as they come; who hangs up ends it."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic_core import to_json

from streetwatch.service.incidents.errors import StreetwatchError

T = TypeVar("T")

#: What a route that answers so says in the OpenAPI.
STEPS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The steps as server-sent events.",
        "content": {"text/event-stream": {}},
    }
}


async def followed(
    steps: AsyncGenerator[T, None], told: Callable[[T], tuple[str, Any]]
) -> StreamingResponse:
    """Answer with the steps of some work.

    Args:
        steps: The work; what it raises before its first step is the API's to answer.
        told: Return the name of a step's event and what it says.
    """
    first = await anext(steps)

    async def events() -> AsyncIterator[bytes]:
        async with aclosing(steps):
            yield _event(*told(first))
            try:
                async for step in steps:
                    yield _event(*told(step))
            except StreetwatchError as error:
                yield _event("failed", {"detail": str(error)})

    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


def _event(name: str, says: Any) -> bytes:  # noqa: ANN401 -- any values
    event: bytes = format_sse_event(event=name, data_str=to_json(says).decode())
    return event

"""The whole API, asked what its own OpenAPI says may be asked, and some that it does not."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis.checks import not_a_server_error
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.result import Ok, Result
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from databases import PostgresServer
from filed import NOON, a_message, an_incident
from http_parts import serving
from streetwatch.service.access.policy import RULES, Door
from streetwatch.service.access.role import Role
from streetwatch.service.access.tokens import Grant
from streetwatch.service.app import Service
from streetwatch.service.config.open311_schema import ApiKeyEntry, Open311Settings
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Report
from streetwatch.service.settings import Settings
from streetwatch.service.site import api_of
from waiting import PATIENCE_S

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"

KEY = "key-of-the-tests-alone"

Operation = APIOperation[Any, Any, Any, Any]

#: Questions of each route; more find more and take longer.
EXAMPLES = 7

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

#: Moments that a camera can mean: of others none would get past the door.
schemathesis.openapi.format(
    "date-time",
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 -- hypothesis adds the zone
        datetime.isoformat
    ),
)


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[Service]:
    """The service as it is wired, with a few cases, on the database that minds more."""
    keys = Open311Settings(api_keys=[ApiKeyEntry(client="tests", key=SecretStr(KEY))])
    folder = tmp_path_factory.mktemp("service")
    with postgres.database() as address:
        settings = Settings(
            data_dir=folder,
            database=address,
            open311=keys,
        )
        built = Service(settings, cameras=(), clock=lambda: NOON)
        book = Book(built.store.engine)
        for row in range(3):
            told = case_json(a_message(an_incident(id=f"{row:026}")).case)
            book.report(Report.model_validate(told), key=f"key-of-case-{row}", now=NOON)
        yield built
        built.store.close()


@pytest.fixture(scope="module")
def openapi(service: Service) -> Iterator[BaseSchema]:
    """What may be asked of the service, which is up; the feed, which never ends, left out."""
    with serving(api_of(service)) as url:
        described = httpx.get(f"{url}/openapi.json", timeout=PATIENCE_S).json()
        for item in described["paths"].values():
            for operation in item.values():
                del operation["security"]  # how to show a token is no question to be got wrong
        schema = schemathesis.openapi.from_dict(described)
        schema.config.update(base_url=url)
        yield schema.exclude(path="/desk/events")


def test_whatever_is_asked_the_answer_is_one_that_the_openapi_promises(
    service: Service, openapi: BaseSchema
) -> None:
    _, secret = service.access.tokens.add(Grant("asker", Role.ADMIN), by="tests", now=NOON)
    headers = {"Authorization": f"Bearer {secret}"}
    asked = [
        _ask(operation.as_strategy(generation_mode=mode), headers)
        for found in openapi.get_all_operations()
        for operation in (_valid(found),)
        for mode in GenerationMode
    ]
    assert sum(asked) > 25


#: Where whom nobody knows is answered; everywhere else they are refused before they are read.
OPEN = {rule.path for rule in RULES if isinstance(rule.need, Door) and rule.need is not Door.PUBLIC}


def test_whoever_shows_nothing_is_refused_whatever_they_ask(openapi: BaseSchema) -> None:
    @seed(7)
    @settings(max_examples=2, database=None, phases=[Phase.generate])
    @given(data=st.data())
    def refused(data: st.DataObject) -> None:
        for found in openapi.get_all_operations():
            operation = _valid(found)
            if operation.path not in OPEN:
                answer = data.draw(operation.as_strategy()).call()
                assert answer.status_code in {401, 403, 404}, operation.path

    refused()


def _valid(found: Result[Operation, InvalidSchema]) -> Operation:
    assert isinstance(found, Ok), found
    return found.ok()


def _ask(strategy: st.SearchStrategy[schemathesis.Case[Any]], headers: dict[str, str]) -> bool:
    """Ask, and tell whether there was something to ask: what takes anything can't be misused."""

    @seed(5)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def each(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS, headers=headers)
        if _made_real(case):
            case.call_and_validate(checks=CHECKS, headers=headers)

    try:
        each()
    except Unsatisfiable:
        return False
    return True


def _made_real(case: schemathesis.Case[Any]) -> bool:
    """Let a question be about something that is there; made-up names find nothing."""
    real = {"name": "SW-20261123-0001", "service_request_id": "SW-20261123-0002"}
    names = case.path_parameters or {}
    found = set(real) & set(names)
    names.update({name: real[name] for name in found})
    if isinstance(case.body, dict) and "service_code" in case.body:
        case.body |= {"api_key": KEY, "service_code": "bin_overflow", "address_id": "A-7"}
        return True
    return bool(found)


def test_every_route_stands_in_the_reference_and_no_other(service: Service) -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    written = set(re.findall(r"^\| `((?:GET|POST|PATCH|PUT|DELETE) /\S*)` ", page, re.MULTILINE))
    there = {
        f"{method.upper()} {path}"
        for path, item in api_of(service).openapi()["paths"].items()
        for method in item
    }
    assert written == there


def test_every_answer_of_the_api_is_described(service: Service) -> None:
    for path, item in api_of(service).openapi()["paths"].items():
        for method, operation in item.items():
            assert operation.get("description"), f"{method} {path} says nothing about itself"
            for status, response in operation["responses"].items():
                assert response["description"], f"{method} {path} {status}"

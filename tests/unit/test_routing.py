"""Which target is told what."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from filed import a_message, an_incident
from streetwatch.service.config.target_schema import (
    DeskEntry,
    MqttEntry,
    Open311Entry,
    WebhookEntry,
)
from streetwatch.service.config.target_schema import Target as Entry
from streetwatch.service.delivery.targets import route_of
from streetwatch.service.incidents.case import Message, Occasion, Site
from streetwatch.service.incidents.routing import TO_THE_DESK, Route, targets_of
from streetwatch.zones.place import Place
from streetwatch.zones.rules import ViolationType

HERE = "310101001001001"
SECRET = SecretStr("s" * 16)


def told(
    occasion: Occasion = Occasion.OPENED,
    *,
    kind: str = "illegal_parking_motor",
    grid: str | None = HERE,
) -> Message:
    one = a_message(an_incident(type=kind), occasion)
    return replace(
        one, case=replace(one.case, site=Site("kerb", "东口", Place(121.47, 31.23, grid_code=grid)))
    )


@pytest.mark.parametrize(
    ("route", "message", "taken"),
    [
        pytest.param(Route("t"), told(), True, id="everything"),
        pytest.param(Route("t"), told(grid=None), True, id="a camera without a grid"),
        pytest.param(Route("t"), told(Occasion.WARNED), False, id="a warning files nothing"),
        pytest.param(
            Route("t", occasions=frozenset({Occasion.WARNED})),
            told(Occasion.WARNED),
            True,
            id="warnings asked for",
        ),
        pytest.param(
            Route("t", types=frozenset({"illegal_parking_motor"})), told(), True, id="its type"
        ),
        pytest.param(
            Route("t", types=frozenset({"street_vending"})), told(), False, id="another type"
        ),
        pytest.param(Route("t", grids=("310101*",)), told(), True, id="its district"),
        pytest.param(Route("t", grids=("310104*",)), told(), False, id="another district"),
        pytest.param(Route("t", grids=("310104*", HERE)), told(), True, id="its very grid"),
        pytest.param(Route("t", grids=("310101",)), told(), False, id="a beginning without *"),
        pytest.param(Route("t", grids=("310101*",)), told(grid=None), False, id="no grid known"),
        pytest.param(
            Route("t", frozenset({"illegal_parking_motor"}), ("310104*",)),
            told(),
            False,
            id="its type elsewhere",
        ),
    ],
)
def test_a_target_is_told_of_its_types_grids_and_occasions(
    route: Route,
    message: Message,
    taken: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    assert targets_of(message, (route,), told=()) == (("t",) if taken else ())


def test_a_message_goes_to_every_target_whose_route_takes_it() -> None:
    routes = (Route("a"), Route("b", types=frozenset({"street_vending"})), Route("c"))
    assert targets_of(told(), routes, told=()) == ("a", "c")


def test_where_nobody_wrote_targets_the_desk_is_told() -> None:
    assert targets_of(told(), TO_THE_DESK, told=()) == ("desk",)


@pytest.mark.parametrize(
    ("route", "known", "expected"),
    [
        pytest.param(Route("t"), (), (), id="added after the case had opened"),
        pytest.param(Route("t"), ("other",), (), id="another target was told"),
        pytest.param(Route("t"), ("t",), ("t",), id="told of the beginning"),
        pytest.param(
            Route("t", occasions=frozenset({Occasion.CLEARED})), (), ("t",), id="wants ends only"
        ),
    ],
)
def test_who_missed_the_beginning_is_not_told_how_it_goes_on(
    route: Route, known: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert targets_of(told(Occasion.CLEARED), (route,), told=known) == expected


@pytest.mark.parametrize(
    ("written", "route"),
    [
        pytest.param({}, Route("city", occasions=frozenset(Occasion)), id="all that is left out"),
        pytest.param(
            {"types": ["street_vending"], "grids": ["310101*"], "occasions": ["opened", "warned"]},
            Route(
                "city",
                frozenset({"street_vending"}),
                ("310101*",),
                frozenset({Occasion.OPENED, Occasion.WARNED}),
            ),
            id="all that is written",
        ),
    ],
)
def test_a_target_of_the_settings_has_its_route(written: dict[str, object], route: Route) -> None:
    entry = DeskEntry.model_validate({"id": "city", "kind": "desk"} | written)
    assert route_of(entry) == route


def test_a_warning_goes_to_the_desk_and_its_end_to_whom_it_was_told() -> None:
    routes = (*TO_THE_DESK, Route("city"))
    assert targets_of(told(Occasion.WARNED), routes, told=()) == ("desk",)
    assert targets_of(told(Occasion.CLEARED), routes, told=("desk",)) == ("desk",)
    assert targets_of(told(Occasion.OPENED), routes, told=("desk",)) == ("desk", "city")


@pytest.mark.parametrize(
    ("entry", "is_told"),
    [
        pytest.param(DeskEntry(id="a", kind="desk"), True, id="desk"),
        pytest.param(
            WebhookEntry(
                id="a", kind="webhook", url="https://x.example", secret=SecretStr("s" * 16)
            ),
            True,
            id="webhook",
        ),
        pytest.param(MqttEntry(id="a", kind="mqtt", url="mqtt://x.example:1883"), True, id="mqtt"),
        pytest.param(
            Open311Entry(
                id="a",
                kind="open311",
                url="https://x.example",
                service_codes=dict.fromkeys(ViolationType, "006"),
            ),
            False,
            id="open311",
        ),
        pytest.param(
            DeskEntry(id="a", kind="desk", occasions=[Occasion.OPENED]), False, id="not asked for"
        ),
    ],
)
def test_of_warnings_those_are_told_who_can_do_something_with_them(
    entry: Entry,
    is_told: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    assert (Occasion.WARNED in route_of(entry).occasions) is is_told

"""Templates filled in, and paths into JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.service.config.secrets import hidden
from streetwatch.service.delivery.field_paths import NoSuchFieldError, built, found
from streetwatch.service.delivery.filling import Filling, FillingError

FIELDS = {
    "type": "exposed_garbage",
    "n": 7,
    "nothing": None,
    "at": "2026-11-23T04:00:00.500+00:00",
    "files": [{"name": "a.jpg"}, {"name": "b.jpg"}],
    "place": {"lon": 121.5},
}
FILLING = Filling(
    FIELDS,
    tables={"big": {"exposed_garbage": "06"}},
    formats={"day": "%Y%m%d %H", "s": "epoch_s", "ms": "epoch_ms"},
)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        pytest.param("{n}", 7, id="alone keeps its type"),
        pytest.param("n={n}", "n=7", id="among text it is text"),
        pytest.param("{nothing}", None, id="nothing"),
        pytest.param("<{nothing}>", "<>", id="nothing among text"),
        pytest.param("{place.lon}", 121.5, id="a path"),
        pytest.param("{files[1].name}", "b.jpg", id="an item"),
        pytest.param("{files[*].name}", ["a.jpg", "b.jpg"], id="every item"),
        pytest.param("x {files[*].name}", "x a.jpg,b.jpg", id="every item among text"),
        pytest.param("{type|big}", "06", id="a table"),
        pytest.param("{at|day}", "20261123 12", id="a time on China's clock"),
        pytest.param("{at|s}", 1795406400, id="seconds"),
        pytest.param("{at|ms}", 1795406400500, id="milliseconds"),
        pytest.param("{nothing|day}", None, id="no time"),
        pytest.param({"a": ["{n}", 2, True, None]}, {"a": [7, 2, True, None]}, id="nested"),
    ],
)
def test_a_template_is_filled_in(template: object, value: object) -> None:
    assert FILLING.fill(template) == value


@pytest.mark.parametrize(
    ("template", "words"),
    [
        pytest.param("{no}", "there is no field no", id="no field"),
        pytest.param("{files[2].name}", "there is no field files", id="no such item"),
        pytest.param("{n.x}", "there is no field n.x", id="a path into a number"),
        pytest.param("{n|big}", "the table big has no 7: write its word", id="no word"),
        pytest.param("{n|x}", "there is no table and no format x", id="no table"),
        pytest.param("{type|day}", "type is no time", id="no time"),
    ],
)
def test_what_there_is_not_is_told(template: str, words: str) -> None:
    with pytest.raises(FillingError) as caught:
        FILLING.fill(template)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{n.__class__}", id="an attribute"),
        pytest.param("{files.append}", id="a method"),
        pytest.param("{n!r}", id="a conversion"),
        pytest.param("{n:>100}", id="a width"),
    ],
)
def test_nothing_in_a_template_reaches_python(template: str) -> None:
    with pytest.raises(FillingError, match="there is no field"):
        FILLING.fill(template)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([("a", 1), ("a.b", 2)], id="into a number"),
        pytest.param([("a.b", 1), ("a[0]", 2)], id="a mapping as a list"),
        pytest.param([("a[0]", 1), ("a.b", 2)], id="a list as a mapping"),
        pytest.param([("a[1001]", 1)], id="a list without an end"),
        pytest.param([("a[*]", 1)], id="every item"),
    ],
)
def test_a_body_that_contradicts_itself_is_refused(values: list[tuple[str, object]]) -> None:
    with pytest.raises(NoSuchFieldError):
        built(values)


NAMES = st.text("abc名", min_size=1, max_size=3)
STEPS = st.lists(st.one_of(NAMES, st.integers(0, 3)), max_size=4)


@given(NAMES, STEPS, st.integers())
def test_what_is_put_at_a_path_is_found_there(
    first: str, steps: list[str | int], value: int
) -> None:
    path = first + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
    assert found(built([(path, value)]), path) == value


def test_a_longer_secret_is_hidden_before_a_shorter_one_in_it() -> None:
    assert hidden("key abcdef-1", frozenset({"abcdef", "abcdef-1", "k"})) == "key ***"

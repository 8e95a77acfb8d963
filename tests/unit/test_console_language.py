"""What people read: in their language, and none of it outside the catalogues."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from streetwatch.service.console.choices import HOME, local
from streetwatch.service.console.language import Language, catalogue, preferred, say_in

CONSOLE = Path(__file__).parents[2] / "service" / "console"
CATALOGUES = sorted((CONSOLE / "locale" / "zh_CN" / "LC_MESSAGES").glob("*.po"))
TEMPLATES = sorted((CONSOLE / "templates").glob("*.html"))
MODULES = sorted(CONSOLE.rglob("*.py"))

#: Calls that hand a message over to be translated, and where its text stands.
SAYING = {"say": (0, 1), "mark": (0, 1), "marks": (0, 1), "say_in": (1, 2)}

#: Where a text handed to NiceGUI is read by people.
SHOWN_FIRST = frozenset(
    {
        "badge", "button", "checkbox", "chip", "expansion", "input", "item", "item_label", "label",
        "link", "menu_item", "notify", "notification", "number", "page_title", "radio", "select",
        "step", "switch", "tab", "textarea", "toggle", "tooltip", "upload",
    }
)  # fmt: skip
SHOWN_NAMED = frozenset({"label", "placeholder", "text", "title", "caption", "message"})
SHOWN_PROPS = re.compile(r"(?:aria-label|title|placeholder|label|hint)=[\"'](\w[^\"']*)")
LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]")

SAID_IN_HTML = re.compile(r"\bsay\(\"([^\"]+)\"")
CODE_IN_HTML = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<[^>]+>", re.DOTALL)

#: Names that are the same in every language.
NAMES = re.compile(r"\bstreetwatch\b")


def messages() -> Iterator[tuple[Path, Message]]:
    for path in CATALOGUES:
        for message in catalogue(path):
            if message.id:
                yield path, message


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def calls(path: Path) -> Iterator[tuple[str, bool, ast.Call]]:
    """Yield each call's last name, whether it is one of `ui`, and the call."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name, False, node
            case ast.Call(func=ast.Attribute(value=ast.Name(id="ui"), attr=name)):
                yield name, True, node
            case ast.Call(func=ast.Attribute(attr=name)):
                yield name, False, node
            case _:
                pass


def text_of(node: ast.expr) -> str:
    """Return the literal text in an expression, '' where there is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(text_of(one) for one in values)
        case _:
            return ""


def said() -> set[tuple[str, ...]]:
    """Return every message that the code says, with its plural."""
    found = set()
    for path in MODULES:
        for name, _, call in calls(path):
            if name in SAYING:
                first, second = SAYING[name]
                both = [text_of(one) for one in call.args[first : second + 1]]
                found.add(tuple(text for text in both if text))
    for path in TEMPLATES:
        found |= {(text,) for text in SAID_IN_HTML.findall(path.read_text("utf-8"))}
    return found - {()}


def strays(path: Path) -> Iterator[str]:
    for name, is_ui, call in calls(path):
        shown = [*call.args[:1]] if is_ui and name in SHOWN_FIRST else []
        shown += call.args[:1] if name == "tooltip" else []
        shown += [one.value for one in call.keywords if is_ui and one.arg in SHOWN_NAMED]
        texts = [text_of(one) for one in shown]
        if name == "props":
            texts += SHOWN_PROPS.findall(text_of(call.args[0])) if call.args else []
        for text in texts:
            if LETTERS.search(NAMES.sub("", text)) and not text.startswith("/"):
                yield f"{path.relative_to(CONSOLE)}:{call.lineno}: {text}"


def test_everything_that_is_said_is_translated() -> None:
    translated = {forms(message.id) for _, message in messages() if all(forms(message.string))}
    assert sorted(said() - translated) == []


def test_nothing_is_translated_that_nobody_says() -> None:
    assert sorted({forms(message.id) for _, message in messages()} - said()) == []


def test_a_message_is_translated_one_way() -> None:
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for _, message in messages():
        found.setdefault(forms(message.id), set()).add(forms(message.string))
    assert {said: ways for said, ways in found.items() if len(ways) > 1} == {}


def test_a_translation_speaks_of_the_same_fields() -> None:
    def fields(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    wrong = [
        f"{path.name}: {message.id}"
        for path, message in messages()
        if set().union(*map(fields, forms(message.id)))
        != set().union(*map(fields, forms(message.string)))
    ]
    assert wrong == []


def test_no_text_is_shown_that_was_not_said() -> None:
    assert [stray for path in MODULES for stray in strays(path)] == []


def test_no_text_stands_in_a_template() -> None:
    bare = {path.name: CODE_IN_HTML.sub("", path.read_text("utf-8")) for path in TEMPLATES}
    assert [name for name, text in bare.items() if LETTERS.search(NAMES.sub("", text))] == []


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        pytest.param("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH, id="Chinese first"),
        pytest.param("en-US,en;q=0.9,zh;q=0.8", Language.EN, id="English first"),
        pytest.param("de-DE,de;q=0.9,en;q=0.8", Language.EN, id="English rather than nothing"),
        pytest.param("fr", Language.ZH, id="neither"),
        pytest.param("", Language.ZH, id="none named"),
        pytest.param(";;,=", Language.ZH, id="nonsense"),
    ],
)
def test_a_browsers_language_is_the_first_that_we_have(accepted: str, language: Language) -> None:
    assert preferred(accepted) is language


def test_a_field_is_filled_in_in_both_languages() -> None:
    words = "This page needs the role {role}."
    assert say_in(Language.ZH, words, role="admin") == "此页面需要角色 admin。"
    assert say_in(Language.EN, words, role="admin") == "This page needs the role admin."


@pytest.mark.parametrize(
    ("back", "to"),
    [
        pytest.param("/console/cases?type=x", "/console/cases?type=x", id="a page"),
        pytest.param("https://elsewhere.example/", HOME, id="another site"),
        pytest.param("//elsewhere.example/", HOME, id="another site without its scheme"),
        pytest.param("/console/\\elsewhere.example", HOME, id="a backslash"),
    ],
)
def test_a_switch_leads_back_into_the_console_only(back: str, to: str) -> None:
    assert local(back) == to

"""Everything that can be used is in the reference: commands, options, public names, the words of the log file."""

from __future__ import annotations

import ast
import inspect
import re
import runpy
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import attrs
import click
import pytest

import diplostate
from diplostate.cli.app import app
from diplostate.cli.exits import Exit
from diplostate.talks import attention, events, sources
from diplostate.talks.events import KINDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@cache
def _page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


def _commands() -> dict[str, click.Command]:
    context = click.Context(app)
    found = {name: app.get_command(context, name) for name in app.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


# Commands.


@pytest.mark.parametrize("name", ["commands", "machine", "cameo"])
def test_what_the_code_tells_is_as_it_is_told(name):
    """Where this fails, write the pages anew: python docs/generate.py."""
    told = {path.stem: text for path, text in runpy.run_path(str(DOCS / "generate.py"))["pages"]().items()}

    assert _page(f"reference/{name}") == told[name]


@pytest.mark.parametrize("name", _commands())
def test_every_command_is_documented_with_all_its_options(name):
    """Each option stands in the section of its command, or in a table to which that section leads."""
    sections = dict(re.findall(r"^##+ (.+?)\n(.*?)(?=^##|\Z)", _page("reference/commands"), re.MULTILINE | re.DOTALL))
    anchors = {title.lower().replace(" ", "-"): text for title, text in sections.items()}
    told = sections[name] + "".join(anchors[anchor] for anchor in re.findall(r"\]\(#(.+?)\)", sections[name]))
    options = [option for param in _commands()[name].params if isinstance(param, click.Option) for option in param.opts]

    assert [option for option in options if f"`{option}`" not in told] == []


@pytest.mark.parametrize("name", _commands())
def test_every_command_says_what_it_does_and_shows_an_example(name):
    """So do all options say what they are for."""
    command = _commands()[name]

    assert command.help
    assert f"diplostate {name}" in (command.epilog or "")
    assert [param.name for param in command.params if isinstance(param, click.Option) and not param.help] == []


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_documented(code):
    """With its number, in the table of exit codes."""
    assert f"\n| {code.value} |" in _page("reference/output")


def test_every_schema_of_json_is_documented():
    """A program finds the fields by the name that the output bears."""
    sources_ = "".join(path.read_text("utf-8") for path in (ROOT / "diplostate" / "reports").glob("*.py"))
    named = set(re.findall(r'"diplostate\.([a-z-]+)/1"', sources_)) | set(re.findall(r'envelope\(\s*"([a-z-]+)"', sources_))

    assert named
    assert [name for name in sorted(named) if f"`diplostate.{name}/1`" not in _page("reference/output")] == []


# The API.


def _modules() -> list[str]:
    return re.findall(r"automodule:: (\S+)", _page("reference/api"))


@pytest.mark.parametrize("name", diplostate.__all__)
def test_every_public_name_has_a_docstring_and_is_in_the_page_of_the_api(name):
    """It is there with the module where it lives."""
    found = getattr(diplostate, name)

    assert inspect.getdoc(found)
    assert found.__module__ in _modules()


@pytest.mark.parametrize("module", _modules())
def test_every_name_of_a_documented_module_has_a_docstring(module):
    """Functions, classes and their methods; what begins with an underscore is nobody's business."""
    home = import_module(module)
    own = {name: found for name, found in vars(home).items() if _is_own(name, found, module)}
    methods = {f"{name}.{key}": value for name, cls in own.items() if inspect.isclass(cls) for key, value in _methods(cls)}

    assert home.__doc__
    assert [name for name, found in {**own, **methods}.items() if not (found.__doc__ or "").strip()] == []


def _is_own(name: str, found: object, module: str) -> bool:
    is_code = inspect.isclass(found) or inspect.isfunction(found)
    return is_code and not name.startswith("_") and getattr(found, "__module__", None) == module


def _methods(cls: type) -> list[tuple[str, object]]:
    slots = {field.name for field in attrs.fields(cls)} if attrs.has(cls) else set()
    found = {key: value for key, value in vars(cls).items() if not key.startswith("_") and key not in slots}
    return [(key, value) for key, value in found.items() if inspect.isfunction(value) or isinstance(value, property)]


@pytest.mark.parametrize("name", [name for name in diplostate.__all__ if inspect.isfunction(getattr(diplostate, name))])
def test_every_public_function_is_typed(name):
    """Each argument, and what it returns."""
    function = getattr(diplostate, name)

    assert set(get_type_hints(function)) == {*inspect.signature(function).parameters, "return"}


# The words.

WORDS = [
    cls for module in (events, sources) for cls in vars(module).values() if inspect.isclass(cls) and issubclass(cls, StrEnum)
]


@pytest.mark.parametrize("words", [cls for cls in dict.fromkeys(WORDS) if cls not in (StrEnum, sources.Standing)])
def test_every_word_of_the_log_file_is_in_its_reference(words):
    """Standing is nothing that a file says; it follows from the sources."""
    assert [word.value for word in words if f"`{word.value}`" not in _page("reference/log-file")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_in_the_reference_with_its_fields(kind):
    """In the row of its own, or, for a counter-proposal, in that of the proposal."""
    page = _page("reference/log-file")
    base = {field.name for field in attrs.fields(events.Event)}
    (row,) = re.findall(rf"^\| `{kind}` \| (.*) \|$", page, re.MULTILINE)
    if kind == "responded":
        row += re.findall(r"^\| `proposed` \| (.*) \|$", page, re.MULTILINE)[0]

    assert [name for field in attrs.fields(KINDS[kind]) if (name := field.name) not in base and f"`{name}`" not in row] == []


@pytest.mark.parametrize("flag", attention.FLAGS)
def test_every_flag_is_in_the_glossary(flag):
    """It is explained there once."""
    assert f"`{flag}`" in _page("glossary")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_to_the_glossary_name_words_that_it_has(page):
    """A link to a word leads to that word."""
    linked = re.findall(r"\[([^\]]+)\]\((?:\.\./)?glossary\.md#", page.read_text("utf-8"))

    assert [word for word in linked if f"\n**{word}**\n" not in _page("glossary")] == []


SPOKEN = (
    "anomaly, as of, awaited, evidence, flag, fold, known at, leak, ledger, open, party, phase, source, standing, status, track"
)


@pytest.mark.parametrize("word", SPOKEN.split(", "))
def test_the_words_that_reports_use_are_in_the_glossary(word):
    """Whoever stumbles over one finds it."""
    assert f"**{word}**" in _page("glossary")


# What we admit.


def test_every_long_module_and_function_is_admitted():
    """More than 400 lines, more than 30: the list is in contributing.md, and says why."""
    package = ROOT / "diplostate"
    found = []
    for path in package.rglob("*.py"):
        text, name = path.read_text("utf-8"), path.relative_to(package)
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        found += [name.as_posix()] if len(text.splitlines()) > 400 else []
        long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 30]
        found += [".".join((*name.with_suffix("").parts, function)) for function in long]

    assert [name for name in found if f"| `{name}` |" not in _page("contributing")] == []

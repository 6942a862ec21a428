"""Writes the pages of the reference that the code can tell: ``python docs/generate.py``; a test keeps them as they are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from diplostate.cli.app import COMMANDS, app
from diplostate.cli.fields import source_options
from diplostate.cli.options import question_options
from diplostate.cli.record import writing_options
from diplostate.cli.session import shared_options
from diplostate.codings.cameo import Reading, differences, table
from diplostate.reports import machine

REFERENCE = Path(__file__).parent / "reference"

MACHINE = """# The machine

*Written by `docs/generate.py` from the machine itself.* [Why a table](../explanation/why-a-table.md) says how to
read it.

"""

CAMEO = """# CAMEO codes

*Written by `docs/generate.py` from the mapping table itself.* It is bound to the CAMEO codebook 1.1b3, by which ICEWS is coded,
and tells as what each of its {count} codes is read; [coded events](../explanation/coded-events.md) tells the rules that decide
what becomes of them.

## Codes that have to do with talks

The labels are those by which data calls the codes.

| code | label | read as | because |
|---|---|---|---|
{talks}

## Codes that have not

| codes | because |
|---|---|
{rest}

## Other codebooks

Where another codebook numbers a code otherwise, the row is read by its meaning: `--codebook` names the one of the file.
`older` is a table that circulates with tools for GDELT; `gdelt` is CAMEO 1.1b3 but for the codes on which the labels that
GDELT publishes say otherwise.

| codebook | code | what it means there | in 1.1b3 |
|---|---|---|---|
{other}
"""

INTRODUCTION = """# The commands

*Written by `docs/generate.py` from the commands themselves.*

`diplostate COMMAND --help` says the same in the terminal. Dates are those of [the log file](log-file.md#dates); exit codes and
the fields of JSON are told under [output](output.md)."""

EVERY = ("Every command", "every-command", "Before the name of the command they count too.")
QUESTION = (
    "Asking about a moment",
    "asking-about-a-moment",
    "The options of all reports about talks; [the two times](../explanation/two-times.md) says what they mean.",
)
SOURCE = (
    "Who said it",
    "who-said-it",
    "The options of all commands that record an event with sources. One source has options of its own; for more, say "
    "`--source` once for each.",
)
EVENT = (
    "What every event has",
    "what-every-event-has",
    "The options of all commands that record an event. `--on` is short for `--occurred`, but for `schedule`: there it is the "
    "day of the meeting.",
)


def pages() -> dict[Path, str]:
    """Each page with its text."""
    return {
        REFERENCE / "commands.md": commands(),
        REFERENCE / "machine.md": MACHINE + machine.markdown(),
        REFERENCE / "cameo.md": cameo(),
    }


def cameo() -> str:
    """The page of the mapping of CAMEO codes."""
    read = [code for code in table().values() if code.reads_as is not Reading.NONE]
    reasons: dict[str, list[str]] = {}
    for code in table().values():
        if code.reads_as is Reading.NONE:
            reasons.setdefault(code.reason, []).append(f"`{code.code}`")
    talks = [f"| `{code.code}` | {code.label} | {code.reads_as} | {code.reason} |" for code in read]
    rest = [f"| {', '.join(codes)} | {reason} |" for reason, codes in reasons.items()]
    other = [f"| {row.codebook} | `{row.code}` | {row.meaning} | {_code(row.known_as)} |" for row in differences()]
    return CAMEO.format(talks="\n".join(talks), rest="\n".join(rest), other="\n".join(other), count=len(table()))


def _code(code: str) -> str:
    return f"`{code}`" if code else "none"


def commands() -> str:
    """The page of the commands."""
    groups = {
        EVERY: _options_of(*reversed(shared_options())),
        QUESTION: _options_of(question_options),
        EVENT: _options_of(writing_options("--occurred")),
        SOURCE: _options_of(source_options),
    }
    parts = [INTRODUCTION]
    for (title, _, lead), options in groups.items():
        parts += [f"## {title}", lead, _table(options)]
    context = click.Context(app, info_name="diplostate")
    for title, names in COMMANDS.items():
        parts += [f"## {title}"]
        for name in names:
            command = app.get_command(context, name)
            assert command is not None
            parts += _command(command, groups)
    return "\n\n".join(parts) + "\n"


def _options_of(*decorators: Callable[[Any], Any]) -> list[click.Option]:
    """The options that these decorators add, each with its name and its help."""
    made: Any = lambda **_: None  # noqa: E731  # a function that options can be hung on
    for decorate in decorators:
        made = decorate(made)
    return [option for option in click.command(made).params if isinstance(option, click.Option)]


def _command(command: click.Command, groups: dict[tuple[str, str, str], list[click.Option]]) -> Iterator[str]:
    """One command: what it does, how it is called, its options, its examples."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    arguments = [param.make_metavar(click.Context(command)) for param in command.params if isinstance(param, click.Argument)]
    yield f"### {command.name}"
    yield _prose(command.help or "")
    yield f"```text\n{' '.join(['diplostate', str(command.name), *arguments, '[OPTIONS]'])}\n```"
    names = {option.name for option in options}
    taken: set[str | None] = set()
    links = []
    for (title, anchor, _), group in groups.items():
        if {option.name for option in group} <= names:
            taken |= {option.name for option in group}
            links.append(f"[{title[0].lower()}{title[1:]}](#{anchor})")
    own = [option for option in options if option.name not in taken]
    if own:
        yield _table(own)
    form = next((option.help for option in options if option.name == "form"), None)
    yield f"And the options of {_joined(links)}. Formats: {(form or '').partition(': ')[2]}."
    yield _examples(command.epilog or "")


def _joined(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _prose(text: str) -> str:
    """Help as Markdown: its paragraphs, with options as code."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip())]
    return "\n\n".join(re.sub(r"(?<![\w`-])(--[a-z][a-z-]*)", r"`\1`", part) for part in paragraphs)


def _examples(epilog: str) -> str:
    lines = [line.removeprefix("  ") for line in epilog.split("Examples:", 1)[1].strip("\n").splitlines()]
    return "\n".join(["```sh", *lines, "```"])


def _table(options: Iterable[click.Option]) -> str:
    rows = [f"| {_said(option)} | {_cell(option)} |" for option in options]
    return "\n".join(["| option | says |", "|---|---|", *rows])


def _said(option: click.Option) -> str:
    """The names of an option, and what it takes."""
    names = ", ".join(f"`{name}`" for name in sorted(option.opts, key=lambda name: not name.startswith("--")))
    if option.is_flag or option.count:
        return names
    metavar = option.make_metavar(click.Context(app))
    return names if metavar.startswith("[") else f"{names} *{metavar}*"


def _cell(option: click.Option) -> str:
    """The help of an option, with the words that it takes and whether it has to be said."""
    words = getattr(option.type, "words", ())
    listed = [f"{', '.join(f'`{word}`' for word in words)}"] if words and option.name not in ("form", "evidence") else []
    needed = ["*Needed.*"] if option.required else []
    told = ". ".join([(option.help or "").rstrip("."), *listed])
    return " ".join([*needed, f"{told.replace('|', chr(92) + '|')}."])


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")

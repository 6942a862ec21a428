"""The kinds of arguments that the command takes, each told with the nearest valid word when it is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from diplostate.errors import DiplostateError, Fault, Invalid
from diplostate.reports.question import Question
from diplostate.talks.dates import Moment, as_moment
from diplostate.talks.rules import nearest
from diplostate.talks.sources import Evidence

F = TypeVar("F", bound=Callable[..., Any])


class Word(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """One of a few words, in any case."""

    name = "word"

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """The words, as help shows them."""
        return f"[{'|'.join(self.words)}]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as it is written in the record; nothing at all is left to mean nothing."""
        found = "" if value == "" else next((word for word in self.words if word.casefold() == str(value).casefold()), None)
        if found is None:
            self.fail(f"{value!r} is none of {', '.join(self.words)}{nearest(str(value), self.words)}", param, ctx)
        return found

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """The words that begin so."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in self.words if word.startswith(incomplete.casefold())]


class Checked(click.ParamType):  # type: ignore[type-arg]  # as above
    """A text that a function of the model reads; what it cannot read is a usage error."""

    def __init__(self, name: str, read: Callable[[str], object], words: Iterable[str] = ()) -> None:
        self.name, self.read, self.words = name, read, tuple(words)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """What the function makes of the text."""
        try:
            return self.read(value) if isinstance(value, str) else value
        except Invalid as error:
            self.fail(f"{error}{nearest(str(value), self.words)}", param, ctx)


def _number(text: str) -> int | str:
    if text and not text.isdecimal():
        raise Invalid([Fault(f"{text!r} is no whole number")])
    return int(text) if text else text


NUMBER = Checked("number", _number)
"""A whole number; nothing at all is left to mean nothing."""


class Track(click.types.StringParamType):
    """The id of a track; shells complete it from the ledger that is named."""

    name = "track"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """The tracks of the ledger that begin so; none where it cannot be opened, for nobody can be told so here."""
        from click.shell_completion import CompletionItem

        from diplostate import wiring

        url = ctx.params.get("ledger") or os.environ.get("DIPLOSTATE_LEDGER")
        try:
            with wiring.open(url or "", create=False) as ledger:
                return [CompletionItem(track) for track in ledger.tracks() if track.startswith(incomplete)]
        except DiplostateError:
            return []


CUT = Checked("date", as_moment)
EVIDENCE = Checked("evidence", Evidence.parse, ("official", "reported"))
LEARN_EVIDENCE = click.option(
    "--learn-evidence", type=EVIDENCE, help="On which evidence to learn (default: --evidence); coded data is only reported"
)
"""For commands with ``--learn-from``."""


def question_options(command: F) -> F:
    """The options of every report: the cuts on both time axes, and the evidence."""
    for option in (
        click.option(
            "--evidence", type=EVIDENCE, default="official", help="official (default), reported, or a grade such as B2"
        ),
        click.option("--known-at", type=CUT, metavar="DATE", help="As it was known then: leaves out what was recorded later"),
        click.option("--as-of", type=CUT, metavar="DATE", help="As it stood then: leaves out what happened later"),
    ):
        command = option(command)
    return command


def question_of(as_of: Moment | None, known_at: Moment | None, evidence: Evidence, *, present: Moment) -> Question:
    """The question that these options ask; ``present`` is now where no cut is given."""
    return Question.of(as_of=as_of, known_at=known_at, evidence=evidence, now=as_of or known_at or present)

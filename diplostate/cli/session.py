"""What all commands share: the ledger that is named, how to show a report, and what to say beside it."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from diplostate import wiring
from diplostate.cli import journal, screen
from diplostate.cli.options import Track, Word
from diplostate.ledger.protocol import Ledger
from diplostate.reports.render import FORMATS, View
from diplostate.reports.visible import visible
from diplostate.reports.words import joined

T = TypeVar("T")

_NO_LEDGER = """no ledger is named: say --ledger, or set DIPLOSTATE_LEDGER, to

  a folder of logs, or one log   --ledger seeds
  a SQLite file                  --ledger talks.sqlite"""


_LONG = 10_000
"""Events from which on somebody who waits wants to see something move."""


def present() -> datetime:
    """The time, as reports and new records take it."""
    return datetime.now(UTC).replace(microsecond=0)


@attrs.frozen(kw_only=True)
class Session:
    """One run of the command."""

    url: str | None
    format: str
    colour: bool
    quiet: bool

    def named(self) -> str:
        """The ledger that is named, by option or environment."""
        url = self.url or os.environ.get("DIPLOSTATE_LEDGER")
        if not url:
            raise click.UsageError(_NO_LEDGER)
        return url

    @property
    def takes_hypothetical(self) -> bool:
        """Whether the ledger that is named may hold hypothetical events."""
        return wiring.is_hypothetical(self.named())

    @contextmanager
    def ledger(self, *, create: bool = False) -> Iterator[Ledger]:
        """The ledger that is named; ``create`` makes a SQLite file that is not there."""
        url = self.named()
        is_new = create and "://" not in url and self.is_missing()
        with wiring.open(url, create=create, clock=present) as ledger:
            journal.info("ledger opened", url=ledger.url)
            if is_new:
                self.say(f"New ledger: {url}")
            yield ledger

    def is_missing(self) -> bool:
        """Whether nothing is there yet under the name of the ledger."""
        url = self.named().removeprefix("hypothetical:")
        return url != "memory:" and not Path(url.removeprefix("sqlite:").partition("?")[0]).exists()

    def show(self, view: View) -> None:
        """Write a report to stdout."""
        screen.show(view, self.format, colour=self.colour)

    def say(self, message: str) -> None:
        """Tell something beside the report, on stderr."""
        if not self.quiet:
            click.echo(visible(message), err=True)

    def watched(
        self, items: Iterable[T], *, total: int, doing: str, least: int = _LONG, weight: Callable[[T], int] = lambda _: 1
    ) -> Iterable[T]:
        """The items, with their progress on stderr where somebody watches and there are not fewer than ``least``.

        ``weight`` says how many of the ``total`` an item stands for.
        """
        if self.quiet or total < least or not sys.stderr.isatty():
            return items
        return _watched(items, total, doing, weight)


def _watched(items: Iterable[T], total: int, doing: str, weight: Callable[[T], int]) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=total)
        for item in items:
            yield item
            progress.advance(task, weight(item))


def shared_options(formats: tuple[str, ...] = FORMATS, default: str = "plain") -> tuple[Callable[..., Any], ...]:
    """The options that every command has; ``form`` is how to write it, for ``format`` is a field of proposals."""
    return (
        click.option(
            "--ledger", "-l", metavar="URL", help="A folder of logs, a log, or a SQLite file (else: DIPLOSTATE_LEDGER)"
        ),
        click.option(
            "--format", "-f", "form", type=Word(formats), metavar="FORMAT", default=default, help=_formats(formats, default)
        ),
        click.option("--no-color", is_flag=True, help="Without colour (as the environment variable NO_COLOR)"),
        click.option("--quiet", "-q", is_flag=True, help="Say nothing beside the report but errors"),
        click.option("--verbose", "-v", count=True, help="Log on stderr what is done (-vv: more)"),
    )


def _formats(formats: tuple[str, ...], default: str) -> str:
    return f"How to write it: {joined((f'{name} (default)' if name == default else name for name in formats), 'or')}"


def command(
    name: str,
    short: str,
    *,
    examples: str,
    formats: tuple[str, ...] = FORMATS,
    default: str = "plain",
    cls: type[click.Command] = click.Command,
) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function that takes a `Session` first; ``short`` is its line in the list of commands."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(ledger: str | None, form: str, no_color: bool, quiet: bool, verbose: int, **rest: Any) -> object:
            journal.configure(-1 if quiet else verbose)
            return function(Session(url=ledger, format=form, colour=not no_color, quiet=quiet), **rest)

        lines = "\n".join(f"  {line}" for line in examples.strip().splitlines())
        made = click.command(name, cls, short_help=short, epilog=f"\b\nExamples:\n{lines}")(run)
        for option in shared_options(formats, default):
            option(made)
        for param in made.params:
            if param.name in ("track", "tracks"):
                param.type = Track()
        return made

    return decorate

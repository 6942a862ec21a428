"""The command that looks on: ``watch``."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import click

from diplostate.cli import screen, session
from diplostate.cli.options import Checked
from diplostate.cli.session import Session, command
from diplostate.errors import DiplostateError, Fault, Invalid, LedgerError
from diplostate.reports import watch as watching
from diplostate.reports.question import Question
from diplostate.reports.status import Only, overview
from diplostate.reports.visible import visible
from diplostate.reports.watch import Change
from diplostate.talks.attention import Limits
from diplostate.talks.rules import nearest

_VALUES: Mapping[str, Callable[[Change], str]] = {
    "track": lambda change: change.told.track,
    "title": lambda change: change.told.after.official.description.title or change.told.track,
    "before": lambda change: change.told.before.official.headline(change.told.question.now),
    "after": lambda change: change.told.after.official.headline(change.told.question.now),
    "says": lambda change: change.says,
    "flags": lambda change: " ".join(flag.sentence for flag in change.raised),
    "position": lambda change: str(change.position),
}
"""What the arguments of a command may ask for."""
_STILL = "{url} is read from log files as they stand: say --once, or watch a ledger into which they are imported"
_HOLE = re.compile(r"\{(\w*)\}")


def _words(text: str) -> tuple[str, ...]:
    """A command as the words that it is made of; no shell reads it."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise Invalid([Fault(f"{text!r} cannot be read as words ({error}): check its quotes")]) from error
    unknown = [name for word in words for name in _HOLE.findall(word) if name not in _VALUES]
    if not words or unknown:
        known = ", ".join(f"{{{name}}}" for name in _VALUES)
        problem = (
            f"{{{unknown[0]}}} is none of {known}{nearest(unknown[0], _VALUES)}" if unknown else "is empty: name a program"
        )
        raise Invalid([Fault(problem)])
    return words


_COMMAND = Checked("command", _words)


@command(
    "watch",
    "Tell what changes, as it changes",
    formats=("plain", "json"),
    examples="""
diplostate watch --ledger talks.sqlite
diplostate watch --party RUS --format json --ledger talks.sqlite
diplostate watch --after 0 --once --ledger talks.sqlite
diplostate watch --exec "notify-send {title} {after}" --ledger talks.sqlite""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@click.option("--party", metavar="CODE", help="Only tracks in which this party takes part")
@click.option(
    "--after", type=click.IntRange(0), metavar="POSITION", help="Begin behind this position (0: the first event; else: now)"
)
@click.option("--once", is_flag=True, help="End when all that is there was told, and do not wait for more")
@click.option("--exec", "words", type=_COMMAND, metavar="COMMAND", help="Run this for each change, its JSON on stdin; no shell")
@click.option("--fail-fast", is_flag=True, help="End with 1 when the command of --exec fails (else: tell it, and go on)")
@click.option(
    "--unanswered-days", type=click.IntRange(1), metavar="N", default=14, help="When to flag unanswered (default: 14)"
)
@click.option("--silence-days", type=click.IntRange(1), metavar="N", default=62, help="When to flag silent (default: 62)")
def watch(
    here: Session,
    tracks: tuple[str, ...],
    party: str | None,
    after: int | None,
    once: bool,
    words: tuple[str, ...],
    fail_fast: bool,
    **limits: int,
) -> None:
    """Tell every change of a status when it is recorded, and every flag when time raises it, until it is interrupted.

    Events of one track that were recorded at the same time are one change. The words of --exec may hold {track}, {title},
    {before}, {after}, {says}, {flags} and {position}; what they stand for is handed over as it is, and never read by a shell.
    """
    only = Only(party=party)
    asked: dict[str, Any] = {"tracks": tracks or None, "only": only, "limits": Limits(**limits), "once": once}
    act = partial(_run, words, fail_fast=fail_fast) if words else None
    with here.ledger() as ledger, ledger.subscribe(after=ledger.head if after is None else after) as feed:
        if not (once or feed.is_live):
            raise LedgerError(_STILL.format(url=ledger.url))
        overview(ledger, tracks or None, Question.of(now=session.present()), only=only)  # refuses a party that nobody knows
        if not once:
            here.say(f"Watching from position {feed.position} on; Ctrl-C ends it")
        _tell(here, watching.watch(ledger, feed, clock=session.present, **asked), feed.position, act)


def _tell(here: Session, changes: Iterable[Change], position: int, act: Callable[[Change], None] | None) -> None:
    """Tell every change, then act on it; whatever ends it, it is told where to go on."""
    try:
        for change in changes:
            screen.show(watching.view(change), here.format, colour=here.colour)
            if here.format == "plain":
                screen.write(["\n"])
            if act is not None:
                act(change)
            position = change.position
    except (KeyboardInterrupt, DiplostateError):
        here.say(f"To go on from here: --after {position}")
        raise


def _run(words: Sequence[str], change: Change, *, fail_fast: bool) -> None:
    """Run a command for a change; its output goes to stderr, for stdout is for the changes."""
    filled = [_HOLE.sub(lambda hole: _VALUES[hole[1]](change), word) for word in words]
    try:
        done = subprocess.run(filled, input=watching.line(change).encode(), stdout=2, check=False)  # noqa: S603  # as asked
        problem = f"ended with {done.returncode}" if done.returncode else ""
    except (OSError, ValueError) as error:
        problem = f"cannot be run ({getattr(error, 'strerror', None) or error})"
    if problem:
        told = f"the command {shlex.join(filled)} {problem}, at position {change.position}"
        if fail_fast:
            raise LedgerError(told)
        click.echo(visible(f"Error: {told}; watching on"), err=True)


COMMANDS = {"watch": watch}

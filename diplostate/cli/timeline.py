"""The command that draws phases over time: ``timeline``, in the terminal, in words, and as pictures."""

from __future__ import annotations

import locale
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from diplostate.cli import session
from diplostate.cli.options import Checked, question_of, question_options
from diplostate.cli.pictures import picture_options, save
from diplostate.cli.session import Session, command
from diplostate.reports.render import FORMATS, View
from diplostate.talks.dates import as_moment, day_of

if TYPE_CHECKING:
    from diplostate.reports.strip import Strips


def _day(text: str) -> date | None:
    moment = as_moment(text)
    return None if moment is None else day_of(moment)


_DAY = Checked("date", _day)


@command(
    "timeline",
    "Phases over time, drawn or in words",
    formats=("auto", "strip", *FORMATS),
    default="auto",
    examples="""
diplostate timeline ukr-rus-turkiye --ledger seeds --as-of 2025-07-21
diplostate timeline --ledger seeds --as-of 2025-07-21 --format table
diplostate timeline ukr-rus-turkiye --ledger seeds --from 2025-07-01 --to 2025-08-31
diplostate timeline --ledger seeds --as-of 2025-07-21 --svg talks.svg --png talks.png""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@question_options
@click.option("--from", "start", type=_DAY, metavar="DATE", help="The first day to be drawn")
@click.option("--to", "stop", type=_DAY, metavar="DATE", help="The last day to be drawn")
@picture_options
def timeline(
    here: Session,
    tracks: tuple[str, ...],
    start: date | None,
    stop: date | None,
    svg: Path | None,
    png: Path | None,
    overwrite: bool,
    **asked: Any,
) -> None:
    """Draw phases over time: who owed an answer from when until when, and which meetings were set and held.

    Without TRACK, all tracks of the ledger. The format auto is the drawn strip on a terminal, and the words of table elsewhere;
    plain is a strip in ASCII.
    """
    from diplostate.reports import picture, strip

    question = question_of(**asked, present=session.present())
    with here.ledger() as ledger:
        found = strip.strips(ledger, tracks or None, question, start=start, stop=stop)
    if svg is not None:
        save(here, svg, picture.svg(found).encode(), overwrite=overwrite)
    if png is not None:
        save(here, png, picture.png(found), overwrite=overwrite)
    if svg is None and png is None:
        _chosen(here).show(_view(found))


def _view(found: Strips) -> View:
    from diplostate.reports import strip_lines, strip_page

    ink = strip_lines.BLOCKS if _has_blocks() else strip_lines.ASCII
    return attrs.evolve(
        strip_page.view(found),
        drawn={
            "strip": lambda width: strip_lines.lines(found, width, ink),
            "plain": lambda width: strip_lines.lines(found, width, strip_lines.ASCII),
        },
    )


def _chosen(here: Session) -> Session:
    """A strip for those who look at it, words for everybody else."""
    if here.format != "auto":
        return here
    return attrs.evolve(here, format="strip" if _is_terminal() else "table")


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _has_blocks() -> bool:
    """Whether the locale knows the characters of a strip; consoles of Windows do, whatever the locale says."""
    if os.name == "nt":
        return True
    try:
        "╌█◆…".encode(locale.getencoding())
    except (UnicodeEncodeError, LookupError):
        return False
    return True


COMMANDS = {"timeline": timeline}

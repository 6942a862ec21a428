"""The command that tells how long things take: ``stats``."""

from __future__ import annotations

from typing import Any

import click

from diplostate.cli import session
from diplostate.cli.options import Word, question_of, question_options
from diplostate.cli.pictures import picture_options, save_pictures
from diplostate.cli.session import Session, command
from diplostate.talks.machine import Phase

_PHASES = tuple(phase.lower() for phase in Phase)


@command(
    "stats",
    "How long proposals wait, and what ends the wait",
    examples="""
diplostate stats --ledger talks.sqlite
diplostate stats --ledger talks.sqlite --as-of 2025-07-21 --format table
diplostate stats --ledger talks.sqlite --from held --to held
diplostate stats --ledger talks.sqlite --from pending --to held --format csv
diplostate stats --ledger talks.sqlite --svg waits.svg --png waits.png""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@question_options
@click.option("--from", "start", type=Word(_PHASES), default="pending", help="The phase that is entered (default: pending)")
@click.option(
    "--to", type=Word(("answer", *_PHASES)), default="answer", help="An answer (default), or the phase that is reached"
)
@picture_options
def stats(here: Session, tracks: tuple[str, ...], start: str, to: str, **rest: Any) -> None:
    """Estimate how long talks wait: for the answer to a proposal, or from one phase to another.

    The share that still waits (Kaplan and Meier), and what ends the wait (Aalen and Johansen), with their 95 % bands. What is
    open on the day of --as-of counts as lasting at least until then. Only what was known by that day is used, unless --known-at
    names another. Without TRACK, all tracks of the ledger are learned from.
    """
    from diplostate.reports import stats as report
    from diplostate.simulation.waiting import waiting

    pictures = {name: rest.pop(name) for name in ("svg", "png", "overwrite")}
    question = question_of(**{**rest, "known_at": rest["known_at"] or rest["as_of"]}, present=session.present())
    with here.ledger() as ledger:
        found = waiting(
            ledger,
            tracks or None,
            as_of=question.now,
            known_at=question.known_at,
            evidence=question.evidence,
            start=Phase(start.upper()),
            to=to if to == "answer" else Phase(to.upper()),
        )
    if not save_pictures(here, lambda: report.chart(found, question), **pictures):
        here.show(report.view(found, question))


COMMANDS = {"stats": stats}

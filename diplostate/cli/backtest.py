"""The command that tries forecasts on a record: ``backtest``."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import click

from diplostate.cli import session
from diplostate.cli.options import CUT, EVIDENCE, Checked
from diplostate.cli.pictures import picture_options, save_pictures
from diplostate.cli.session import Session, command
from diplostate.talks.dates import Moment, as_moment, day_of
from diplostate.talks.sources import Evidence


def _day(text: str) -> date | None:
    moment = as_moment(text)
    return None if moment is None else day_of(moment)


@command(
    "backtest",
    "Whether forecasts are any good on this record",
    examples="""
diplostate backtest --ledger icews.sqlite
diplostate backtest --ledger icews.sqlite --split 2014-10-01 --format table
diplostate backtest --ledger icews.sqlite --split 2014-10-01 --svg calibration.svg""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@click.option(
    "--split",
    type=Checked("date", _day),
    metavar="DATE",
    help="The first day of the test (default: the day that leaves a quarter of the events)",
)
@click.option("--as-of", type=CUT, metavar="DATE", help="Leave out what happened later")
@click.option(
    "--known-at",
    type=CUT,
    metavar="DATE",
    help="In hindsight of this day: take events when they happened, not when they became known",
)
@click.option("--evidence", type=EVIDENCE, default="reported", help="reported (default), official, or a grade such as B2")
@picture_options
def backtest(
    here: Session,
    tracks: tuple[str, ...],
    split: date | None,
    as_of: Moment | None,
    known_at: Moment | None,
    evidence: Evidence,
    **pictures: Any,
) -> None:
    """Try forecasts on the record itself: learned before a day, tried after it.

    The next event of a track, one of six types, and whether a proposal meets a negotiation within 14 and 30 days; over all and
    within tracks, against models that know next to nothing. Needs the extra simulation.
    """
    from diplostate.reports import backtest as report
    from diplostate.reports.question import Question
    from diplostate.simulation.backtest import backtest as tried
    from diplostate.simulation.sequences import sequences

    # The systems of equations are small, and threads that wait for each other cost more than they do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    question = Question.of(as_of=as_of, known_at=known_at, evidence=evidence, now=as_of or known_at or session.present())
    with here.ledger() as ledger:
        found = sequences(ledger, tracks or None, as_of=as_of, known_at=known_at, evidence=evidence)
    result = tried(found, split=split)
    if not save_pictures(here, lambda: report.chart(result, question), **pictures):
        here.show(report.view(result, question))


COMMANDS = {"backtest": backtest}

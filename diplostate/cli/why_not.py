"""The command that looks ahead: ``why-not``, what would bring a track to a phase."""

from __future__ import annotations

from typing import Any

import click

from diplostate.cli import session
from diplostate.cli.options import Word, question_of, question_options
from diplostate.cli.session import Session, command
from diplostate.talks.machine import Phase


@command(
    "why-not",
    "What would bring a track to a phase",
    formats=("plain", "json", "md"),
    examples="""
diplostate why-not ukr-rus-turkiye accepted --ledger seeds
diplostate why-not ukr-rus-leaders scheduled --ledger seeds --as-of 2025-07-21
diplostate why-not ukr-rus-turkiye declined --ledger seeds --format json""",
)
@click.argument("track")
@click.argument("phase", type=Word(phase.lower() for phase in Phase), metavar="PHASE")
@question_options
def why_not(here: Session, track: str, phase: str, **asked: Any) -> None:
    """Tell which events would bring a track to a phase: the fewest that do, who would have to act, and by which rule.

    PHASE is idle, pending, accepted, declined, scheduled, held, stalled or concluded.

    It also tells which official word on what is on record already, a confirmation or a denial, would do it alone.
    """
    from diplostate.reports.why_not import why_not
    from diplostate.reports.why_not_page import view

    question = question_of(**asked, present=session.present())
    with here.ledger() as ledger:
        found = why_not(ledger, track, phase, question)
    here.show(view(found))


COMMANDS = {"why-not": why_not}

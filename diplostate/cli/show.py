"""The commands that read: ``status``, ``log`` and ``why``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from diplostate.cli import session
from diplostate.cli.exits import Exit
from diplostate.cli.options import LEARN_EVIDENCE, Checked, Word, question_of, question_options
from diplostate.cli.session import Session, command
from diplostate.errors import Fault, Invalid
from diplostate.reports.render import View
from diplostate.talks.attention import FLAGS, Limits
from diplostate.talks.machine import Phase
from diplostate.talks.rules import nearest
from diplostate.talks.sources import Evidence

if TYPE_CHECKING:
    from diplostate.reports.question import Question
    from diplostate.reports.usual import Usual


def _flags(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().casefold() for name in text.split(",") if name.strip())
    unknown = [Fault(f"{name!r} is none of {', '.join(FLAGS)}{nearest(name, FLAGS)}") for name in names if name not in FLAGS]
    if unknown:
        raise Invalid(unknown)
    return names


_FLAG_LIST = Checked("flags", _flags)


@command(
    "status",
    "Where talks stand, who owes an answer, since when",
    examples="""
diplostate status --ledger seeds
diplostate status ukr-rus-turkiye --ledger seeds --as-of 2025-07-21
diplostate status --ledger seeds --phase pending --format table
diplostate status --ledger seeds --flag unanswered --format json
diplostate status ukr-rus-turkiye --ledger seeds --learn-from talks.sqlite
diplostate status --ledger seeds --learn-from icews.sqlite --learn-evidence reported
diplostate status --ledger seeds --fail-on unanswered,overdue > report.txt""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@question_options
@click.option("--party", metavar="CODE", help="Only tracks in which this party takes part")
@click.option("--phase", type=Word(phase.lower() for phase in Phase), help="Only tracks in this phase")
@click.option("--flag", type=Word(FLAGS), help="Only tracks that ask for attention so")
@click.option(
    "--fail-on", type=_FLAG_LIST, metavar="FLAG,...", help=f"Exit with 7 where a track has one of these: {', '.join(FLAGS)}"
)
@click.option(
    "--unanswered-days", type=click.IntRange(1), metavar="N", default=14, help="When to flag unanswered (default: 14)"
)
@click.option("--silence-days", type=click.IntRange(1), metavar="N", default=62, help="When to flag silent (default: 62)")
@click.option("--learn-from", metavar="URL", help="A ledger that tells how long comparable proposals waited")
@LEARN_EVIDENCE
def status(
    here: Session,
    tracks: tuple[str, ...],
    party: str | None,
    phase: str | None,
    flag: str | None,
    fail_on: tuple[str, ...] | None,
    unanswered_days: int,
    silence_days: int,
    learn_from: str | None,
    learn_evidence: Evidence | None,
    **asked: Any,
) -> Exit:
    """Tell where talks stand: phase, who is awaited since when, what is next, how we know.

    Without TRACK, all tracks of the ledger. By --fail-on, a job that runs every day learns from the exit code that somebody has
    to look.
    """
    from diplostate.reports import status, status_page
    from diplostate.reports.status import Only

    question = question_of(**asked, present=session.present())
    limits = Limits(unanswered_days=unanswered_days, silence_days=silence_days)
    only = Only(party=party, phase=Phase(phase.upper()) if phase else None, flag=flag)
    usual = _usual(here, learn_from, question, learn_evidence) if learn_from else None
    with here.ledger() as ledger:
        report = partial(status.report, ledger, tracks or None, question, only=only, limits=limits, usual=usual)
        overview = partial(status.overview, ledger, tracks or None, question, only=only, limits=limits)
        here.show(
            View(
                name="status",
                page=lambda: status_page.page(report()),
                table=lambda: status_page.table(overview()),
                rows=lambda: status_page.rows(overview()),
                data=lambda: status_page.data(report()),
            )
        )
        flagged = fail_on and any(flag.name in fail_on for row in overview().rows for flag in row.flags)
    return Exit.ATTENTION if flagged else Exit.DONE


def _usual(here: Session, url: str, question: Question, evidence: Evidence | None) -> Usual:
    from diplostate import wiring
    from diplostate.reports.usual import learned

    with wiring.open(url, create=False) as ledger:
        found = learned(ledger, question, evidence=evidence, name=None if "://" in url else url)  # a URL may hold a password
    if not found.waiting.is_enough:
        here.say(f"Nothing is said of what is usual: {found.too_little()}")
    return found


@command(
    "log",
    "What happened, who said it, and what it did",
    examples="""
diplostate log ukr-rus-turkiye --ledger seeds
diplostate log ukr-rus-turkiye --ledger seeds --evidence reported
diplostate log ukr-rus-turkiye --ledger seeds --format csv > turkiye.csv""",
)
@click.argument("track")
@question_options
def log(here: Session, track: str, **asked: Any) -> None:
    """Tell what happened on a track: every event, who said it, and what it did to the status."""
    from diplostate.reports import timeline

    question = question_of(**asked, present=session.present())
    with here.ledger() as ledger:
        found = timeline.timeline(ledger, track, question)
    here.show(timeline.view(found))


@command(
    "why",
    "The events and rules that make a status",
    examples="""
diplostate why ukr-rus-turkiye --ledger seeds
diplostate why ukr-rus-turkiye --ledger seeds --as-of 2025-07-20 --format md""",
)
@click.argument("track")
@question_options
def why(here: Session, track: str, **asked: Any) -> None:
    """Tell why a status is what it is: the events and rules that make it, and why the others do not."""
    from diplostate.reports import explain

    question = question_of(**asked, present=session.present())
    with here.ledger() as ledger:
        found = explain.explain(ledger, track, question)
    here.show(explain.view(found))


COMMANDS = {"status": status, "log": log, "why": why}

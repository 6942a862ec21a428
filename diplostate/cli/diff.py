"""The command that compares: ``diff``, what happened between two days, and what we showed and know better now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from diplostate.cli import session
from diplostate.cli.options import CUT, EVIDENCE
from diplostate.cli.session import Session, command
from diplostate.talks.dates import Moment
from diplostate.talks.sources import Evidence

if TYPE_CHECKING:
    from diplostate.ledger.protocol import Ledger
    from diplostate.reports.diff import Diff


@command(
    "diff",
    "What happened between two days, or hindsight",
    examples="""
diplostate diff ukr-rus-turkiye --from 2025-07-18 --to 2025-07-21 --ledger seeds
diplostate diff --all --from 2025-07-19 --ledger seeds --format table
diplostate diff --all --known-from 2025-07-20 --ledger seeds
diplostate diff ukr-rus-turkiye --known-from 2025-07-20 --known-to 2025-07-21 --ledger seeds --format json""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@click.option("--all", "every", is_flag=True, help="All tracks of the ledger")
@click.option("--from", "start", type=CUT, metavar="DATE", help="What happened after this day")
@click.option("--to", "stop", type=CUT, metavar="DATE", help="What happened up to this day (default: today)")
@click.option("--known-from", type=CUT, metavar="DATE", help="Hindsight: what was shown on this day")
@click.option("--known-to", type=CUT, metavar="DATE", help="Hindsight: as it was known on this day (default: today)")
@click.option(
    "--as-of", type=CUT, metavar="DATE", help="Hindsight: of one day (default: of --known-from, and of all days before it)"
)
@click.option("--known-at", type=CUT, metavar="DATE", help="What happened, as it was known then")
@click.option("--evidence", type=EVIDENCE, default="official", help="official (default), reported, or a grade such as B2")
def diff(here: Session, tracks: tuple[str, ...], every: bool, evidence: Evidence, **cuts: Moment | None) -> None:
    """Tell what is different: on the axis of what happened, or in hindsight, on the axis of what was known.

    With --from: each status before and after, and the events that moved it. With --known-from: the statuses that were shown
    then and have been revised since, and the events that revised them, such as late recordings, retractions and denials.
    """
    from diplostate.reports.diff_page import view

    if bool(tracks) == every:
        raise click.UsageError("say which tracks, or --all" if not every else "say which tracks, or --all, but not both")
    axis = _axis(cuts)
    with here.ledger() as ledger:
        found = _asked(ledger, tracks or None, axis, evidence, cuts)
    here.show(view(found))


_AXES = {"--from": ("--to", "--known-at"), "--known-from": ("--known-to", "--as-of")}
"""The option that chooses an axis, and those that belong to it."""
_NAMES = {"--from": "start", "--to": "stop"}


def _given(option: str, cuts: dict[str, Moment | None]) -> bool:
    return cuts[_NAMES.get(option, option[2:].replace("-", "_"))] is not None


def _axis(cuts: dict[str, Moment | None]) -> str:
    """The one axis that was chosen; an option of the other one would be forgotten, and is refused."""
    chosen = [option for option in _AXES if _given(option, cuts)]
    if len(chosen) != 1:
        also = ", but not both" if chosen else ""
        raise click.UsageError(f"say --from DATE (what happened), or --known-from DATE (hindsight){also}")
    for axis, options in _AXES.items():
        strange = [option for option in options if axis != chosen[0] and _given(option, cuts)]
        if strange:
            raise click.UsageError(f"{strange[0]} belongs to {axis}, not to {chosen[0]}")
    return chosen[0]


def _asked(
    ledger: Ledger, tracks: tuple[str, ...] | None, axis: str, evidence: Evidence, cuts: dict[str, Moment | None]
) -> Diff:
    from diplostate.reports.diff import happened, hindsight

    now = session.present()
    if axis == "--from":
        return happened(
            ledger, tracks, start=cuts["start"], end=cuts["stop"], known_at=cuts["known_at"], evidence=evidence, now=now
        )
    return hindsight(
        ledger,
        tracks,
        known_from=cuts["known_from"],
        known_to=cuts["known_to"],
        as_of=cuts["as_of"],
        evidence=evidence,
        now=now,
    )


COMMANDS = {"diff": diff}

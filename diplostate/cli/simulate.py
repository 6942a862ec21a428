"""The command that simulates futures: ``simulate``."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diplostate import wiring
from diplostate.cli import session
from diplostate.cli.options import LEARN_EVIDENCE, Checked, question_of, question_options
from diplostate.cli.pictures import picture_options, save_pictures
from diplostate.cli.session import Session, command
from diplostate.errors import Fault, Invalid
from diplostate.talks.sources import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplostate.ledger.protocol import Ledger
    from diplostate.simulation.futures import Plan


def _days(text: str) -> int:
    found = re.fullmatch(r"(\d{1,9})([dw]?)", text.strip().casefold(), re.ASCII)
    if found is None:
        raise Invalid([Fault(f"{text!r} is no horizon: write a number of days or weeks, such as 90d or 12w")])
    return int(found[1]) * (7 if found[2] == "w" else 1)


@command(
    "simulate",
    "What may come next: the probability of each phase over time",
    examples="""
diplostate simulate ukr-rus-turkiye --ledger talks.sqlite --horizon 90d --runs 10000 --seed 1
diplostate simulate --ledger seeds --learn-from icews.sqlite --learn-evidence reported --format table
diplostate simulate --ledger talks.sqlite --svg futures.svg --png futures.png
diplostate simulate --ledger talks.sqlite --write futures --write-runs 3""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@question_options
@click.option(
    "--horizon", type=Checked("horizon", _days), default="90d", metavar="DAYS", help="How far: 90d (default), or weeks as 12w"
)
@click.option(
    "--runs", type=click.IntRange(1), metavar="N", default=10_000, help="How many futures of each track (default: 10000)"
)
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", default=1, help="The same seed gives the same futures (default: 1)"
)
@click.option("--processes", type=click.IntRange(1), metavar="N", default=1, help="How many to work with (default: 1)")
@click.option("--learn-from", metavar="URL", help="A ledger that tells how talks go (default: the ledger itself)")
@LEARN_EVIDENCE
@click.option(
    "--write",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write simulated runs as logs, marked as hypothetical, each into a folder of its own",
)
@click.option("--write-runs", type=click.IntRange(1), metavar="N", default=1, help="How many runs to write (default: 1)")
@picture_options
def simulate(
    here: Session,
    tracks: tuple[str, ...],
    learn_from: str | None,
    learn_evidence: Evidence | None,
    write: Path | None,
    write_runs: int,
    processes: int,
    **rest: Any,
) -> None:
    """Simulate what may come: many futures of each track, all of them legal, as such talks went before.

    What follows what, and after how long, is learned from a record, and from each track its own, as it was known on the day of
    --as-of. Without TRACK, all tracks of the ledger. Percentages are shares of the runs: how such talks usually went
    on. Nothing is known of what anyone has decided. Needs the extra simulation.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # workers are to run side by side, not the threads of each
    from diplostate.reports import futures as report
    from diplostate.simulation.futures import planned, simulate

    if write is not None and write_runs > rest["runs"]:
        raise click.UsageError(f"--write-runs {write_runs}: no more than the {rest['runs']} of --runs are simulated")
    pictures = {name: rest.pop(name) for name in ("svg", "png", "overwrite")}
    model: dict[str, Any] = {"horizon_days": rest.pop("horizon"), "runs": rest.pop("runs"), "seed": rest.pop("seed")}
    question = question_of(**{**rest, "known_at": rest["known_at"] or rest["as_of"]}, present=session.present())
    model |= {"as_of": question.now, "known_at": question.known_at, "evidence": question.evidence}

    with ExitStack() as stack:
        ledger = stack.enter_context(here.ledger())
        teacher = stack.enter_context(wiring.open(learn_from, create=False)) if learn_from else ledger
        plan = planned(
            ledger,
            tracks or None,
            learn_from=teacher,
            learn_evidence=learn_evidence,
            watch=partial(_watched, here, "Learning"),
            **model,
        )
        found = simulate(plan, processes=processes, watch=partial(_watched, here, "Simulating"))
        if write is not None:
            _write(here, ledger, plan, write, write_runs, overwrite=pictures["overwrite"])
    if not save_pictures(here, partial(report.chart, found, question), **pictures) and write is None:
        here.show(report.view(found, question))


def _watched(here: Session, doing: str, items: Iterable[Any], total: int) -> Iterable[Any]:
    return here.watched(items, total=total, doing=doing, least=20)


def _write(here: Session, ledger: Ledger, plan: Plan, folder: Path, runs: int, *, overwrite: bool) -> None:
    """Write the first runs, each with the record that it goes on from."""
    from diplostate.ledger.transfer import export_folder
    from diplostate.simulation.futures import branch_of

    names = [start.track for start in plan.starts]
    for run in range(min(runs, plan.runs)):
        home = folder / f"run-{run + 1:04}"
        export_folder(branch_of(ledger, plan, run), names, "jsonl", home, overwrite=overwrite)
        here.say(f"Simulated, no facts: {home} (to read: --ledger hypothetical:{home})")


COMMANDS = {"simulate": simulate}

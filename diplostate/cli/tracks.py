"""The command that lists tracks: ``tracks``."""

from __future__ import annotations

from typing import Any

import click

from diplostate.cli import session
from diplostate.cli.options import question_of, question_options
from diplostate.cli.session import Session, command
from diplostate.reports.render import FORMATS


@command(
    "tracks",
    "The tracks of a ledger, and how they are linked",
    formats=(*FORMATS, "tree", "dot"),
    default="table",
    examples="""
diplostate tracks --ledger seeds
diplostate tracks --ledger seeds --as-of 2025-07-21 --format tree
diplostate tracks --ledger seeds --format dot | dot -Tsvg > tracks.svg""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@question_options
def tracks(here: Session, tracks: tuple[str, ...], **asked: Any) -> None:
    """List tracks: where each stands, how many events are on record, and the last sign of it.

    As a tree, every track stands under those that it prepares, follows or is part of; dot is the same for Graphviz. Without
    TRACK, all tracks of the ledger.
    """
    from diplostate.reports.tracks import tracks as listed
    from diplostate.reports.tracks import view

    question = question_of(**asked, present=session.present())
    with here.ledger() as ledger:
        found = listed(ledger, tracks or None, question)
    here.show(view(found))


COMMANDS = {"tracks": tracks}

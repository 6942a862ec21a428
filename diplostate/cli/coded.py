"""What ``import`` does with coded events, and the options that only they have."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diplostate.cli import session
from diplostate.cli.options import Word
from diplostate.cli.session import Session
from diplostate.ledger.protocol import Ledger
from diplostate.reports.render import View

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

if TYPE_CHECKING:
    from diplostate.codings.bring import Coded

CODINGS = ("icews", "icews-tkg", "gdelt", "mend")
GROUPINGS = ("country", "actor", "process", "conflict")
CODEBOOKS = ("1.1b3", "older", "gdelt")
"""The words of `diplostate.codings`, which is imported only when it is asked for; a test compares them."""


def coding_options(command: F) -> F:
    """The options that only coded events have."""
    for option in (
        click.option(
            "--codebook",
            type=Word(CODEBOOKS),
            help="The CAMEO codebook by which the file is numbered (default: that of the coding)",
        ),
        click.option(
            "--by", type=Word(GROUPINGS), help="How coded rows become tracks (default: country; MEND: process, or conflict)"
        ),
        click.option("--coding", type=Word(CODINGS), help="The files hold coded events of this kind, plain, .gz or .zip"),
    ):
        command = option(command)
    return command


def read(here: Session, files: tuple[Path, ...], coding: str, by: str | None, codebook: str | None) -> Coded:
    """Read coded events, with progress."""
    from diplostate.codings.bring import read_coded

    return read_coded(coding, files, by=by, codebook=codebook, watch=lambda rows: _counted(here, rows))


def bring(ledger: Ledger, coded: Coded, dry_run: bool) -> View:
    """Import them, and tell what came of it."""
    from diplostate.codings.bring import import_coded
    from diplostate.reports.coded import view

    return view(import_coded(ledger, coded, today=session.present().date(), dry_run=dry_run), dry_run=dry_run)


def _counted(here: Session, rows: Iterable[T]) -> Iterator[T]:
    """The rows, counted on stderr where somebody watches."""
    if here.quiet or not sys.stderr.isatty():
        yield from rows
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("Reading coded events: {task.completed:,} kept"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        for row in rows:
            progress.advance(task)
            yield row

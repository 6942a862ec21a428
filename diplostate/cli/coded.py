"""What ``import`` does with coded events, and the options that only they have."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from diplostate.cli.options import Word
from diplostate.cli.session import Session, present
from diplostate.ledger.protocol import Ledger
from diplostate.reports.render import View

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

CODINGS = ("icews", "icews-tkg")
GROUPINGS = ("country", "actor")
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
        click.option("--by", type=Word(GROUPINGS), help="How coded rows become tracks (default: country)"),
        click.option("--coding", type=Word(CODINGS), help="The files hold coded events of this kind, plain, .gz or .zip"),
    ):
        command = option(command)
    return command


def bring(
    here: Session, ledger: Ledger, files: Iterable[Path], dry_run: bool, coding: str, by: str | None, codebook: str | None
) -> View:
    """Import coded events, and tell what came of it."""
    from diplostate.codings.bring import import_coded
    from diplostate.reports import coded

    found = import_coded(
        ledger, coding, tuple(files), today=present().date(), by=by, codebook=codebook, dry_run=dry_run,
        watch=lambda rows: _counted(here, rows),
    )  # fmt: skip
    return coded.view(found, dry_run=dry_run)


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

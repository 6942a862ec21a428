"""How commands draw: the options for pictures, and the files that they go into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diplostate.cli import screen
from diplostate.cli.session import Session

if TYPE_CHECKING:
    from diplostate.reports.chart import Chart

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


def picture_options(command: F) -> F:
    """The options of every command that draws."""
    for option in (
        click.option("--overwrite", is_flag=True, help="Replace files that are there"),
        click.option(
            "--png", type=_FILE, metavar="FILE", help="Draw it as PNG into a file (- for stdout); needs the extra png"
        ),
        click.option("--svg", type=_FILE, metavar="FILE", help="Draw it as SVG into a file (- for stdout)"),
    ):
        command = option(command)
    return command


def save_pictures(here: Session, chart: Callable[[], Chart], *, svg: Path | None, png: Path | None, overwrite: bool) -> bool:
    """Draw a chart into the files that are named; whether there were any."""
    from diplostate.reports import chart as drawing

    if svg is not None:
        save(here, svg, drawing.svg(chart()).encode(), overwrite=overwrite)
    if png is not None:
        save(here, png, drawing.png(chart()), overwrite=overwrite)
    return svg is not None or png is not None


def save(here: Session, file: Path, content: bytes, *, overwrite: bool) -> None:
    """Write a picture into a file, or to stdout."""
    if str(file) == "-":
        screen.write_bytes([content])
    else:
        from diplostate.ledger.whole_file import write_file

        write_file(file, [content], overwrite=overwrite)
        here.say(f"Drawn: {file}")

"""Where reports come out: plain text into pipes and files, colour on a terminal, quiet when the reader has gone."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import IO

import click

from diplostate.reports.render import Span, View, render, styled

STYLES = {
    "heading": "bold",
    "label": "cyan",
    "dim": "dim",
    "effect": "bold blue",
    "official": "green",
    "reported": "yellow",
    "warning": "bold red",
    "phase.IDLE": "bold",
    "phase.PENDING": "bold yellow",
    "phase.ACCEPTED": "bold green",
    "phase.DECLINED": "bold red",
    "phase.SCHEDULED": "bold cyan",
    "phase.HELD": "bold green",
    "phase.STALLED": "bold red",
    "phase.CONCLUDED": "bold blue",
}
"""The styles of reports on a terminal. None of them says anything that the words do not say too."""


def prepare() -> None:
    """UTF-8 and plain line ends whatever the locale and the system; what cannot be written is spelled out."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def show(view: View, format: str, *, colour: bool = True) -> None:
    """Write a report to stdout, fitted and coloured where that is a terminal."""
    width = shutil.get_terminal_size().columns
    lines = styled(view, format, width=width) if sys.stdout.isatty() else None
    if lines is None:
        write([render(view, format, width=width)])
    else:
        show_lines(lines, colour=colour)


def show_lines(lines: Iterable[Sequence[Span]], *, colour: bool = True) -> None:
    """Write lines of styled pieces to stdout, coloured where that is a terminal."""
    if colour and has_colour() and sys.stdout.isatty():
        _paint(lines)
    else:
        write("".join(span.text for span in line).rstrip() + "\n" for line in lines)


def has_colour() -> bool:
    """Whether nothing in the environment speaks against colour (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _paint(lines: Iterable[Sequence[Span]]) -> None:
    from rich.console import Console
    from rich.text import Text

    text = Text("\n").join(Text.assemble(*((span.text, STYLES.get(span.style, "")) for span in line)) for line in lines)
    try:
        Console(highlight=False, soft_wrap=True).print(text)
    except BrokenPipeError:
        _reader_gone(sys.stdout)


def write(pieces: Iterable[str]) -> None:
    """Write text to stdout; where its reader has gone, end quietly: it had what it wanted."""
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        _reader_gone(sys.stdout)


def write_bytes(pieces: Iterable[bytes]) -> None:
    """Write what is no text to stdout."""
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        _reader_gone(sys.stdout)


def _reader_gone(stream: IO[str]) -> None:
    # Python flushes stdout once more when it ends, which would fail again: let it flush into nothing.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise click.exceptions.Exit(0)

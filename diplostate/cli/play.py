"""The command that walks a ledger: ``play``, event after event, at once or as a demonstration in the terminal."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from datetime import time as clock
from typing import TYPE_CHECKING, Any

import click

from diplostate.cli import screen
from diplostate.cli.keys import Wait, keys
from diplostate.cli.options import CUT, EVIDENCE, Checked, Word
from diplostate.cli.session import Session, command
from diplostate.errors import Fault, Invalid
from diplostate.talks.dates import Moment

if TYPE_CHECKING:
    from diplostate.reports.played import Lines

_SECONDS = {"h": 3_600, "d": 86_400, "w": 604_800}
_HELP = "space: pause or go on; n or →: next; +, -: faster, slower; q: end"


def _speed(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([hdw])/s", text)
    if match is None or not float(match[1]):
        raise Invalid([Fault(f"{text!r} is no speed: write 1d/s for a day in a second, or h or w for hours or weeks")])
    return float(match[1]) * _SECONDS[match[2]]


@command(
    "play",
    "Walk the record, event after event",
    formats=("plain", "json"),
    examples="""
diplostate play --ledger seeds
diplostate play ukr-rus-turkiye --start 2025-07-21 --ledger seeds
diplostate play --speed 1d/s --ledger seeds
diplostate play --axis known --ledger talks.sqlite --format json""",
)
@click.argument("tracks", nargs=-1, metavar="[TRACK]...")
@click.option("--start", type=CUT, metavar="DATE", help="From this day on; what came before counts, but is not told")
@click.option("--end", type=CUT, metavar="DATE", help="Up to this day")
@click.option(
    "--axis", type=Word(("happened", "known")), default="happened", help="Follow what happened (default), or what was known"
)
@click.option("--evidence", type=EVIDENCE, default="official", help="official (default), reported, or a grade such as B2")
@click.option(
    "--speed", type=Checked("speed", _speed), metavar="N[h|d|w]/s", help="In a terminal: so much virtual time in a second"
)
@click.option("--step", is_flag=True, help="In a terminal: wait for a key before each event")
def play(here: Session, tracks: tuple[str, ...], speed: float | None, step: bool, **asked: Any) -> None:
    """Walk a ledger over all its tracks (or some): each event as it comes, and what it did to the status of its track.

    With --format json, a line of JSON for each event. With --speed or --step, a demonstration in the terminal, which keys
    steer: space pauses and goes on, n or → goes to the next event, + and - change the speed, q ends. Elsewhere all is told at
    once.
    """
    from diplostate.reports.played import line, told
    from diplostate.simulation.play import play as walk

    with here.ledger() as ledger:
        steps = walk(ledger, tracks=tracks or None, **asked)
        if here.format == "json":
            screen.write(map(line, steps))
            return
        story = told(steps, tracks or ledger.tracks(), width=shutil.get_terminal_size().columns)
        if (speed or step) and sys.stdin.isatty() and sys.stdout.isatty():
            with keys() as wait:
                here.say(_HELP)
                _show(here, story, _Pace(wait, speed or _SECONDS["d"], paused=step))
        else:
            _show(here, story)


class _Pace:
    """How long to wait between two moments, and what the keys say about it."""

    def __init__(self, wait: Wait, speed: float, *, paused: bool) -> None:
        self._wait, self._speed, self._paused = wait, speed, paused
        self._now: datetime | None = None

    def reach(self, moment: Moment) -> bool:
        """Wait until it is time for a moment; False where it is time to end."""
        now = moment if isinstance(moment, datetime) else datetime.combine(moment, clock(), UTC)
        left = 0.0 if self._now is None else (now - self._now).total_seconds()
        self._now = now
        while left > 0 or self._paused:
            began = time.monotonic()
            key = self._wait(None if self._paused else left / self._speed)
            left -= 0 if self._paused else (time.monotonic() - began) * self._speed
            if key in ("q", "Q", "\x04"):
                return False
            if key in ("n", "\r", "\n", "\x1b[C", "\x1bOC"):
                return True
            self._steer(key)
        return True

    def _steer(self, key: str) -> None:
        if key == " ":
            self._paused = not self._paused
        elif key in ("+", "-"):
            self._speed *= 2 if key == "+" else 0.5


def _show(here: Session, story: Iterable[tuple[Moment, Lines]], pace: _Pace | None = None) -> None:
    for moment, lines in story:
        if pace is not None and not pace.reach(moment):
            return
        screen.show_lines(lines, colour=here.colour)


COMMANDS = {"play": play}

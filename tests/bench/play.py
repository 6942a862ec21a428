"""Walking a whole ledger: a SQLite file whose tracks lie one behind the other, or side by side, beside merely reading it.

``python -m tests.bench.play 1000000`` says how many events; for each walk, how much the memory of the process has grown.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import attrs

from diplostate.ledger.protocol import Ledger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.simulation.play import play
from diplostate.talks.events import Event
from tests.bench.common import events, measure

_TRACKS = 200
_BATCH = 5_000


def _dated(count: int, *, is_grouped: bool) -> Iterator[Event]:
    """Rounds of talks on many tracks, a new step every day: side by side, or one track behind the other."""
    steps, start = events(_TRACKS * 5, tracks=_TRACKS), date(1990, 1, 1)
    length = count // _TRACKS
    for number in range(length * _TRACKS):
        track, day = divmod(number, length) if is_grouped else divmod(number, _TRACKS)[::-1]
        yield attrs.evolve(steps[day % 5 * _TRACKS + track], occurred=start + timedelta(days=day))


def _filled(path: Path, record: Iterator[Event]) -> SqliteLedger:
    ledger = SqliteLedger(path, synchronous="normal")
    while batch := list(islice(record, _BATCH)):
        ledger.append(batch, strict=False)
    return ledger


def _memory() -> int:
    """The most that the process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _walk(ledger: Ledger, **options: str) -> Callable[[], int]:
    def run() -> int:
        before = _memory()
        count = sum(1 for _ in play(ledger, **options))
        print(f"  {count:,} events, {options or ''} memory {before} → {_memory()} MiB")
        return count

    return run


def main(count: int) -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            _filled(folder / "mixed.sqlite", _dated(count, is_grouped=False)) as mixed,
            _filled(folder / "grouped.sqlite", _dated(count, is_grouped=True)) as grouped,
        ):
            runs = {
                "read": lambda: sum(1 for _ in mixed.read()),
                "play, tracks side by side": _walk(mixed),
                "play, one behind the other": _walk(grouped),
                "play, as it was known": _walk(grouped, axis="known"),
            }
            measure(f"{count:,} events on {_TRACKS} tracks", runs, rounds=1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

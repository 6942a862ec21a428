"""The statuses of all tracks from a SQLite file, and that of one track among few and among very many events."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from diplostate.ledger.ask import status, statuses
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.talks.events import Event
from tests.bench.common import events, fill, measure
from tests.bench.fold import TABLE

TRACKS, LENGTH = 5_000, 20
FEW, MANY, AT_A_TIME = 10_000, 1_000_000, 500
PAST = date(2100, 1, 1)
"""A cut that leaves everything in, and all the same keeps the projections from answering."""


def _from_projections(ledger: SqliteLedger) -> int:
    for _, found in statuses(ledger):
        assert found.phase == "HELD"
    return TRACKS * LENGTH


def _folded(ledger: SqliteLedger) -> int:
    for _, found in statuses(ledger, known_at=PAST):
        assert found.phase == "HELD"
    return TRACKS * LENGTH


def _light(path: Path, record: Sequence[Event]) -> None:
    """A table of what a bare fold needs, and of nothing else, in the order in which it is read."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE e (track TEXT, version INTEGER, symbol TEXT, day TEXT, party TEXT, other TEXT)")
    rows = ((e.track, index, e.symbol, e.day.isoformat(), getattr(e, "by", None), None) for index, e in enumerate(record))
    connection.executemany("INSERT INTO e VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("CREATE INDEX light ON e (track, version, symbol, day, party, other)")
    connection.commit()
    connection.close()


def _bare(path: Path) -> int:
    """Tuples through a covering index, and a loop by hand over them."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT track, symbol, day, party FROM e ORDER BY track, version")
    count = _loop(
        (track, ((symbol, day, by) for _, symbol, day, by in stream)) for track, stream in groupby(rows, itemgetter(0))
    )
    connection.close()
    return count


def _documents(path: Path) -> int:
    """The texts that the ledger keeps, each read with the standard library, and the same loop."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT track, body FROM events ORDER BY track, version")
    count = _loop((track, (_said(text) for _, text in stream)) for track, stream in groupby(rows, itemgetter(0)))
    connection.close()
    return count


def _said(text: str) -> tuple[str, str, str | None]:
    said = json.loads(text)
    return said.get("answer", said["kind"]), said["occurred"], said.get("by")


def _loop(tracks: Iterable[tuple[str, Iterable[tuple[str, str, str | None]]]]) -> int:
    """Phase, since when, and who spoke last."""
    count = 0
    for _, stream in tracks:
        phase, since, spoke = "IDLE", None, None
        for symbol, day, by in stream:
            after = TABLE.get((phase, symbol), phase)
            if after != phase:
                phase, since = after, day
            spoke = by or spoke
            count += 1
        assert (phase, since is None, spoke is None) == ("HELD", False, False)
    return count


def _one(ledger: SqliteLedger, tracks: Sequence[str]) -> int:
    for track in tracks:
        assert status(ledger, track).phase == "HELD"
    return len(tracks)


def _one_folded(ledger: SqliteLedger, tracks: Sequence[str]) -> int:
    for track in tracks:
        assert status(ledger, track, known_at=PAST).phase == "HELD"
    return len(tracks)


def _all(folder: Path) -> None:
    with fill(folder / "all.sqlite", events(TRACKS * LENGTH, tracks=TRACKS)) as ledger:
        _light(folder / "light.db", list(ledger.read()))
        runs: dict[str, Callable[[], int]] = {
            "light tuples, a loop by hand": partial(_bare, folder / "light.db"),
            "the stored texts, json, a loop by hand": partial(_documents, folder / "all.sqlite"),
            "diplostate, folded as known at a past day": partial(_folded, ledger),
            "diplostate, from the projections": partial(_from_projections, ledger),
        }
        measure(f"statuses of all tracks, {TRACKS:,} tracks of {LENGTH} events", runs, rounds=5)


def _single(folder: Path) -> None:
    runs: dict[str, Callable[[], int]] = {}
    with ExitStack() as stack:
        for count in (FEW, MANY):
            ledger, tracks = stack.enter_context(fill(folder / f"{count}.sqlite", ())), count // LENGTH
            for first in range(0, tracks, AT_A_TIME):  # as many events as there are do not fit into memory everywhere
                ledger.append(events(AT_A_TIME * LENGTH, tracks=AT_A_TIME, first=first))
            asked = [f"track-{index * 7919 % tracks}" for index in range(500)]
            runs[f"status of one track among {count:,} events"] = partial(_one, ledger, asked)
            runs[f"the same, folded, among {count:,} events"] = partial(_one_folded, ledger, asked)
        measure("status of one track, statuses per second", runs, rounds=9)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        _all(Path(name))
        _single(Path(name))


if __name__ == "__main__":
    main()

"""Appending: one event at a time and a thousand at a time, to disk, beside raw SQLite and the library ``eventsourcing``."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from diplostate.ledger.codec import body, to_dict
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.talks.events import Event
from tests.bench.common import events, measure

_numbers = count()


class Track(Aggregate):
    """A track as ``eventsourcing`` would have it: an aggregate with its status."""

    def __init__(self) -> None:
        self.phase = "IDLE"

    @event("Said")
    def say(self, said: dict[str, Any]) -> None:
        """Take note of an event."""
        self.phase = said["kind"]


def _raw(folder: Path, batches: Sequence[Sequence[Event]], synchronous: str) -> Callable[[], int]:
    """What SQLite itself takes: ready texts, a unique version for each track, nothing else."""
    texts = [[(event.track, body(event)) for event in batch] for batch in batches]

    def run() -> int:
        connection = sqlite3.connect(folder / f"{next(_numbers)}.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(
            "CREATE TABLE e (p INTEGER PRIMARY KEY, track TEXT, version INTEGER, body TEXT, UNIQUE (track, version))"
        )
        versions: dict[str, int] = {}
        for batch in texts:
            rows = []
            for track, text in batch:
                versions[track] = versions.get(track, 0) + 1
                rows.append((track, versions[track], text))
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO e (track, version, body) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
        connection.close()
        return sum(map(len, batches))

    return run


def _ours(make: Callable[[], Ledger], batches: Sequence[Sequence[Event]]) -> Callable[[], int]:
    def run() -> int:
        with make() as ledger:
            for batch in batches:
                ledger.append(batch)
        return sum(map(len, batches))

    return run


def _peer(folder: Path, batches: Sequence[Sequence[Event]]) -> Callable[[], int]:
    """The same events as those of aggregates, saved together."""
    said = [[(event.track, to_dict(event)) for event in batch] for batch in batches]

    def run() -> int:
        app: Application[Any] = Application(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / f"{next(_numbers)}.es")}
        )
        tracks: dict[str, Track] = {}
        for batch in said:
            touched = {}
            for name, data in batch:
                if name not in tracks:
                    tracks[name] = Track()
                touched[name] = tracks[name]
                tracks[name].say(data)
            app.save(*touched.values())
        app.close()
        return sum(map(len, batches))

    return run


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def sqlite(synchronous: str = "full") -> Ledger:
            return SqliteLedger(folder / f"{next(_numbers)}.sqlite", synchronous=synchronous)

        for size, total, rounds in ((1, 1_000, 7), (1_000, 20_000, 5)):
            record = events(total, tracks=50)
            batches = [record[start : start + size] for start in range(0, total, size)]
            runs = {
                "raw sqlite3, synchronous=FULL": _raw(folder, batches, "FULL"),
                "diplostate, SQLite, synchronous=FULL": _ours(sqlite, batches),
                "eventsourcing, SQLite": _peer(folder, batches),
                "raw sqlite3, synchronous=NORMAL": _raw(folder, batches, "NORMAL"),
                "diplostate, SQLite, synchronous=NORMAL": _ours(lambda: sqlite("normal"), batches),
                "diplostate, memory": _ours(MemoryLedger, batches),
            }
            measure(f"append, {size} at a time, 50 tracks", runs, rounds=rounds)


if __name__ == "__main__":
    main()

"""A folder of log files, or one of them, as a ledger that can be read: nothing to set up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from diplostate.errors import Fault, InvalidLog, LedgerError
from diplostate.ledger.logfile import read_log
from diplostate.ledger.memory import MemoryLedger
from diplostate.talks.events import Event

SUFFIXES = (".yaml", ".yml", ".jsonl")
"""The endings of log files; what ends otherwise is left alone."""


def open_logs(path: str | Path, *, hypothetical: bool = False) -> MemoryLedger:
    """The ledger that a log file, or a folder of them, holds now; it can only be read.

    Tracks come in the order of the file names, and positions count on from 1 in that order. Raises `InvalidLog` with the
    faults of all files, also where two of them hold the same track or id, and `LedgerError` where there is nothing to read.
    ``hypothetical`` takes events that are marked so.
    """
    place = Path(path)
    return MemoryLedger(
        _record(_files(place), hypothetical),
        url=str(place.absolute()),
        read_only=f"{place} is made of log files, which diplostate only reads: add to them by hand, "
        f"or bring them into a ledger that can be written (diplostate import {place} --ledger talks.sqlite)",
    )


def _files(place: Path) -> list[Path]:
    if not place.exists():
        raise LedgerError(f"nothing at {str(place)!r}: check the path")
    if not place.is_dir():
        return [place]
    files = sorted(file for file in place.iterdir() if file.suffix in SUFFIXES and not file.name.startswith("."))
    if not files:
        raise LedgerError(f"no log files in {str(place)!r}: they end in {', '.join(SUFFIXES)}")
    return files


def _record(files: Iterable[Path], hypothetical: bool) -> list[Event]:
    record: list[Event] = []
    faults: list[Fault] = []
    tracks: dict[str, Path] = {}
    ids: dict[str, Path] = {}
    for file in files:
        try:
            events = read_log(file, hypothetical=hypothetical).events
        except InvalidLog as error:
            faults += error.faults
            continue
        faults += _met_twice(file, "track", {event.track for event in events}, tracks)
        faults += _met_twice(file, "id", {event.id or "" for event in events}, ids)
        record += events
    if faults:
        raise InvalidLog(faults)
    return record


def _met_twice(file: Path, what: str, names: set[str], where: dict[str, Path]) -> Iterator[Fault]:
    """The faults of names that an earlier file has too; the others are noted down."""
    for name in sorted(names):
        first = where.setdefault(name, file)
        if first != file:
            yield Fault(f"{what} {name!r} is in {first.name} already: each belongs into one file", file=str(file))

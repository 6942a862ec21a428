"""A ledger in one SQLite file: the embedded default."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from diplostate.errors import EventNotFound, LedgerBusy, LedgerError, ReadOnly
from diplostate.ledger import pages
from diplostate.ledger.appending import Admission, Batch, Clock, Last, NewId, State, admit, system_clock, track_not_found
from diplostate.ledger.branch import Branch
from diplostate.ledger.ids import uuid7
from diplostate.ledger.pages import FIRST_POSITION, LARGE_PAGE, LAST_POSITION, PAGE, event_of
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.protocol import At, Projector
from diplostate.ledger.sealing import GENESIS, History, Row, chained, verify
from diplostate.ledger.sqlite_file import Schema, SqliteFile
from diplostate.ledger.subscription import Subscription
from diplostate.ledger.whole_file import make_file
from diplostate.talks.events import Event

_EVENTS = """
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    track TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    clock TEXT, -- the latest time that the clock of an append gave up to here
    body TEXT NOT NULL, -- canonical JSON of all but version and position
    content_hash TEXT NOT NULL DEFAULT '', -- SHA-256 of the body
    chain TEXT NOT NULL DEFAULT '', -- binds the event to all before it; the defaults are there for migration alone
    UNIQUE (track, version)
)"""
_BEGUN = "CREATE INDEX events_begun ON events (position, track) WHERE version = 1"
# REPLACE deletes what is in its way without asking a trigger that guards deletions, so nothing may be in its way.
_ONLY_NEXT = """
CREATE TRIGGER events_only_next BEFORE INSERT ON events BEGIN
    SELECT RAISE (ABORT, 'events are only appended: this is not the next position')
    WHERE NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events);
    SELECT RAISE (ABORT, 'events are only appended: this is not the next version of its track')
    WHERE NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM events WHERE track = NEW.track);
    SELECT RAISE (ABORT, 'events are only appended: this id is taken')
    WHERE EXISTS (SELECT 1 FROM events WHERE id = NEW.id);
    SELECT RAISE (ABORT, 'events are only appended: this one is not chained, upgrade diplostate')
    WHERE length(NEW.content_hash) <> 64 OR length(NEW.chain) <> 64;
END"""
_NO_UPDATE = """
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN
    SELECT RAISE (ABORT, 'events never change: append a correction');
END"""
_NO_DELETE = """
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN
    SELECT RAISE (ABORT, 'events are never removed: append a retraction');
END"""
_PROJECTIONS = """
CREATE TABLE projections (
    track TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    fingerprint TEXT NOT NULL DEFAULT '' -- of what made it; beside another one it is stale
)"""

_ALL_ROWS = """
SELECT position, id, track, version, body, content_hash, chain FROM events WHERE position >= ? ORDER BY position LIMIT ?"""


def _as_kept(connection: sqlite3.Connection, start: int) -> list[Row]:
    """A page of rows, whatever stands in them: bytes that are no text are left as bytes, for they are to be found."""
    if start > LAST_POSITION:
        return []
    connection.text_factory = _text_if_it_is
    try:
        return [Row(*row) for row in connection.execute(_ALL_ROWS, (start, LARGE_PAGE))]
    finally:
        connection.text_factory = str


def _text_if_it_is(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _chain_all(connection: sqlite3.Connection) -> None:
    """Fill in the hashes of all events, page by page."""
    previous, start = GENESIS, FIRST_POSITION
    while page := _as_kept(connection, start):
        # A body that is no text is damaged; it must not keep the ledger from being opened, and verifying it will find it.
        stored = ((row.position, row.event_id, row.track, row.version, str(row.body)) for row in page)
        rows = list(chained(stored, previous=previous))
        hashes = [(row.content_hash, row.chain, row.position) for row in rows]
        connection.executemany("UPDATE events SET content_hash = ?, chain = ? WHERE position = ?", hashes)
        previous, start = rows[-1].chain, rows[-1].position + 1


SCHEMA = Schema(
    application_id=int.from_bytes(b"dpls"),
    version=3,
    statements=(_EVENTS, _BEGUN, _ONLY_NEXT, _NO_UPDATE, _NO_DELETE, _PROJECTIONS),
    migrations={
        # Version 1 did not say what made its projections: they are all stale.
        1: ("ALTER TABLE projections ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''",),
        # Version 2 did not chain its events. What another process of that version still appends is refused from here on.
        2: (
            "DROP TRIGGER IF EXISTS events_no_update",
            "DROP TRIGGER IF EXISTS events_only_next",
            "ALTER TABLE events ADD COLUMN content_hash TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE events ADD COLUMN chain TEXT NOT NULL DEFAULT ''",
            _chain_all,
            _ONLY_NEXT,
            _NO_UPDATE,
        ),
    },
)


class SqliteLedger:
    """A ledger in a file, in WAL mode; safe from several threads and processes, and after a fork.

    With ``create`` a missing file is made. ``synchronous`` is ``full`` (what was appended outlives a power cut) or ``normal``
    (faster, but the last events may be lost then; for simulations). ``busy_seconds`` is how long to wait for other writers.
    A projection that another fold made is made anew when it is next needed. Raises `LedgerError`.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        create: bool = True,
        synchronous: str = "full",
        busy_seconds: float = 10,
        clock: Clock = system_clock,
        new_id: NewId = uuid7,
        projector: Projector | None = None,
    ) -> None:
        if synchronous not in ("full", "normal"):
            raise LedgerError(f"{synchronous!r} is no way to write to disk: synchronous is 'full' or 'normal'")
        self._clock, self._new_id, self._synchronous = clock, new_id, synchronous
        self._projector = StatusProjector() if projector is None else projector
        self._file = SqliteFile(Path(path), SCHEMA, create=create, synchronous=synchronous, busy_seconds=busy_seconds)

    @property
    def url(self) -> str:
        """What `diplostate.open` takes to open it again."""
        return f"sqlite:{self._file.path}{'?synchronous=normal' if self._synchronous == 'normal' else ''}"

    def append(
        self, events: Sequence[Event], *, expected_version: Mapping[str, int] | None = None, strict: bool = True
    ) -> tuple[Event, ...]:
        """See `diplostate.ledger.protocol.Ledger`."""
        batch = Batch.of(events, self._new_id)

        def work(connection: sqlite3.Connection) -> tuple[Event, ...]:
            transaction = _Transaction(connection, self._projector.fingerprint)
            admission = admit(
                batch, transaction, self._projector, clock=self._clock, expected_version=expected_version, strict=strict
            )
            transaction.write(admission)
            return admission.stored

        return self._file.write(work) if batch.events else ()

    def tracks(self) -> tuple[str, ...]:
        """The ids of all tracks, in the order in which they were begun."""
        return tuple(track for (track,) in self._rows("SELECT track FROM events WHERE version = 1 ORDER BY position"))

    def version(self, track: str) -> int:
        """The number of events in a track; 0 where there is none."""
        return self._one("SELECT coalesce(max(version), 0) FROM events WHERE track = ?", _name(track))

    @property
    def head(self) -> int:
        """The position of the last event."""
        return self._one("SELECT coalesce(max(position), 0) FROM events")

    def events(self, track: str) -> Iterator[Event]:
        """The events of one track, in the order of the record; raises `TrackNotFound`."""
        if not self.version(track):
            raise track_not_found(track, self.tracks())
        return pages.events(self._rows, _OF_TRACK, track)

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """The events of all tracks behind a position, in order, in pages of short transactions."""
        return pages.events(self._rows, _OF_ALL, after=min(after, LAST_POSITION), limit=limit)

    def subscribe(self, *, after: int = 0) -> Subscription:
        """See `diplostate.ledger.protocol.Ledger`; what other processes append is seen within some hundredths of a second."""
        return Subscription(self, after=after, bell=self._file.bell)

    def branch(self, *, at: At = None, axis: str = "happened") -> Branch:
        """See `diplostate.ledger.protocol.Ledger`."""
        return Branch(self, at=at, axis=axis)

    def rows(self, after: int = 0) -> Iterator[Row]:
        """See `diplostate.ledger.protocol.Sealable`."""
        # From the start means also what somebody put in front of it.
        start = after + 1 if after > 0 else FIRST_POSITION
        while page := self._file.read(functools.partial(_as_kept, start=start)):
            yield from page
            start = page[-1].position + 1

    def event(self, event_id: str) -> Event:
        """One event; raises `EventNotFound`."""
        rows = self._rows("SELECT position, version, body FROM events WHERE id = ?", _name(event_id))
        if not rows:
            raise EventNotFound(event_id)
        return event_of(*rows[0])

    def projections(self, tracks: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
        """Each track (None: all, in pages of short transactions) with its projection; raises `TrackNotFound`."""
        if tracks is None:
            sql = f"{_PROJECTED} AND e.position > ? ORDER BY e.position LIMIT {PAGE}"
            return pages.projections(lambda after: self._rows(sql, self._projector.fingerprint, after), self._renew)
        sql = f"{_PROJECTED} AND e.track = ?"
        found = [(track, self._rows(sql, self._projector.fingerprint, _name(track))) for track in tracks]
        for track, rows in found:
            if not rows:
                raise track_not_found(track, self.tracks())
        return pages.renewed([row for _, rows in found for row in rows], self._renew)

    def _renew(self, tracks: Sequence[str]) -> Mapping[str, str]:
        """Make the projections of these tracks anew, and keep them where the ledger can be written now."""

        def project(connection: sqlite3.Connection) -> Mapping[str, str]:
            history = _Transaction(connection, self._projector.fingerprint).history
            return {track: self._projector.project(history(track)) for track in tracks}

        def renew(connection: sqlite3.Connection) -> Mapping[str, str]:
            projections = project(connection)
            _Transaction(connection, self._projector.fingerprint).keep(projections)
            return projections

        try:
            return self._file.write(renew)
        except (ReadOnly, LedgerBusy):
            return self._file.read(project)

    def rebuild(self) -> int:
        """Make the projections of all tracks anew, in transactions of some tracks each; how many tracks there are."""
        return pages.renew_all(self.tracks(), self._renew)

    def backup(self, file: str | Path, *, overwrite: bool = False) -> History:
        """See `diplostate.ledger.protocol.Backed`."""

        def make(part: Path) -> History:
            self._file.copy_to(part)
            with SqliteLedger(part, create=False) as copy:
                problems = [f"{name}: {said}" for name, is_sound, said in copy.examine() if not is_sound]
                if problems:
                    raise LedgerError(f"{self._file.path} is damaged, no backup was made ({'; '.join(problems)})")
                return verify(copy.rows())

        _refuse_in_use(place := Path(file))
        return make_file(place, make, overwrite=overwrite)

    def examine(self) -> Iterator[tuple[str, bool, str]]:
        """See `diplostate.ledger.protocol.Examined`."""
        ((version,),) = self._rows("PRAGMA user_version")
        yield "schema", version == SCHEMA.version, f"version {version}"
        problems = [problem for (problem,) in self._rows("PRAGMA integrity_check(5)") if problem != "ok"]
        yield "integrity", not problems, "; ".join(problems) or "SQLite finds nothing wrong with the file"
        triggers = {sql for (sql,) in self._rows("SELECT sql FROM sqlite_master WHERE type = 'trigger'")}
        missing = [sql.split()[2] for sql in (_ONLY_NEXT, _NO_UPDATE, _NO_DELETE) if sql.strip() not in triggers]
        said = f"{', '.join(missing)} missing or changed: events could be altered" if missing else "events can only be appended"
        yield "guards", not missing, said

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it; closing twice does no harm."""
        self._file.close()

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return self._file.read(lambda connection: connection.execute(sql, values).fetchall())

    def _one(self, sql: str, *values: object) -> int:
        ((value,),) = self._rows(sql, *values)
        return int(value)


def _refuse_in_use(file: Path) -> None:
    """What was left beside a ledger would be taken for a part of the one that comes in its place."""
    for beside in (Path(f"{file}-wal"), Path(f"{file}-journal")):
        if beside.exists():
            raise LedgerError(f"{file} is in use, or was left in the middle of something ({beside.name}): choose another name")


_OF_TRACK = "SELECT position, version, body, version FROM events WHERE track = ? AND version > ? ORDER BY version LIMIT ?"
_OF_ALL = "SELECT position, version, body, position FROM events WHERE position > ? ORDER BY position LIMIT ?"
_PROJECTED = """
SELECT e.position, e.track, p.text FROM events e LEFT JOIN projections p ON p.track = e.track AND p.fingerprint = ?
WHERE e.version = 1"""
_STATE = """
SELECT (SELECT max(version) FROM events WHERE track = ?),
       (SELECT text FROM projections WHERE track = ? AND fingerprint = ?)"""
_BY_ID = "SELECT id, position, version, body FROM events WHERE id"
_AT_A_TIME = 500
"""Values in one statement; older versions of SQLite take 999."""


@attrs.frozen
class _Transaction:
    """What an append asks and writes while it holds the lock."""

    connection: sqlite3.Connection
    fingerprint: str

    def find(self, ids: Sequence[str]) -> Mapping[str, Event]:
        found: dict[str, Event] = {}
        for start in range(0, len(ids), _AT_A_TIME):
            some = [_name(event_id) for event_id in ids[start : start + _AT_A_TIME]]
            sql = f"{_BY_ID} IN ({', '.join('?' * len(some))})"
            found.update((event_id, event_of(*row)) for event_id, *row in self.connection.execute(sql, some))
        return found

    def last(self) -> Last:
        row = self.connection.execute("SELECT position, clock, chain FROM events ORDER BY position DESC LIMIT 1").fetchone()
        position, clock, chain = row or (0, None, GENESIS)
        return position, None if clock is None else datetime.fromisoformat(clock), chain

    def state(self, track: str) -> State:
        name = _name(track)
        version, projection = self.connection.execute(_STATE, (name, name, self.fingerprint)).fetchone()
        return version or 0, projection

    def history(self, track: str) -> Sequence[Event]:
        sql = "SELECT position, version, body FROM events WHERE track = ? ORDER BY version"
        return [event_of(*row) for row in self.connection.execute(sql, (_name(track),))]

    def write(self, admission: Admission) -> None:
        clock = None if admission.clock is None else admission.clock.isoformat()
        self.connection.executemany(
            "INSERT INTO events (position, id, track, version, body, content_hash, chain, clock)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row, clock) for row in admission.rows()],
        )
        self.keep(admission.projections)

    def keep(self, projections: Mapping[str, str]) -> None:
        self.connection.executemany(
            "INSERT INTO projections (track, text, fingerprint) VALUES (?, ?, ?)"
            " ON CONFLICT (track) DO UPDATE SET text = excluded.text, fingerprint = excluded.fingerprint",
            [(track, text, self.fingerprint) for track, text in projections.items()],
        )


def _name(name: str) -> str:
    """A track or an id to ask for; those that are stored are ASCII, and half a character cannot even be asked for."""
    return name if name.isascii() else ""

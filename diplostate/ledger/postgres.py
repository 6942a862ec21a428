"""A ledger in a PostgreSQL database: for several machines, and for many writers at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self

import attrs

from diplostate.errors import EventNotFound, LedgerBusy, MissingExtra, ReadOnly
from diplostate.ledger import pages
from diplostate.ledger.appending import Admission, Batch, Clock, Last, NewId, State, admit, system_clock, track_not_found
from diplostate.ledger.branch import Branch
from diplostate.ledger.ids import uuid7
from diplostate.ledger.pages import FIRST_POSITION, LARGE_PAGE, LAST_POSITION, PAGE, event_of
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.protocol import At, Projector
from diplostate.ledger.sealing import GENESIS, Row
from diplostate.ledger.subscription import Subscription
from diplostate.talks.events import Event

try:
    from diplostate.ledger.postgres_address import Address
    from diplostate.ledger.postgres_database import Database, Session
    from diplostate.ledger.postgres_draft import Drafts
    from diplostate.ledger.postgres_feed import Bell, channel
    from diplostate.ledger.postgres_health import findings
    from diplostate.ledger.postgres_pipeline import Statement
except ImportError as error:  # psycopg, or the libpq that it needs
    raise MissingExtra(package="psycopg", extra="postgres") from error


class PostgresLedger:
    """A ledger in one schema of a database; safe from several threads and processes, and after a fork.

    ``url`` is one that libpq takes, with one more option ``schema`` (default: diplostate). With ``create``, missing tables are
    made. ``busy_seconds`` is how long to wait for other writers, and for a server that starts again; ``connections`` is how
    many there are at most, one for each thread that works. Positions have no gaps and follow the order of commits: writers go
    one after the other. Raises `LedgerError`.
    """

    def __init__(
        self,
        url: str,
        *,
        create: bool = True,
        busy_seconds: float = 10,
        connections: int = 8,
        clock: Clock = system_clock,
        new_id: NewId = uuid7,
        projector: Projector | None = None,
    ) -> None:
        self._clock, self._new_id = clock, new_id
        self._projector = StatusProjector() if projector is None else projector
        self._drafts = Drafts(self._projector, clock)
        self._database = Database(Address.parse(url), create=create, busy_seconds=busy_seconds, connections=connections)
        self._channel = channel(self._database.address.schema)

    @property
    def url(self) -> str:
        """What `diplostate.open` takes to open it again; without the password, which libpq finds in PGPASSWORD or ~/.pgpass."""
        return self._database.address.url

    def append(
        self, events: Sequence[Event], *, expected_version: Mapping[str, int] | None = None, strict: bool = True
    ) -> tuple[Event, ...]:
        """See `diplostate.ledger.protocol.Ledger`.

        Where the connection is lost, the batch is appended again; what was written the first time is found by its ids.
        """
        batch = Batch.of(events, self._new_id)

        def work(session: Session) -> tuple[Event, ...]:
            draft = self._drafts.draft(batch, expected_version=expected_version or {}, strict=strict)
            if draft is not None and (
                rows := session.pass_through(draft.statement(self._projector.fingerprint, self._channel))
            ):
                return (self._drafts.settle(draft, rows[0]),)
            transaction = self._begun(session, batch, expected_version or {})
            admission = admit(
                batch, transaction, self._projector, clock=self._clock, expected_version=expected_version, strict=strict
            )
            if admission.new:
                self._drafts.leave(transaction.write(admission), admission.projections, transaction.states)
            return admission.stored

        return self._database.write(work, what=_first_of(batch)) if batch.events else ()

    def tracks(self) -> tuple[str, ...]:
        """The ids of all tracks, in the order in which they were begun."""
        return tuple(track for (track,) in self._rows("SELECT track FROM {schema}.events WHERE version = 1 ORDER BY position"))

    def version(self, track: str) -> int:
        """The number of events in a track; 0 where there is none."""
        return self._one("SELECT coalesce(max(version), 0) FROM {schema}.events WHERE track = %s", _name(track))

    @property
    def head(self) -> int:
        """The position of the last event."""
        return self._one("SELECT position FROM {schema}.ledger")

    def events(self, track: str) -> Iterator[Event]:
        """The events of one track, in the order of the record; raises `TrackNotFound`."""
        if not self.version(track):
            raise track_not_found(track, self.tracks())
        return pages.events(self._rows, _OF_TRACK, track)

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """The events of all tracks behind a position, in order, in pages of short transactions."""
        return pages.events(self._rows, _OF_ALL, after=min(after, LAST_POSITION), limit=limit)

    def subscribe(self, *, after: int = 0) -> Subscription:
        """See `diplostate.ledger.protocol.Ledger`; besides its reads it holds one connection of its own, and no transaction."""
        address = self._database.address
        return Subscription(self, after=after, bell=lambda: Bell(address))

    def branch(self, *, at: At = None, axis: str = "happened") -> Branch:
        """See `diplostate.ledger.protocol.Ledger`."""
        return Branch(self, at=at, axis=axis)

    def rows(self, after: int = 0) -> Iterator[Row]:
        """See `diplostate.ledger.protocol.Sealable`."""
        # From the start means also what somebody put in front of it.
        start = after + 1 if after > 0 else FIRST_POSITION
        while start <= LAST_POSITION and (page := self._rows(_ALL_ROWS, start, LARGE_PAGE)):
            yield from (Row(*row) for row in page)
            start = page[-1][0] + 1

    def event(self, event_id: str) -> Event:
        """One event; raises `EventNotFound`."""
        rows = self._rows("SELECT position, version, body FROM {schema}.events WHERE id = %s", _name(event_id))
        if not rows:
            raise EventNotFound(event_id)
        return event_of(*rows[0])

    def projections(self, tracks: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
        """Each track (None: all, in pages of short transactions) with its projection; raises `TrackNotFound`."""
        if tracks is None:
            return pages.projections(
                lambda after: self._rows(_ALL_PROJECTIONS, self._projector.fingerprint, after, PAGE), self._renew
            )
        rows = self._rows(_NAMED_PROJECTIONS, self._projector.fingerprint, list(map(_name, tracks)))
        for track, (position, _, _) in zip(tracks, rows, strict=True):
            if position is None:
                raise track_not_found(track, self.tracks())
        return pages.renewed(rows, self._renew)

    def _renew(self, tracks: Sequence[str]) -> Mapping[str, str]:
        """Make the projections of these tracks anew, and keep them where the ledger can be written now."""

        def project(session: Session) -> Mapping[str, str]:
            return {track: self._projector.project(_history(session, track)) for track in tracks}

        def renew(session: Session) -> Mapping[str, str]:
            transaction = self._begun(session, Batch.of((), self._new_id), {})
            projections = project(session)
            transaction.keep(projections)
            return projections

        try:
            return self._database.write(renew, what="a projection")
        except (ReadOnly, LedgerBusy):
            return self._database.read(project)

    def rebuild(self) -> int:
        """Make the projections of all tracks anew, in transactions of some tracks each; how many tracks there are."""
        return pages.renew_all(self.tracks(), self._renew)

    def examine(self) -> Iterator[tuple[str, bool, str]]:
        """See `diplostate.ledger.protocol.Examined`."""
        return findings(self._rows, self._database.address.schema)

    def close(self) -> None:
        """Let go of all connections; closing twice does no harm."""
        self._database.close()

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return self._database.read(lambda session: session.rows(sql, *values))

    def _one(self, sql: str, *values: object) -> int:
        ((value,),) = self._rows(sql, *values)
        return int(value)

    def _begun(self, session: Session, batch: Batch, expected_version: Mapping[str, int]) -> _Transaction:
        """Enter the lane, and fetch in the same go what an append asks: each question by itself would hold up all others."""
        ids = [_name(event_id) for event_id in batch.ids]
        tracks = list({_name(track) for track in (*(event.track for event in batch.events), *expected_version)})
        (rows,) = session.begin((_ASK, [ids, self._projector.fingerprint, tracks]))
        found: dict[str, list[Any]] = {"last": [], "event": [], "track": []}
        for what, name, position, version, text in rows:
            found[str(what)].append((name, int(position or 0), int(version or 0), text))
        ((chain, position, _, clock),) = found["last"]
        return _Transaction(
            session=session,
            channel=self._channel,
            fingerprint=self._projector.fingerprint,
            place=(position, None if clock is None else datetime.fromisoformat(clock), chain or GENESIS),
            known={event_id: event_of(*row) for event_id, *row in found["event"]},
            states={track: (version, projection) for track, _, version, projection in found["track"]},
        )


_OF_TRACK = """
SELECT position, version, body, version FROM {schema}.events WHERE track = %s AND version > %s ORDER BY version LIMIT %s"""
_OF_ALL = "SELECT position, version, body, position FROM {schema}.events WHERE position > %s ORDER BY position LIMIT %s"
_HISTORY = "SELECT position, version, body FROM {schema}.events WHERE track = %s ORDER BY version"
# Each of these asks in the one way that stays fast whatever the tables hold: by an index, without a join to be planned.
_ALL_PROJECTIONS = """
SELECT e.position, e.track, (SELECT text FROM {schema}.projections AS p WHERE p.track = e.track AND p.fingerprint = %s)
FROM {schema}.events AS e WHERE e.version = 1 AND e.position > %s ORDER BY e.position LIMIT %s"""
_NAMED_PROJECTIONS = """
SELECT (SELECT position FROM {schema}.events AS e WHERE e.track = asked.track AND e.version = 1), asked.track,
       (SELECT text FROM {schema}.projections AS p WHERE p.track = asked.track AND p.fingerprint = %s)
FROM unnest(%s::text[]) WITH ORDINALITY AS asked (track, place) ORDER BY place"""
_ALL_ROWS = """
SELECT position, id, track, version, body, content_hash, chain
FROM {schema}.events WHERE position >= %s ORDER BY position LIMIT %s"""
# All that an append asks in the lane is one statement, and all that it writes is another: each by itself costs.
_ASK = """
SELECT 'last', (SELECT chain FROM {schema}.events AS e WHERE e.position = l.position), l.position, NULL::bigint,
       (SELECT clock FROM {schema}.events AS e WHERE e.position = l.position)
FROM {schema}.ledger AS l
UNION ALL SELECT 'event', id, position, version, body FROM {schema}.events WHERE id = ANY($1)
UNION ALL SELECT 'track', asked.track, NULL, (SELECT max(version) FROM {schema}.events AS e WHERE e.track = asked.track),
       (SELECT text FROM {schema}.projections AS p WHERE p.track = asked.track AND p.fingerprint = $2)
FROM unnest($3::text[]) AS asked (track)"""
_ADD = "INSERT INTO {{schema}}.events (clock, position, id, track, version, body, content_hash, chain) {rows}"
_KEEP = """
INSERT INTO {{schema}}.projections (fingerprint, track, text) {rows}
ON CONFLICT (track) DO UPDATE SET text = excluded.text, fingerprint = excluded.fingerprint"""
_WRITE = "WITH written AS ({written}), kept AS ({kept}) SELECT pg_notify($12, $13)"
_KEEP_MANY = _KEEP.format(rows="SELECT $1, new.* FROM unnest($2::text[], $3::text[]) AS new")
_ADD_MANY = _ADD.format(
    rows="""SELECT $1, new.* FROM unnest(
        $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[]
    ) AS new"""
)
_WRITE_MANY = _WRITE.format(
    written=_ADD_MANY, kept=_KEEP.format(rows="SELECT $9, new.* FROM unnest($10::text[], $11::text[]) AS new")
)
_WRITE_ONE = _WRITE.format(
    written=_ADD.format(rows="VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"), kept=_KEEP.format(rows="VALUES ($9, $10, $11)")
)
_CHUNK = 200
"""Events that are sent at a time: while the server writes them, the next ones are hashed."""


@attrs.frozen(kw_only=True)
class _Transaction:
    """What an append asks and writes while it is in the lane."""

    session: Session
    channel: str
    fingerprint: str
    place: Last
    known: Mapping[str, Event]
    states: Mapping[str, State]

    def find(self, ids: Sequence[str]) -> Mapping[str, Event]:
        return self.known

    def last(self) -> Last:
        return self.place

    def state(self, track: str) -> State:
        return self.states[_name(track)]

    def history(self, track: str) -> Sequence[Event]:
        return _history(self.session, track)

    def write(self, admission: Admission) -> Mapping[str, Row]:
        """Write it, and tell those who listen, once it is committed, up to where the ledger goes now; each track's last row."""
        last: dict[str, Row] = {}
        self.session.commit(self._changes(admission, last))
        return last

    def _changes(self, admission: Admission, last: dict[str, Row]) -> Iterator[Statement]:
        rows, many = admission.rows(), len(admission.new)
        clock = None if admission.clock is None else admission.clock.isoformat()
        kept = self.fingerprint, *_columns(admission.projections)
        told = self.channel, str(admission.new[-1].position)
        for left in range(many, 0, -_CHUNK):
            chunk = list(islice(rows, _CHUNK))
            last.update((row.track, row) for row in chunk)
            if many == 1:
                ((track, text),) = admission.projections.items()
                yield _WRITE_ONE, [clock, *chunk[0], self.fingerprint, track, text, *told]
                return
            columns = [clock, *map(list, zip(*chunk, strict=True))]
            yield (_ADD_MANY, columns) if left > _CHUNK else (_WRITE_MANY, [*columns, *kept, *told])

    def keep(self, projections: Mapping[str, str]) -> None:
        self.session.commit([(_KEEP_MANY, [self.fingerprint, *_columns(projections)])])


def _columns(projections: Mapping[str, str]) -> tuple[list[str], list[str]]:
    return list(projections), list(projections.values())


def _history(session: Session, track: str) -> Sequence[Event]:
    return [event_of(*row) for row in session.rows(_HISTORY, _name(track))]


def _name(name: str) -> str:
    """A track or an id to ask for; those that are stored are ASCII, and NUL or half a character cannot even be asked for."""
    return name if name.isascii() and name.isprintable() else ""


def _first_of(batch: Batch) -> str:
    """What a writer looks for who was told nothing."""
    first, more = batch.ids[0], len(batch.ids) - 1
    return f"event {first!r}" if not more else f"event {first!r} with the {more} behind it"

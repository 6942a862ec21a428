"""A ledger in memory: for tests, for simulations, and for records that are read from files as a whole."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

import attrs

from diplostate.errors import EventNotFound, ReadOnly
from diplostate.ledger.appending import Batch, Clock, Last, NewId, State, admit, refuse_unknown, sealed, system_clock
from diplostate.ledger.branch import Branch
from diplostate.ledger.ids import uuid7
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.protocol import At, Projector
from diplostate.ledger.sealing import GENESIS, Row
from diplostate.ledger.subscription import Notified, Subscription
from diplostate.talks.events import Event

T = TypeVar("T")

_PAGE = 500
"""Events that are read at a time."""


class _Record:
    """What is held; it is also the `Transaction` of an append."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.tracks: dict[str, list[Event]] = {}
        self.ids: dict[str, Event] = {}
        self.projections: dict[str, str] = {}
        self.clock: datetime | None = None
        self.rows: list[Row] = []

    def keep(self, event: Event) -> None:
        self.events.append(event)
        self.tracks.setdefault(event.track, []).append(event)
        self.ids[event.id or ""] = event

    def find(self, ids: Sequence[str]) -> Mapping[str, Event]:
        return {event_id: self.ids[event_id] for event_id in ids if event_id in self.ids}

    def last(self) -> Last:
        return len(self.events), self.clock, self.rows[-1].chain if self.rows else GENESIS

    def state(self, track: str) -> State:
        return len(self.history(track)), self.projections.get(track)

    def history(self, track: str) -> Sequence[Event]:
        return self.tracks.get(track, ())


class MemoryLedger:
    """A ledger that lives as long as its process; safe from several threads.

    ``record`` is what it holds from the start: events with ids, of one or more tracks, in the order of the ledger; they are
    taken as they are and get new positions and versions. With ``read_only``, an append is refused with this text, and the
    record is not chained.
    """

    def __init__(
        self,
        record: Iterable[Event] = (),
        *,
        url: str = "memory:",
        read_only: str | None = None,
        clock: Clock = system_clock,
        new_id: NewId = uuid7,
        projector: Projector | None = None,
    ) -> None:
        self._url, self._read_only, self._clock, self._new_id = url, read_only, clock, new_id
        self._projector = StatusProjector() if projector is None else projector
        self._lock = threading.RLock()
        self._appended = threading.Condition(self._lock)
        self._record = _Record()
        for position, event in enumerate(record, 1):
            version = len(self._record.history(event.track)) + 1
            self._record.keep(attrs.evolve(event, position=position, version=version))
        if read_only is None:
            self._record.rows += sealed(self._record.events)

    @property
    def url(self) -> str:
        """What `diplostate.open` takes."""
        return self._url

    def append(
        self, events: Sequence[Event], *, expected_version: Mapping[str, int] | None = None, strict: bool = True
    ) -> tuple[Event, ...]:
        """See `diplostate.ledger.protocol.Ledger`."""
        if self._read_only is not None:
            raise ReadOnly(self._read_only)
        batch, record = Batch.of(events, self._new_id), self._record
        with self._lock:
            admission = admit(
                batch, record, self._projector, clock=self._clock, expected_version=expected_version, strict=strict
            )
            record.rows += tuple(admission.rows())
            for event in admission.new:
                record.keep(event)
            record.projections.update(admission.projections)
            record.clock = admission.clock
            self._appended.notify_all()
        return admission.stored

    def tracks(self) -> tuple[str, ...]:
        """The ids of all tracks, in the order in which they were begun."""
        with self._lock:
            return tuple(self._record.tracks)

    def version(self, track: str) -> int:
        """The number of events in a track; 0 where there is none."""
        with self._lock:
            return len(self._record.history(track))

    @property
    def head(self) -> int:
        """The position of the last event."""
        with self._lock:
            return len(self._record.events)

    def events(self, track: str) -> Iterator[Event]:
        """The events of one track, in the order of the record; raises `TrackNotFound`."""
        refuse_unknown(self, [track])
        return self._behind(self._record.tracks[track], 0, None)

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """The events of all tracks behind a position, in order."""
        return self._behind(self._record.events, max(after, 0), limit)

    def subscribe(self, *, after: int = 0) -> Subscription:
        """See `diplostate.ledger.protocol.Ledger`; one that can only be read has no events but those that it holds."""
        bell = None if self._read_only is not None else lambda: Notified(self._appended, lambda: self.head)
        return Subscription(self, after=after, bell=bell)

    def branch(self, *, at: At = None, axis: str = "happened") -> Branch:
        """See `diplostate.ledger.protocol.Ledger`."""
        return Branch(self, at=at, axis=axis)

    def rows(self, after: int = 0) -> Iterator[Row]:
        """See `diplostate.ledger.protocol.Sealable`; raises `ReadOnly`."""
        if self._read_only is not None:
            raise ReadOnly(f"log files keep no chain of their events: {self._read_only}")
        return self._behind(self._record.rows, max(after, 0), None)

    def _behind(self, events: Sequence[T], after: int, limit: int | None) -> Iterator[T]:
        """In pages, each as it stands between two appends: nobody sees half of a batch."""
        while limit is None or limit > 0:
            with self._lock:
                page = events[after : after + (_PAGE if limit is None else min(limit, _PAGE))]
            if not page:
                return
            yield from page
            after += len(page)
            limit = None if limit is None else limit - len(page)

    def event(self, event_id: str) -> Event:
        """One event; raises `EventNotFound`."""
        with self._lock:
            if event_id not in self._record.ids:
                raise EventNotFound(event_id)
            return self._record.ids[event_id]

    def projections(self, tracks: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
        """Each track (None: all) with its projection; raises `TrackNotFound`."""
        wanted = self.tracks() if tracks is None else tuple(tracks)
        refuse_unknown(self, wanted)
        return ((track, self._projection(track)) for track in wanted)

    def _projection(self, track: str) -> str:
        with self._lock:
            if track not in self._record.projections:
                self._record.projections[track] = self._projector.project(self._record.tracks[track])
            return self._record.projections[track]

    def close(self) -> None:
        """There is nothing to let go of."""

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """There is nothing to let go of."""

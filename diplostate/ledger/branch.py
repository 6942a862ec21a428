"""Branches: what might be, laid on top of any ledger, which is read and never written."""

from __future__ import annotations

import hashlib
import threading
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain, islice
from types import TracebackType
from typing import Self, TypeVar

import attrs

from diplostate.errors import EventNotFound, Fault, Invalid
from diplostate.ledger.appending import Batch, Clock, Last, NewId, State, admit, refuse_unknown, system_clock
from diplostate.ledger.codec import content
from diplostate.ledger.ids import uuid8
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.protocol import At, Ledger
from diplostate.ledger.sealing import GENESIS
from diplostate.ledger.subscription import Notified, Subscription
from diplostate.talks.dates import Moment, as_moment
from diplostate.talks.events import Event, Retracted
from diplostate.talks.record import has_come, is_known

T = TypeVar("T")

AXES = ("happened", "known")
"""What a moment may cut: by when things happened, or by when the record knew of them."""

_PAGE = 500
"""Events that are read at a time."""


class Branch:
    """A ledger on top of another one: it shows what that held at one point, and what is appended goes to the branch alone.

    ``at`` is a position, or a moment, of which ``axis`` says what it cuts: ``happened`` (events whose day has come; what was
    recorded in error is known to be so, as with ``as_of``) or ``known`` (events that the record knew then, as with
    ``known_at``). Nothing that is appended to the base later is seen. Positions and versions go on from those that are seen.

    Every event that is appended is marked as hypothetical, and may lie in the future; no record of facts takes it. One without
    ``recorded`` counts as recorded when it happens, as in a log file, and one without ``id`` gets one that is made of its
    content and its place: the same branch comes out of the same appends, to the byte. Give ``clock`` or ``new_id`` for others.

    It lives as long as its process, and is safe from several threads. Closing it does nothing: the base belongs to whoever
    opened it. Raises `Invalid` for an ``at`` or an ``axis`` that cannot be read.
    """

    def __init__(
        self, base: Ledger, *, at: At = None, axis: str = "happened", clock: Clock | None = None, new_id: NewId | None = None
    ) -> None:
        self._seen = _Seen.of(base, at, axis)
        self._clock, self._new_id = clock, new_id
        self._projector = StatusProjector(hypothetical=True)
        self._lock = threading.RLock()
        self._appended = threading.Condition(self._lock)
        self._own: list[Event] = []
        self._tracks: dict[str, list[Event]] = {}
        self._ids: dict[str, Event] = {}
        self._projections: dict[str, str] = {}
        self._latest: datetime | None = None

    @property
    def base(self) -> Ledger:
        """The ledger on which it stands."""
        return self._seen.ledger

    @property
    def fork(self) -> int:
        """The position behind which its own events begin."""
        return len(self._seen)

    @property
    def own(self) -> tuple[Event, ...]:
        """What was appended to it, all of it hypothetical."""
        with self._lock:
            return tuple(self._own)

    @property
    def url(self) -> str:
        """That of its base behind ``branch:``; it cannot be opened again."""
        return f"branch:{self.base.url}"

    def branch(self, *, at: At = None, axis: str = "happened") -> Branch:
        """A branch of this branch."""
        return Branch(self, at=at, axis=axis)

    def append(
        self, events: Sequence[Event], *, expected_version: Mapping[str, int] | None = None, strict: bool = True
    ) -> tuple[Event, ...]:
        """See `diplostate.ledger.protocol.Ledger`; what is new is marked as hypothetical."""
        with self._lock:
            batch = Batch.of(*self._marked(events))
            admission = admit(
                batch,
                _Transaction(self.head, self._latest, self),
                self._projector,
                clock=self._clock or system_clock,  # without one, every event brings its time
                expected_version=expected_version,
                strict=strict,
            )
            for event in admission.new:
                self._own.append(event)
                self._tracks.setdefault(event.track, []).append(event)
                self._ids[event.id or ""] = event
            self._projections.update(admission.projections)
            self._latest = admission.clock
            self._appended.notify_all()
        return admission.stored

    def _marked(self, events: Sequence[Event]) -> tuple[list[Event], NewId]:
        """The events as the branch takes them, and what makes the ids of those that have none.

        An event that the base holds is left as it is, to be compared with that.
        """
        marked = [event if event.id and self._seen.find(event.id) else self._mark(event) for event in events]
        places = enumerate(marked, self.head + 1)
        ids = (_id_at(place, event) for place, event in places if event.id is None)
        return marked, self._new_id or ids.__next__

    def _mark(self, event: Event) -> Event:
        return hypothetical(event) if self._clock is None else attrs.evolve(event, hypothetical=True)

    def tracks(self) -> tuple[str, ...]:
        """The ids of all tracks, in the order in which they were begun."""
        with self._lock:
            return tuple(dict.fromkeys((*self._seen.tracks, *self._tracks)))

    def version(self, track: str) -> int:
        """The number of events in a track; 0 where there is none."""
        with self._lock:
            return self._seen.version(track) + len(self._tracks.get(track, ()))

    @property
    def head(self) -> int:
        """The position of the last event."""
        with self._lock:
            return self.fork + len(self._own)

    def events(self, track: str) -> Iterator[Event]:
        """The events of one track, in the order of the record; raises `TrackNotFound`."""
        refuse_unknown(self, [track])
        # The list of the track may only come to be while somebody reads what the base has of it.
        return chain(self._seen.events(track), self._behind(lambda: self._tracks.get(track, []), 0))

    def read(self, *, after: int = 0, limit: int | None = None) -> Iterator[Event]:
        """The events of all tracks behind a position, in order."""
        behind = self._behind(lambda: self._own, max(after - self.fork, 0))
        return islice(chain(self._seen.read(max(after, 0)), behind), limit)

    def _behind(self, own: Callable[[], Sequence[T]], after: int) -> Iterator[T]:
        """In pages, each as it stands between two appends: nobody sees half of a batch."""
        while True:
            with self._lock:
                page = own()[after : after + _PAGE]
            if not page:
                return
            yield from page
            after += len(page)

    def subscribe(self, *, after: int = 0) -> Subscription:
        """See `diplostate.ledger.protocol.Ledger`."""
        return Subscription(self, after=after, bell=lambda: Notified(self._appended, lambda: self.head))

    def event(self, event_id: str) -> Event:
        """One event; raises `EventNotFound`."""
        with self._lock:
            found = self._ids.get(event_id) or self._seen.find(event_id)
        if found is None:
            raise EventNotFound(event_id)
        return found

    def projections(self, tracks: Sequence[str] | None = None) -> Iterator[tuple[str, str]]:
        """Each track (None: all) with its projection; raises `TrackNotFound`."""
        wanted = self.tracks() if tracks is None else tuple(tracks)
        refuse_unknown(self, wanted)
        return ((track, self._projection(track)) for track in wanted)

    def _projection(self, track: str) -> str:
        with self._lock:
            found = self._projections.get(track)
            if found is None:
                found = self._projections[track] = self._seen.projection(track) or self._projector.project(self.events(track))
            return found

    def close(self) -> None:
        """There is nothing to let go of."""

    def __enter__(self) -> Self:
        """The branch itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """There is nothing to let go of."""


def hypothetical(event: Event, *, place: int | str | None = None) -> Event:
    """The event as it is put on a branch: marked, and recorded when it happens where it does not say when.

    With its ``place``, such as the position that it is going to have, it also gets an id where it has none. Raises
    `InvalidEvent` where nothing says when it happens.
    """
    marked = attrs.evolve(event, hypothetical=True, recorded=event.known)
    return marked if place is None or marked.id is not None else attrs.evolve(marked, id=_id_at(place, marked))


def _id_at(place: int | str, event: Event) -> str:
    return uuid8(hashlib.sha256(f"diplostate branch 1\n{place}\n{content(event)}".encode()).digest())


@attrs.frozen
class _Transaction:
    """What an append to a branch asks while it holds the lock."""

    head: int
    latest: datetime | None
    branch: Branch

    def find(self, ids: Sequence[str]) -> Mapping[str, Event]:
        found: dict[str, Event] = {}
        for event_id in ids:
            try:
                found[event_id] = self.branch.event(event_id)
            except EventNotFound:
                continue
        return found

    def last(self) -> Last:
        return self.head, self.latest, GENESIS

    def state(self, track: str) -> State:
        version = self.branch.version(track)
        return version, dict(self.branch.projections([track]))[track] if version else None

    def history(self, track: str) -> Iterator[Event]:
        return self.branch.events(track) if self.branch.version(track) else iter(())


class _Seen:
    """What is seen of a ledger: the events at some of its positions, numbered anew where some in between are not."""

    def __init__(self, ledger: Ledger, positions: Sequence[int]) -> None:
        self.ledger, self._positions = ledger, positions
        self._versions: dict[str, Sequence[int]] = {}

    @classmethod
    def of(cls, ledger: Ledger, at: At, axis: str) -> _Seen:
        if axis not in AXES:
            raise Invalid([Fault(f"{axis!r} is no axis of time: {' or '.join(AXES)}")])
        head = ledger.head
        if at is None or isinstance(at, int):
            if at is not None and not 0 <= at <= head:
                raise Invalid([Fault(f"there is no position {at} to branch at: the ledger has {head} events")])
            return cls(ledger, range(1, (head if at is None else at) + 1))
        moment = as_moment(at)
        assert moment is not None
        is_seen = is_known if axis == "known" else _Happened(ledger)
        events = ledger.read(limit=head)
        positions = array("Q", (event.position or 0 for event in events if is_seen(event, moment)))
        is_prefix = not positions or positions[-1] == len(positions)
        return cls(ledger, range(1, len(positions) + 1) if is_prefix else positions)

    def __len__(self) -> int:
        return len(self._positions)

    @property
    def _is_prefix(self) -> bool:
        return isinstance(self._positions, range)

    def _is_all(self) -> bool:
        """Whether the ledger holds nothing else; asked after what it is to vouch for was read, for ledgers only grow."""
        return self._is_prefix and self.ledger.head == len(self)

    @cached_property
    def tracks(self) -> tuple[str, ...]:
        found = self.ledger.tracks()
        if self._is_all():
            return found
        begun = {track: event.position or 0 for track in found for event in islice(self.events(track), 1)}
        return tuple(sorted(begun, key=begun.__getitem__))

    def version(self, track: str) -> int:
        return len(self._numbers(track))

    def _numbers(self, track: str) -> Sequence[int]:
        """The versions that those events of a track have in the ledger that are seen; kept, for they never change."""
        if track not in self._versions:
            count = self.ledger.version(track)
            seen: Sequence[int] = range(1, count + 1)
            if count and not self._is_all():
                every = islice(self.ledger.events(track), count)
                seen = array("Q", (event.version or 0 for event in every if self._place(event)))
            self._versions[track] = seen
        return self._versions[track]

    def _place(self, event: Event) -> int | None:
        """The position that an event of the ledger has here; None where it is not seen."""
        index = bisect_left(self._positions, event.position or 0)
        return index + 1 if index < len(self) and self._positions[index] == event.position else None

    def _numbered(self, event: Event) -> Event | None:
        """An event of the ledger as it is seen; None where it is not."""
        place = self._place(event)
        if place is None or self._is_prefix:
            return event if place is not None else None
        version = bisect_left(self._numbers(event.track), event.version or 0) + 1
        return attrs.evolve(event, position=place, version=version)

    def events(self, track: str) -> Iterator[Event]:
        if not self.ledger.version(track):
            return iter(())
        return filter(None, map(self._numbered, self.ledger.events(track)))

    def read(self, after: int) -> Iterator[Event]:
        if after >= len(self):
            return iter(())
        first, last = self._positions[after], self._positions[-1]
        return filter(None, map(self._numbered, self.ledger.read(after=first - 1, limit=last - first + 1)))

    def find(self, event_id: str) -> Event | None:
        try:
            return self._numbered(self.ledger.event(event_id))
        except EventNotFound:
            return None

    def projection(self, track: str) -> str | None:
        """That of the ledger, where it is of what is seen here; None elsewhere."""
        count = self.version(track)
        if not count or not self._is_prefix:
            return None
        ((_, text),) = self.ledger.projections([track])
        return text if self._numbers(track)[-1] == count == self.ledger.version(track) else None


class _Happened:
    """Whether the day of an event has come; a retraction counts with the event that it retracts, as in every reading."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, event: Event, at: Moment) -> bool:
        while isinstance(event, Retracted):  # what it retracts is earlier in the record, so this ends
            event = self._ledger.event(event.retracts)
        return has_come(event, at)

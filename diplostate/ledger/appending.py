"""What an append does in every store: known ids first, then versions, stamps and the projector; the store only writes."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import attrs

from diplostate.errors import Fault, IdConflict, InvalidEvent, NotAllowed, TrackNotFound, VersionConflict
from diplostate.ledger.codec import body, content
from diplostate.ledger.protocol import Ledger, Projector
from diplostate.ledger.sealing import Row, chained
from diplostate.talks.events import Event, utc
from diplostate.talks.shape import mistyped
from diplostate.talks.trusted import changed

Clock = Callable[[], datetime]
"""Gives the time, as an aware datetime."""
NewId = Callable[[], str]
"""Gives an id that no event has."""
State = tuple[int, str | None]
"""The version of a track, and its projection (None: there is none, or it is stale)."""


def system_clock() -> datetime:
    """The time of the system."""
    return datetime.now(UTC)


Last = tuple[int, datetime | None, str]
"""The position of the last event, the latest time that the clock of an append gave, and the last chain hash.

In an empty ledger: 0, None and `diplostate.ledger.sealing.GENESIS`.
"""


class Transaction(Protocol):
    """What a store can tell while it holds its lock."""

    def find(self, ids: Sequence[str]) -> Mapping[str, Event]:
        """Those of these events that it knows."""
        ...

    def last(self) -> Last:
        """Where the ledger stands."""
        ...

    def state(self, track: str) -> State:
        """Where a track stands."""
        ...

    def history(self, track: str) -> Iterable[Event]:
        """The events of a track so far."""
        ...


@attrs.frozen
class Batch:
    """Events to append, in the order given, and the id of each: its own, or one that was made for it."""

    events: tuple[Event, ...]
    ids: tuple[str, ...]

    @classmethod
    def of(cls, events: Iterable[Event], new_id: NewId) -> Batch:
        """Make an id for every event that has none; raises `InvalidEvent` for what is no event of the right shape."""
        given = tuple(events)
        for place, event in enumerate(given):
            if found := mistyped(event):
                where = f" (event {place + 1} of the batch)" if len(given) > 1 else ""
                raise InvalidEvent([attrs.evolve(fault, message=fault.message + where) for fault in found])
        return cls(given, tuple(new_id() if event.id is None else event.id for event in given))

    def name(self, event_id: str) -> str:
        """What the writer calls an event: by its id, or by its place where the id was made for it."""
        place = self.ids.index(event_id)
        if self.events[place].id is not None:
            return f"event {event_id!r}"
        return f"event {place + 1} of the batch" if len(self.events) > 1 else ""


@attrs.frozen(kw_only=True)
class Admission:
    """What is to be written, all of it or nothing."""

    new: tuple[Event, ...]
    """Stamped, in the order of their positions."""
    chain: str
    """The chain hash of the event in front of them."""
    projections: Mapping[str, str]
    """Of every track that has new events."""
    clock: datetime | None
    """The latest time that the clock of an append gave."""
    stored: tuple[Event, ...]
    """What the append returns: the whole batch as it is stored then."""

    def rows(self) -> Iterator[Row]:
        """The new events as a store keeps them, made one after the other: the text of each, its hash, and its chain hash."""
        return chained(map(_to_store, self.new), previous=self.chain)


def admit(
    batch: Batch,
    transaction: Transaction,
    projector: Projector,
    *,
    clock: Clock,
    expected_version: Mapping[str, int] | None,
    strict: bool,
) -> Admission:
    """Decide what an append writes; raises what `Ledger.append` says."""
    known = dict(transaction.find(batch.ids))
    fresh = _fresh(batch, known)
    position, latest, chain = transaction.last()
    if not fresh:
        return Admission(new=(), chain=chain, projections={}, clock=latest, stored=_as_stored(batch, known))
    states = {track: transaction.state(track) for track in dict.fromkeys(event.track for event in fresh.values())}
    _expect(expected_version or {}, states, transaction)
    if any(event.recorded is None for event in fresh.values()):
        latest = max(clock(), latest) if latest is not None else clock()
    streams = _stamped(fresh, position, latest, states)
    projections = _projected(batch, streams, states, transaction, projector, strict)
    new = sorted((event for stream in streams.values() for event in stream), key=lambda event: event.position or 0)
    known.update((event.id or "", event) for event in new)
    return Admission(new=tuple(new), chain=chain, projections=projections, clock=latest, stored=_as_stored(batch, known))


def _to_store(event: Event) -> tuple[int, str, str, int, str]:
    """What is chained of a stamped event."""
    assert event.position is not None
    assert event.version is not None
    return event.position, event.id or "", event.track, event.version, body(event)


def sealed(record: Iterable[Event]) -> Iterator[Row]:
    """A whole record, stamped and in the order of its positions, as a store keeps it."""
    return chained(map(_to_store, record))


def _projected(
    batch: Batch,
    streams: Mapping[str, Sequence[Event]],
    states: Mapping[str, State],
    transaction: Transaction,
    projector: Projector,
    strict: bool,
) -> dict[str, str]:
    """The projection of each track with its new events; the faults of all tracks are raised together."""
    projections: dict[str, str] = {}
    faults: list[Fault] = []
    refused: list[NotAllowed] = []
    for track, (_, previous) in states.items():
        history = functools.partial(transaction.history, track)
        try:
            projections[track] = projector.admit(track, streams[track], previous=previous, history=history, strict=strict)
        except InvalidEvent as error:
            faults += (attrs.evolve(fault, file=batch.name(fault.file)) for fault in error.faults)
        except NotAllowed as error:
            refused.append(error)
    if faults:
        raise InvalidEvent(faults)
    if refused:
        raise refused[0]
    return projections


def _fresh(batch: Batch, known: Mapping[str, Event]) -> dict[str, Event]:
    """The events that the ledger does not know, each once; an id may be met again only with the same content."""
    fresh: dict[str, Event] = {}
    for event_id, event in zip(batch.ids, batch.events, strict=True):
        stored = known.get(event_id)
        met = fresh.setdefault(event_id, event) if stored is None else stored
        if met is not event and _says(event_id, met) != _says(event_id, event):
            raise IdConflict(event_id=event_id, track=met.track, position=stored.position if stored else None)
    return fresh


def _says(event_id: str, event: Event) -> str:
    """The content of an event under this id, which may have been made for it: also by a try of which nobody heard."""
    return content(event if event.id is not None else attrs.evolve(event, id=event_id))


def _as_stored(batch: Batch, known: Mapping[str, Event]) -> tuple[Event, ...]:
    return tuple(known[event_id] for event_id in batch.ids)


def _expect(expected: Mapping[str, int], states: Mapping[str, State], transaction: Transaction) -> None:
    for track, version in expected.items():
        actual, _ = states[track] if track in states else transaction.state(track)
        if actual != version:
            raise VersionConflict(track=track, expected=version, actual=actual)


def _stamped(
    fresh: Mapping[str, Event], position: int, now: datetime | None, states: Mapping[str, State]
) -> dict[str, list[Event]]:
    """The new events of each track, with id and place, and with the time of recording where they bring none."""
    streams: dict[str, list[Event]] = {track: [] for track in states}
    recorded = utc(now)
    for place, (event_id, event) in enumerate(fresh.items(), position + 1):
        stream = streams[event.track]
        version = states[event.track][0] + len(stream) + 1
        stream.append(changed(event, id=event_id, position=place, version=version, recorded=event.recorded or recorded))
    return streams


def refuse_unknown(ledger: Ledger, tracks: Iterable[str]) -> None:
    """Raise `TrackNotFound` for the first of these tracks that the ledger does not have."""
    for track in tracks:
        if not ledger.version(track):
            raise track_not_found(track, ledger.tracks())


def track_not_found(name: str, tracks: Iterable[str]) -> TrackNotFound:
    """The error for a track that is not there, with the names that look most like it."""
    folded = {track.casefold(): track for track in tracks}
    near = difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.6)
    return TrackNotFound(name, nearest=[folded[track] for track in near])

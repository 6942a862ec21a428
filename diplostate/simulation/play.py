"""A clock that walks a whole ledger, event after event over all tracks, in virtual time; nothing of the future is in sight."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import attrs

from diplostate.errors import Fault, Invalid, InvalidEvent
from diplostate.ledger.appending import refuse_unknown, track_not_found
from diplostate.ledger.branch import AXES, Branch, hypothetical
from diplostate.ledger.protocol import Ledger
from diplostate.ledger.refusal import refusal
from diplostate.simulation.clock import CLOCKS, Cut
from diplostate.simulation.folding import Fold
from diplostate.simulation.order import events_at, ordered
from diplostate.talks.dates import Moment
from diplostate.talks.events import Event, Noted, Retracted
from diplostate.talks.fold import reduce
from diplostate.talks.record import is_known
from diplostate.talks.rules import errors, faults
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Status


def play(
    ledger: Ledger,
    *,
    start: Cut = None,
    end: Cut = None,
    axis: str = "happened",
    evidence: Evidence | str = "official",
    tracks: Sequence[str] | None = None,
) -> Play:
    """Walk a ledger: every event of some tracks (None: all) as the clock comes to it, with the status before and after it.

    ``axis`` is what the clock follows. ``happened``: the days on which events count, in the order of the fold; what was
    retracted never happened. ``known``: the instants at which the record learned of them, retractions included. From
    ``start`` (a day, inclusive, or on the axis of what was known an instant; what came before is not told, but counts) to
    ``end`` (inclusive). What is appended to the ledger meanwhile is not seen.

    Nothing asks the time: the same ledger gives the same walk, to the byte. It takes two passes over the ledger, and holds a
    status for each track, a few numbers for each event, and some thousands of events at a time. An event that changes what
    came before it (a late one, a retraction, a confirmation or a denial, a change of roles) reads its track once more.

    Raises `TrackNotFound`, and `Invalid` for arguments that cannot be read.
    """
    return Play(ledger, start=start, end=end, axis=axis, evidence=evidence, tracks=tracks)


@attrs.frozen(kw_only=True)
class Played:
    """An event as the clock comes to it, with the status of its track before and after; unpacks as these three."""

    event: Event
    before: Status
    after: Status
    now: Moment
    """The virtual now: the day on which the event counts, or the instant at which the record learned of it."""

    def __iter__(self) -> Iterator[Any]:
        """Unpacks as ``event, before, after``; the fields of these names keep their types."""
        return iter((self.event, self.before, self.after))


class Play:
    """A walk through a ledger, and what can be asked and done in the midst of it; see `play`.

    Iterating goes from event to event; `advance` goes to a moment, as the clock of another simulation asks. In between, what
    has been played, and nothing else, can be seen: `tracks`, `status`, `statuses`, `events`. What is scheduled comes when its
    time comes; it goes to no ledger, and `own` holds what has been played of it.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        start: Cut = None,
        end: Cut = None,
        axis: str = "happened",
        evidence: Evidence | str = "official",
        tracks: Sequence[str] | None = None,
    ) -> None:
        if axis not in AXES:
            raise Invalid([Fault(f"{axis!r} is no axis of time: {' or '.join(AXES)}")])
        self._ledger, self._clock, self._head = ledger, CLOCKS[axis], ledger.head
        self._evidence = Evidence.parse(evidence)
        self._start, self._end = self._clock.start(start), self._clock.end(end)
        if self._start is not None and self._end is not None and self._start > self._end:
            raise Invalid([Fault(f"the start, {start}, is after the end, {end}: swap them")])
        refuse_unknown(ledger, tracks or ())
        self._wanted = None if tracks is None else frozenset(tracks)
        self._dead: frozenset[str] = frozenset()
        self._coming: Iterator[Event] | None = None
        self._next: Event | None = None
        self._queue: list[tuple[int, int, Event, bool]] = []
        self._scheduled = 0
        self._own: dict[str, list[Event]] = {}
        self._added: list[Event] = []
        self._folds: dict[str, Fold] = {}
        self._place: _Place = (_BEFORE, 0)

    # The walk.

    def __iter__(self) -> Self:
        """Itself: who goes on iterating goes on where it stands."""
        return self

    def __next__(self) -> Played:
        """The next event; the virtual now becomes its time."""
        played = self._step(None)
        if played is None:
            raise StopIteration
        return played

    def advance(self, to: Cut) -> Iterator[Played]:
        """The events up to a moment, inclusive; when they have been told, it is the virtual now.

        A day stands for all of it. Raises `Invalid` for a moment before the virtual now.
        """
        limit = self._clock.end(to)
        if limit is None or limit < self._place[0]:
            raise Invalid([Fault(f"the clock stands at {self.now} and never goes back: {to} is no moment to advance to")])
        return self._advance(limit)

    def _advance(self, limit: int) -> Iterator[Played]:
        while (played := self._step(limit)) is not None:
            yield played
        self._place = max(self._place, (limit, _LAST))

    @property
    def now(self) -> Moment | None:
        """The virtual now: a day, or on the axis of what was known an instant; None before anything was played."""
        self._begin()
        return None if self._place[0] == _BEFORE else self._clock.moment(self._place[0])

    def _begin(self) -> None:
        """Find out the order, and play silently what came before the start."""
        if self._coming is not None:
            return
        retractions: list[Retracted] = []
        positions = ordered(_noting(self._ledger.read(limit=self._head), retractions), self._key)
        if self._clock.is_hindsight:
            self._dead = _retracted(retractions)
        self._coming = (event for event in events_at(self._ledger, positions) if event.id not in self._dead)
        self._next = next(self._coming, None)
        if self._start is not None:
            while self._next is not None and self._clock.key(self._next) < self._start:
                self._take_next()
            self._place = (self._start - 1, _LAST)

    def _key(self, event: Event) -> int | None:
        """When the event is played; None where it never is."""
        if self._wanted is not None and event.track not in self._wanted:
            return None
        if self._clock.is_hindsight and (event.id in self._dead or isinstance(event, Retracted)):
            return None
        key = self._clock.key(event)
        return None if self._end is not None and key > self._end else key

    def _step(self, limit: int | None) -> Played | None:
        self._begin()
        last = min((key for key in (limit, self._end) if key is not None), default=None)
        coming = None if self._next is None else self._clock.key(self._next)
        due = self._queue[0][0] if self._queue else None
        if due is not None and (coming is None or due < coming):
            return None if last is not None and due > last else self._play_own()
        if coming is None or (last is not None and coming > last):
            return None
        return self._take_next()

    def _take_next(self) -> Played:
        event = self._next
        assert event is not None
        assert self._coming is not None
        self._place = (self._clock.key(event), event.position or 0)
        self._next = next(self._coming, None)
        fold = self._folds.setdefault(event.track, Fold())
        after = fold.continued(event, self._place[1], self._evidence)
        if after is None:
            after = reduce(self._seen(event.track), evidence=self._evidence)
        return self._played(fold, event, after)

    def _played(self, fold: Fold, event: Event, after: Status) -> Played:
        before = fold.status
        fold.keep(event, self._place[1], after)
        return Played(event=event, before=before, after=after, now=self._clock.moment(self._place[0]))

    # What can be seen.

    def tracks(self) -> tuple[str, ...]:
        """The tracks that have been begun, in the order in which they were."""
        self._begin()
        return tuple(self._folds)

    def status(self, track: str, *, known: bool = False) -> Status:
        """Where a track stands at the virtual now; with ``known``, by what the record knew then.

        The two differ only on the axis of what happened, where ``known`` leaves out what was recorded after the day that is the
        virtual now, retractions too. Raises `TrackNotFound`, also for a track that is still to come.
        """
        fold = self._found(track)
        if not known or not self._clock.is_hindsight:
            return fold.status
        return reduce(self._known(track), evidence=self._evidence)

    def statuses(self) -> Mapping[str, Status]:
        """Where every track that has been begun stands at the virtual now."""
        self._begin()
        return {track: fold.status for track, fold in self._folds.items()}

    def events(self, track: str) -> tuple[Event, ...]:
        """The events of a track that have been played, in the order of the record; raises `TrackNotFound`."""
        self._found(track)
        return tuple(self._seen(track))

    @property
    def own(self) -> tuple[Event, ...]:
        """What was scheduled and has been played, in this order; all of it hypothetical."""
        return tuple(self._added)

    def branch(self) -> Branch:
        """A branch of the whole ledger, the future included, with `own` on it: to compare, to ask, to write out."""
        branch = Branch(self._ledger, at=self._head)
        branch.append(self._added, strict=False)
        return branch

    def _found(self, track: str) -> Fold:
        self._begin()
        if track not in self._folds:
            raise track_not_found(track, self._folds)
        return self._folds[track]

    def _seen(self, track: str) -> Iterator[Event]:
        """The events of a track up to the place where the clock stands."""
        for event in self._of(track):
            if self._key(event) is not None and (self._clock.key(event), event.position or 0) <= self._place:
                yield event
        yield from self._own.get(track, ())

    def _known(self, track: str) -> Iterator[Event]:
        """Those that the record knew of by the end of the day, and the retractions that it knew of."""
        today = self._clock.moment(self._place[0])
        for event in self._of(track):
            has_come = (self._clock.key(event), event.position or 0) <= self._place
            if (has_come or isinstance(event, Retracted)) and is_known(event, today):
                yield event
        yield from (event for event in self._own.get(track, ()) if is_known(event, today))

    def _of(self, track: str) -> Iterable[Event]:
        if not self._ledger.version(track):
            return
        for event in self._ledger.events(track):
            if (event.position or 0) > self._head:
                return
            yield event

    # What a simulation adds.

    def schedule(self, event: Event, *, strict: bool = True) -> None:
        """Have an event played when its time comes, behind what the ledger holds of that day or instant.

        It is marked as hypothetical, counts as recorded when it happens unless it says otherwise (on the axis of what was known
        not before now: it may be late), and is judged when it is played, by what can be seen then: `InvalidEvent` and, where
        ``strict``, `NotAllowed` are raised by the iteration, which goes on behind it. Raises `Invalid` here for an event whose
        time is past.
        """
        now = self.now
        if isinstance(now, datetime) and event.recorded is None:
            event = attrs.evolve(event, recorded=max(now, event.known))
        event = hypothetical(event)
        key = self._clock.key(event)
        if key < self._place[0]:
            raise Invalid([Fault(f"{event.occurred} is past: the clock stands at {self.now}", ("occurred",))])
        self._scheduled += 1
        heapq.heappush(self._queue, (key, self._scheduled, event, strict))

    def _play_own(self) -> Played:
        key, _, event, strict = heapq.heappop(self._queue)
        number = len(self._added) + 1
        # Its place is behind all that the ledger holds; that it has no position tells nobody how much that is.
        self._place = (key, _LAST + number)
        event = hypothetical(event, place=f"play {number}")
        fold = self._folds.get(event.track, Fold())
        self._judge(event, fold.status)
        after = fold.continued(event, self._place[1], self._evidence)
        if after is None:
            after = reduce([*self._seen(event.track), event], evidence=self._evidence)
        if strict:
            self._refuse(event, fold.status, after)
        self._folds[event.track] = fold
        self._own.setdefault(event.track, []).append(event)
        self._added.append(event)
        return self._played(fold, event, after)

    def _judge(self, event: Event, status: Status) -> None:
        """Raise `InvalidEvent` with what is wrong with it, by what can be seen."""
        declared = {party.code for party in status.description.parties} or None
        speaks = isinstance(event, (Noted, Retracted))
        earlier = {other.id or "": other.kind for other in self._seen(event.track)} if speaks else None
        if found := errors(faults(event, earlier=earlier, declared=declared, hypothetical=True)):
            raise InvalidEvent([attrs.evolve(fault, file=f"scheduled event {event.id!r}") for fault in found])

    def _refuse(self, event: Event, before: Status, after: Status) -> None:
        """Raise `NotAllowed` for an anomaly that it adds."""
        known = {anomaly.event_id for anomaly in before.anomalies}
        for anomaly in after.anomalies:
            if anomaly.event_id not in known:
                record = [*self._seen(event.track), event]
                raise refusal(event.track, record, anomaly, self._evidence, is_new=anomaly.event_id == event.id)


_Place = tuple[int, int]
"""Where the clock stands: the key of the moment, and the position up to which its events have been played, or, for what was
scheduled, a number behind all of them."""
_BEFORE, _LAST = -(2**62), 2**62


def _noting(events: Iterable[Event], retractions: list[Retracted]) -> Iterator[Event]:
    """The events, while the retractions among them are noted down."""
    for event in events:
        if isinstance(event, Retracted):
            retractions.append(event)
        yield event


def _retracted(retractions: Sequence[Retracted]) -> frozenset[str]:
    """The ids of the events that were retracted, by retractions that were not; see `diplostate.talks.record.read`."""
    dead: set[str] = set()
    for retraction in reversed(retractions):
        if retraction.id not in dead:
            dead.add(retraction.retracts)
    return frozenset(dead)

"""What is different: between two days of what happened, or between what we showed and what we know (hindsight)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.protocol import Ledger
from diplostate.reports.differences import Difference, differences
from diplostate.reports.question import Cut, Question, moment_text
from diplostate.reports.timeline import Moment as Told
from diplostate.reports.timeline import timeline_of
from diplostate.talks.dates import Moment, day_of
from diplostate.talks.events import Event, Retracted
from diplostate.talks.fold import fold
from diplostate.talks.record import Entry, Fate, is_known
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Status


@attrs.frozen(kw_only=True)
class Cause:
    """An event that makes a difference, as the later of the two readings sees it."""

    told: Told
    about: Event | None = None
    """The event that it retracts, confirms or denies."""

    @property
    def event(self) -> Event:
        """The event."""
        return self.told.event


@attrs.frozen(kw_only=True)
class Change:
    """Two statuses of one track that differ, and the events that make the difference."""

    track: str
    earlier: Question
    later: Question
    since: date | None = None
    """In hindsight, the first day as of which both statuses hold; the last is the ``as_of`` of the questions."""
    before: Status
    after: Status
    causes: tuple[Cause, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the statuses say differently; nothing only where they are equal."""
        return differences(self.before, self.after, self.earlier.now, self.later.now)


@attrs.frozen(kw_only=True)
class Diff:
    """The changes of some tracks; tracks that do not differ have none."""

    earlier: Question
    later: Question
    is_hindsight: bool
    tracks: tuple[str, ...]
    """The tracks that were looked at."""
    changes: tuple[Change, ...]

    @property
    def changed(self) -> tuple[str, ...]:
        """The tracks that differ."""
        return tuple(dict.fromkeys(change.track for change in self.changes))


def happened(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    start: Cut,
    end: Cut = None,
    known_at: Cut = None,
    evidence: Evidence | str = "official",
    now: Cut = None,
) -> Diff:
    """What happened on some tracks (None: all) after ``start``, up to ``end`` (None: to this day), as known at one time.

    Raises `TrackNotFound`, and `Invalid` for arguments that cannot be read.
    """
    earlier = Question.of(as_of=start, known_at=known_at, evidence=evidence)
    later = Question.of(as_of=end, known_at=known_at, evidence=evidence, now=end or now)
    _refuse_reversed(earlier.as_of, later.as_of, "--from", "--to")
    return _diff(ledger, tracks, earlier, later, _happened)


def hindsight(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    known_from: Cut,
    known_to: Cut = None,
    as_of: Cut = None,
    evidence: Evidence | str = "official",
    now: Cut = None,
) -> Diff:
    """The statuses of some tracks (None: all) that we showed at ``known_from``, and that what was recorded since, up to
    ``known_to`` (None: to this day), has revised.

    ``as_of`` asks for one day; without it, the status as of ``known_from`` and of every day before it is looked at. Raises
    `TrackNotFound`, and `Invalid` for arguments that cannot be read.
    """
    earlier = Question.of(as_of=as_of, known_at=known_from, evidence=evidence)
    later = Question.of(as_of=as_of, known_at=known_to, evidence=evidence, now=known_to or now)
    _refuse_reversed(earlier.known_at, later.known_at, "--known-from", "--known-to")
    return _diff(ledger, tracks, earlier, later, _revised)


def _refuse_reversed(start: Moment | None, end: Moment | None, *names: str) -> None:
    if start is not None and end is not None and _is_after(start, end):
        told = f"{names[0]} {moment_text(start)} is after {names[1]} {moment_text(end)}: swap them"
        raise Invalid([Fault(told)])


def _is_after(one: Moment, other: Moment) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one > other
    return day_of(one) > day_of(other)


Changes = Callable[[str, Sequence[Event], Question, Question], Iterator[Change]]


def _diff(ledger: Ledger, tracks: Sequence[str] | None, earlier: Question, later: Question, find: Changes) -> Diff:
    wanted = tuple(ledger.tracks() if tracks is None else tracks)
    changes = (change for track in wanted for change in find(track, tuple(ledger.events(track)), earlier, later))
    return Diff(earlier=earlier, later=later, is_hindsight=find is _revised, tracks=wanted, changes=tuple(changes))


# What happened.


def _happened(track: str, record: Sequence[Event], earlier: Question, later: Question) -> Iterator[Change]:
    before, after = _status(record, earlier), _status(record, later)
    if before != after:
        causes = tuple(_new(track, record, earlier, later))
        yield Change(track=track, earlier=earlier, later=later, before=before, after=after, causes=causes)


def _status(record: Sequence[Event], question: Question) -> Status:
    return fold(question.read(record))


def _new(track: str, record: Sequence[Event], earlier: Question, later: Question) -> Iterator[Cause]:
    """The events that have come into force between two questions, by the day on which they count."""
    was_there = {id(entry.event) for entry in earlier.read(record).entries if _is_in_force(entry)}
    return (
        cause for cause in _causes(track, record, later) if _is_in_force(cause.told.entry) and id(cause.event) not in was_there
    )


def _causes(track: str, record: Sequence[Event], question: Question) -> Iterator[Cause]:
    """All events as causes, by the day on which they count."""
    known = {event.id: event for event in record}
    for told in timeline_of(track, record, question).moments:
        names = (getattr(told.event, verb, None) for verb in ("retracts", "confirms", "denies"))
        yield Cause(told=told, about=next((known[name] for name in names if name is not None and name in known), None))


_IN_FORCE = frozenset({Fate.COUNTED, Fate.REMEMBERED, Fate.CONTEXT})


def _is_in_force(entry: Entry) -> bool:
    """Whether the event does something to a reading; retractions do from the moment at which they are known."""
    return entry.fate in _IN_FORCE or (isinstance(entry.event, Retracted) and entry.fate is Fate.NOT_YET_OCCURRED)


# What we showed, and know better now.


def _revised(track: str, record: Sequence[Event], earlier: Question, later: Question) -> Iterator[Change]:
    """The changes, the latest day first: that is what was shown at the time."""
    learned = [event for event in record if _is_learned(event, earlier, later)]
    shown = earlier.as_of or earlier.known_at
    if not learned or shown is None:
        return
    points = [shown] if earlier.as_of else [*_days_between(_first_touched(learned, record), shown, record), shown]
    for since, until, before, after in reversed(list(_spans(points, record, earlier, later))):
        if before != after:
            then, now = (attrs.evolve(asked, as_of=until, now=until) for asked in (earlier, later))
            causes = tuple(_revising(track, record, learned, now, after))
            yield Change(track=track, earlier=then, later=now, since=since, before=before, after=after, causes=causes)


def _is_learned(event: Event, earlier: Question, later: Question) -> bool:
    """Whether the record came to know of the event between the two questions."""
    assert earlier.known_at is not None, "hindsight looks back at a day"
    return not is_known(event, earlier.known_at) and (later.known_at is None or is_known(event, later.known_at))


def _first_touched(learned: Sequence[Event], record: Sequence[Event]) -> date:
    """The first day whose status these events can touch; a retraction touches the day of what it retracts."""
    known = {event.id: event for event in record}
    days = []
    for event in learned:
        touched: Event | None = event
        while isinstance(touched, Retracted):  # what it retracts is earlier in the record, so this ends
            touched = known.get(touched.retracts)
        days += [touched.day] if touched is not None else []
    return min(days, default=date.max)


def _days_between(first: date, shown: Moment, record: Iterable[Event]) -> list[date]:
    """The days on which the status can have changed, before what was shown."""
    return sorted({event.day for event in record if first <= event.day < day_of(shown)})


Span = tuple[date, Moment, Status, Status]


def _spans(points: Sequence[Moment], record: Sequence[Event], earlier: Question, later: Question) -> Iterator[Span]:
    """The points in time as spans in which both statuses stay what they are, each with the last moment of its own."""
    cuts = [(attrs.evolve(earlier, as_of=point), attrs.evolve(later, as_of=point)) for point in points]
    pairs = [(_status(record, then), _status(record, now)) for then, now in cuts]
    starts = [0, *(place for place, (one, other) in enumerate(pairwise(pairs), 1) if one != other)]
    for start, end in pairwise([*starts, len(points)]):
        until = points[end - 1] if end == len(points) else day_of(points[end]) - timedelta(days=1)
        yield day_of(points[start]), until, *pairs[start]


MOST_TRIED = 64
"""New events of which is tried whether the status would be the same without; of more, all that are in force are told."""


def _revising(
    track: str, record: Sequence[Event], learned: Sequence[Event], question: Question, after: Status
) -> Iterator[Cause]:
    """The new events without which the status would be another; those that were recorded first are preferred."""
    kept = {id(event) for event in learned}
    if len(learned) <= MOST_TRIED:
        kept = {id(event) for event in _needed(record, learned, question, after)}
    for cause in _causes(track, record, question):
        if id(cause.event) in kept and (len(learned) <= MOST_TRIED or _is_in_force(cause.told.entry)):
            yield cause


def _needed(record: Sequence[Event], learned: Sequence[Event], question: Question, after: Status) -> list[Event]:
    """The smallest part of what was learned that comes to the same status: none of it can be left out."""
    kept = sorted(learned, key=lambda event: event.known)
    size = len(kept) + 1
    while len(kept) < size:  # again, for one may be needed only to take back another
        size = len(kept)
        for event in reversed(kept):
            left_out = {id(one) for one in learned} - {id(one) for one in kept} | {id(event)}
            if _status([one for one in record if id(one) not in left_out], question) == after:
                kept = [one for one in kept if one is not event]
    return kept

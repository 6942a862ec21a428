"""What is different: between two days of what happened, between what we showed and what we know (hindsight), on a branch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from itertools import pairwise

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.branch import Branch
from diplostate.ledger.protocol import Ledger
from diplostate.reports.differences import Difference, differences
from diplostate.reports.question import Cut, Question, moment_text
from diplostate.reports.stretch import Stretch, stretches
from diplostate.reports.timeline import Moment as Told
from diplostate.talks.dates import Moment, day_of
from diplostate.talks.events import Event, Retracted
from diplostate.talks.fold import fold, walk
from diplostate.talks.record import Entry, Fate, Reading, has_come, is_known
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
    find_causes: Callable[[], Iterable[Cause]] = attrs.field(eq=False, repr=False)

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """The events that make the difference, by the day on which they count; they are looked for when asked for."""
        return tuple(self.find_causes())

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the statuses say differently; nothing only where they are equal."""
        return differences(self.before, self.after, self.earlier.now, self.later.now)


@attrs.frozen(kw_only=True)
class Diff:
    """The changes of some tracks; tracks that do not differ have none."""

    earlier: Question
    later: Question
    axis: str
    """``happened``, ``known`` (hindsight), or ``branch`` (the later question is asked of a branch, the earlier of its base)."""
    tracks: tuple[str, ...]
    """The tracks that were looked at."""
    changes: tuple[Change, ...]

    @property
    def is_hindsight(self) -> bool:
        """Whether it looks back at what was shown."""
        return self.axis == "known"

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
    return _diff(ledger, tracks, earlier, later, "happened")


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
    return _diff(ledger, tracks, earlier, later, "known")


def branched(
    branch: Branch,
    tracks: Sequence[str] | None = None,
    *,
    as_of: Cut = None,
    known_at: Cut = None,
    evidence: Evidence | str = "official",
    now: Cut = None,
) -> Diff:
    """What is otherwise on a branch than where it began, on some tracks (None: those to which something was added).

    Days are counted up to ``now`` (None: ``as_of``, ``known_at``, or the present). Raises `TrackNotFound`, and `Invalid` for
    arguments that cannot be read.
    """
    asked = Question.of(as_of=as_of, known_at=known_at, evidence=evidence, now=now)
    wanted = tuple(dict.fromkeys(event.track for event in branch.own) if tracks is None else tracks)
    below = branch.branch(at=branch.fork)
    changes: list[Change] = []
    for track in wanted:
        base = tuple(below.events(track)) if below.version(track) else ()
        then, now_ = asked.read(base), asked.read(record := tuple(branch.events(track)))
        changes += _compared(track, record, then, now_, asked, asked)
    return Diff(earlier=asked, later=asked, axis="branch", tracks=wanted, changes=tuple(changes))


def _refuse_reversed(start: Moment | None, end: Moment | None, *names: str) -> None:
    if start is not None and end is not None and _is_after(start, end):
        told = f"{names[0]} {moment_text(start)} is after {names[1]} {moment_text(end)}: swap them"
        raise Invalid([Fault(told)])


def _is_after(one: Moment, other: Moment) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one > other
    return day_of(one) > day_of(other)


Changes = Callable[[str, Sequence[Event], Question, Question], Iterator[Change]]


def _diff(ledger: Ledger, tracks: Sequence[str] | None, earlier: Question, later: Question, axis: str) -> Diff:
    wanted = tuple(ledger.tracks() if tracks is None else tracks)
    find: Changes = _revised if axis == "known" else _happened
    changes = (change for track in wanted for change in find(track, tuple(ledger.events(track)), earlier, later))
    return Diff(earlier=earlier, later=later, axis=axis, tracks=wanted, changes=tuple(changes))


# What happened.


def _happened(track: str, record: Sequence[Event], earlier: Question, later: Question) -> Iterator[Change]:
    yield from _compared(track, record, earlier.read(record), later.read(record), earlier, later)


def _compared(
    track: str, record: Sequence[Event], then: Reading, now: Reading, earlier: Question, later: Question
) -> Iterator[Change]:
    """What two readings say differently; ``record`` is that of the later one."""
    before, after = fold(then), fold(now)
    if before != after:
        find = partial(_come_into_force, record, then, now)
        yield Change(track=track, earlier=earlier, later=later, before=before, after=after, find_causes=find)


def _come_into_force(record: Sequence[Event], then: Reading, now: Reading) -> Iterator[Cause]:
    """The events that are in force in the later of two readings alone."""
    was_there = {entry.event.id for entry in then.entries if _is_in_force(entry)}
    chosen = {id(entry.event) for entry in now.entries if _is_in_force(entry) and entry.event.id not in was_there}
    return _causes(record, Stretch(now, tuple(walk(now))), chosen)


_IN_FORCE = frozenset({Fate.COUNTED, Fate.REMEMBERED, Fate.CONTEXT})


def _is_in_force(entry: Entry) -> bool:
    """Whether the event does something to a reading; retractions do from the moment at which they are known."""
    return entry.fate in _IN_FORCE or (isinstance(entry.event, Retracted) and entry.fate is Fate.NOT_YET_OCCURRED)


def _causes(record: Sequence[Event], stretch: Stretch, chosen: Collection[int]) -> Iterator[Cause]:
    """These events as causes (by their ``id()``), by the day on which they count."""
    known = {event.id: event for event in record}
    steps = {id(step.event): step for step in stretch.steps}
    for entry in sorted(stretch.reading.entries, key=lambda entry: entry.day):
        if id(entry.event) in chosen:
            names = (getattr(entry.event, verb, None) for verb in ("retracts", "confirms", "denies"))
            about = next((known[name] for name in names if name is not None and name in known), None)
            yield Cause(told=Told(entry=entry, step=steps.get(id(entry.event))), about=about)


# What we showed, and know better now.


def _revised(track: str, record: Sequence[Event], earlier: Question, later: Question) -> Iterator[Change]:
    """The changes, the latest day first: that is what was shown at the time."""
    learned = [event for event in record if _is_learned(event, earlier, later)]
    points = _points(record, learned, earlier)
    then, now = (list(stretches(record, asked, points)) for asked in (earlier, later))
    pairs = [(one.status(point), other.status(point)) for one, other, point in zip(then, now, points, strict=True)]
    for start, last in reversed(_spans(pairs)):
        before, after = pairs[start]
        if before != after:
            until = points[last] if last == len(points) - 1 else day_of(points[last + 1]) - timedelta(days=1)
            was, became = (attrs.evolve(asked, as_of=until, now=until) for asked in (earlier, later))
            yield Change(
                track=track,
                earlier=was,
                later=became,
                since=day_of(points[start]),
                before=before,
                after=after,
                find_causes=partial(_revising, record, learned, became, now[last]),
            )


def _is_learned(event: Event, earlier: Question, later: Question) -> bool:
    """Whether the record came to know of the event between the two questions."""
    assert earlier.known_at is not None, "hindsight looks back at a day"
    return not is_known(event, earlier.known_at) and (later.known_at is None or is_known(event, later.known_at))


def _points(record: Sequence[Event], learned: Sequence[Event], earlier: Question) -> list[Moment]:
    """The moments at which one of the statuses can have changed, and the one that is asked for last; none, where what was
    learned touches none of them."""
    shown = earlier.as_of or earlier.known_at
    first = _first_touched(record, learned)
    if shown is None or first > day_of(shown) + timedelta(days=isinstance(shown, datetime)):  # time zones differ by a day
        return []
    days = {event.day for event in record if first <= event.day < day_of(shown)} if earlier.as_of is None else set()
    return [*sorted(days), shown]


def _first_touched(record: Sequence[Event], learned: Sequence[Event]) -> date:
    """The first day whose status these events can touch; a retraction touches the day of what it retracts."""
    known = {event.id: event for event in record}
    days = []
    for event in learned:
        touched: Event | None = event
        while isinstance(touched, Retracted):  # what it retracts is earlier in the record, so this ends
            touched = known.get(touched.retracts)
        days += [touched.day] if touched is not None else []
    return min(days, default=date.max)


def _spans(pairs: Sequence[tuple[Status, Status]]) -> list[tuple[int, int]]:
    """The places of the first and the last of neighbours that are equal."""
    starts = [place for place, pair in enumerate(pairs) if place == 0 or pair != pairs[place - 1]]
    return [(start, end - 1) for start, end in pairwise([*starts, len(pairs)])]


MOST_TRIED = 64
"""New events of which is tried whether the status would be the same without; of more, all that are in force are told."""


def _revising(record: Sequence[Event], learned: Sequence[Event], question: Question, stretch: Stretch) -> Iterator[Cause]:
    """The new events without which the status would be another; those that were recorded first are preferred."""
    assert question.as_of is not None, "a span ends on a day"
    new = [event for event in learned if isinstance(event, Retracted) or has_come(event, question.as_of)]
    if len(new) > MOST_TRIED:
        in_force = {id(entry.event) for entry in stretch.reading.entries if _is_in_force(entry)}
        return _causes(record, stretch, in_force & {id(event) for event in new})
    if len(new) > 1:
        new = _needed(record, learned, new, question, stretch.status(question.as_of))
    return _causes(record, stretch, {id(event) for event in new})


def _needed(
    record: Sequence[Event], learned: Sequence[Event], new: Sequence[Event], question: Question, after: Status
) -> list[Event]:
    """The smallest part of what is new that comes to the same status: none of it can be left out."""
    kept = sorted(new, key=lambda event: event.known)
    size = len(kept) + 1
    while len(kept) < size:  # again, for one may be needed only to take back another
        size = len(kept)
        for event in reversed(kept):
            left_out = {id(one) for one in learned} - {id(one) for one in kept} | {id(event)}
            if fold(question.read([one for one in record if id(one) not in left_out])) == after:
                kept = [one for one in kept if one is not event]
    return kept

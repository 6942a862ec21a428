"""The phases of tracks over time: from when until when each lasted, who owed an answer, which meetings were set and held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import zip_longest

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.protocol import Ledger
from diplostate.reports.axis import Axis
from diplostate.reports.question import Question
from diplostate.talks.dates import Moment
from diplostate.talks.events import Concluded, Event, Held, Scheduled, Stalled
from diplostate.talks.fold import Step, fold, walk
from diplostate.talks.machine import Phase
from diplostate.talks.record import Description, Entry, Fate
from diplostate.talks.status import Status


@attrs.frozen(kw_only=True)
class Spell:
    """The time that a track spent in one state, from the day ``begin`` until the day ``end`` on which the next one began.

    A state that lasted less than a day leaves no spell: a day ends in one phase, and that one counts.
    """

    phase: Phase
    headline: str
    awaiting: tuple[str, ...]
    """Who owed an answer, by code; only while a proposal was pending."""
    begin: date
    end: date | None
    """None: it lasts."""
    event: Event = attrs.field(eq=False)
    """What began it."""

    @property
    def earliest(self) -> date | None:
        """The first day on which it may have begun, for the date may be imprecise; None where that is open."""
        return self.event.occurred.earliest


@attrs.frozen(kw_only=True)
class Lane:
    """The spells of a track on one evidence, in order, without gaps; before the first, no talks were proposed."""

    evidence: str
    spells: tuple[Spell, ...]
    status: Status
    """What they come to."""


@attrs.frozen(kw_only=True)
class Mark:
    """An event that moves the machine."""

    entry: Entry
    counts: bool
    """Whether it counts on the evidence asked for; else it is only reported."""


@attrs.frozen(kw_only=True)
class Plan:
    """A meeting that was set for a day or a stretch of days, and what came of it.

    ``fate`` is one of `FATES`, by what followed it.
    """

    event: Scheduled
    fate: str
    counts: bool


@attrs.frozen(kw_only=True)
class Strip:
    """One track over time."""

    track: str
    description: Description
    lanes: tuple[Lane, ...]
    """On the evidence asked for, then on all reports where those tell something else."""
    marks: tuple[Mark, ...]
    plans: tuple[Plan, ...]

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to draw: no talks were proposed, on any evidence."""
        return not any(lane.spells for lane in self.lanes)


@attrs.frozen(kw_only=True)
class Strips:
    """Tracks over time, side by side."""

    question: Question
    strips: tuple[Strip, ...]
    axis: Axis
    """The days that are shown when they are drawn; spells may reach beyond."""

    def meetings(self, strip: Strip, *, counts: bool) -> tuple[tuple[Mark, ...], tuple[Plan, ...]]:
        """What is to be drawn of the meetings of one lane: those held, and those that were set for a date and not held."""
        held = (mark for mark in strip.marks if mark.counts == counts and isinstance(mark.entry.event, Held))
        plans = (plan for plan in strip.plans if plan.counts == counts and plan.fate != "held")
        return (
            tuple(mark for mark in held if self.axis.shows(mark.entry.day, until_of(mark.entry.event) or mark.entry.day)),
            tuple(plan for plan in plans if (on := plan.event.on) and self.axis.shows(on.earliest, on.latest)),
        )

    @property
    def quiet(self) -> tuple[Strip, ...]:
        """The tracks of which there is nothing to draw."""
        return tuple(strip for strip in self.strips if strip.is_quiet)

    @property
    def drawn(self) -> tuple[Strip, ...]:
        """The others."""
        return tuple(strip for strip in self.strips if not strip.is_quiet)


def strips(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    question: Question | None = None,
    *,
    start: date | None = None,
    stop: date | None = None,
) -> Strips:
    """The phases of some tracks (None: all) over time; ``start`` and ``stop`` are the first and the last day to be drawn.

    They are told as the record has them in hindsight: what a denial took, or a confirmation made official later, is so from the
    day of the event on. Raises `TrackNotFound`, and `Invalid` for a ``stop`` before ``start``.
    """
    asked = question or Question.of()
    found = (strip(track, ledger.events(track), asked) for track in tracks or ledger.tracks())
    return side_by_side(found, asked, start=start, stop=stop)


def side_by_side(found: Iterable[Strip], question: Question, *, start: date | None = None, stop: date | None = None) -> Strips:
    """Strips on one axis; arguments as in `strips`."""
    together = tuple(found)
    return Strips(question=question, strips=together, axis=_axis(together, question, start, stop))


def strip(track: str, events: Iterable[Event], question: Question) -> Strip:
    """One track over time, from its events in the order of the record."""
    record = tuple(events)
    asked = question.read(record)
    everything = question.read(record, evidence="reported")
    steps, all_steps = tuple(walk(asked)), tuple(walk(everything))
    lane = _lane(question.evidence.name, steps, fold(asked), question.now)
    reported = _lane("reported", all_steps, fold(everything), question.now)
    counted = {id(entry.event) for entry in asked.entries if entry.fate is Fate.COUNTED}
    plans, rumours = (_plans(made, question.today, counts=counts) for made, counts in ((steps, True), (all_steps, False)))
    return Strip(
        track=track,
        description=asked.description,
        lanes=(lane,) if lane.spells == reported.spells else (lane, reported),
        marks=tuple(Mark(entry=entry, counts=id(entry.event) in counted) for entry in everything.moves),
        plans=(*plans, *(plan for plan in rumours if id(plan.event) not in counted)),
    )


def _lane(evidence: str, steps: Sequence[Step], status: Status, now: Moment) -> Lane:
    begun: list[tuple[Step, tuple[object, ...]]] = []
    for step in steps:
        state = _state(step.after)
        if begun and begun[-1][0].entry.day == step.entry.day and begun[-1][1] != state:
            begun.pop()
        if (begun[-1][1] if begun else _state(Status())) != state:
            begun.append((step, state))
    spells = tuple(_spell(step, following and following[0].entry.day) for (step, _), following in zip_longest(begun, begun[1:]))
    if spells:
        spells = (*spells[:-1], attrs.evolve(spells[-1], headline=status.headline(now)))
    return Lane(evidence=evidence, spells=spells, status=status)


def _state(status: Status) -> tuple[object, ...]:
    return status.phase, status.headline(), status.awaiting if status.phase is Phase.PENDING else ()


def _spell(step: Step, end: date | None) -> Spell:
    phase, after = step.after.phase, step.after
    awaiting = after.awaiting if phase is Phase.PENDING else ()
    return Spell(phase=phase, headline=after.headline(), awaiting=awaiting, begin=step.entry.day, end=end, event=step.event)


FATES = {
    "ahead": "still to come",
    "missed": "its date is past and nothing was recorded",
    "held": "talks were held",
    "moved": "then another date was set",
    "off": "it did not come to it",
}
"""What came of a meeting that was set, in words."""
_FATES = {Held: "held", Scheduled: "moved", Stalled: "off", Concluded: "off"}


def _plans(steps: Iterable[Step], today: date, *, counts: bool) -> Iterator[Plan]:
    """The meetings that were set; one set again for the same date is one meeting."""
    plan: Scheduled | None = None
    for step in steps:
        plan, before = step.after.meeting, step.before.meeting
        if before is not None and plan is not before and (plan is None or plan.on != before.on):
            yield Plan(event=before, fate=_FATES[type(step.event)], counts=counts)
    if plan is not None:
        is_past = plan.on is not None and plan.on.latest is not None and plan.on.latest < today
        yield Plan(event=plan, fate="missed" if is_past else "ahead", counts=counts)


# What is shown.


def _axis(strips: Sequence[Strip], question: Question, start: date | None, stop: date | None) -> Axis:
    """The days that are known, and around them, in as much room again, those that are uncertain, planned, or past since."""
    today = question.today.toordinal()
    known = [mark.entry.day.toordinal() for strip in strips for mark in strip.marks] or [today]
    first, last = min(known), max(known)
    slack = max(last - first, _SLACK)
    loose = [day.toordinal() for strip in strips for day in _loose(strip)]
    begins = start.toordinal() if start else min([first, *(max(day, first - slack) for day in loose)])
    # A silence is told in words where it would leave the record no room, but somebody who names a day means to see it.
    silence = today if question.as_of is not None or today <= last + slack else last + max((last - first) // 12, 1)
    ends = stop.toordinal() if stop else max([last, silence, *(min(day, last + slack) for day in loose)])
    if begins > ends:
        days = f"{date.fromordinal(begins)} to {date.fromordinal(ends)}"
        raise Invalid([Fault(f"there is nothing to draw from {days}: choose an earlier first day, or a later last one")])
    return Axis(begins, ends + 1)


_SLACK = 31
"""Days that what is uncertain may take at least."""


def _loose(strip: Strip) -> Iterator[date]:
    """Days that may be far off: where imprecise dates begin, until when meetings last, and for when they are set."""
    for event in (mark.entry.event for mark in strip.marks):
        yield from (day for day in (event.occurred.earliest, until_of(event)) if day)
    for on in (plan.event.on for plan in strip.plans):
        yield from (day for day in (on and on.earliest, on and on.latest) if day)


def until_of(event: Event) -> date | None:
    """The last day of a meeting that lasted longer than one; None for any other event, and where the end is open."""
    return event.until.latest if isinstance(event, Held) and event.until else None

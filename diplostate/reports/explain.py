"""Why a status is what it is: the events and rows of the machine that make it, and the reason of every other event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import attrs

from diplostate.ledger.protocol import Ledger
from diplostate.reports.facts import status_data
from diplostate.reports.question import Question
from diplostate.reports.render import Field, Line, Page, Section, Span, View, heading
from diplostate.reports.sentences import effect_words, fate_words, sentence
from diplostate.reports.timeline import Moment, Timeline, event_lines, moment_data, timeline_of
from diplostate.reports.words import capital, date_words, day_words, unglued
from diplostate.talks.events import Described, Event, Held, Noted, Retracted
from diplostate.talks.fold import Step, fold
from diplostate.talks.machine import ANSWERS, Effect, Symbol
from diplostate.talks.record import Entry, Fate, Reading
from diplostate.talks.status import Status


@attrs.frozen(kw_only=True)
class Aside:
    """An event that does not make the present status, and the reason."""

    moment: Moment
    reason: str


@attrs.frozen(kw_only=True)
class Explanation:
    """The events of a track by what they do for the present status; together they are the whole record."""

    timeline: Timeline
    status: Status
    made_by: tuple[Moment, ...]
    """The smallest part of the record that comes to the same phase, parties, days, meeting and end."""
    passed: tuple[Aside, ...]
    """Events that counted, and without which the status would be the same."""
    left_out: tuple[Aside, ...]
    """Events that did not count."""
    context: tuple[Aside, ...]
    """Descriptions, notes and retractions."""


def explain(ledger: Ledger, track: str, question: Question | None = None) -> Explanation:
    """Why the status of a track is what it is; raises `TrackNotFound`."""
    return explain_of(track, ledger.events(track), question or Question.of())


def explain_of(track: str, events: Iterable[Event], question: Question) -> Explanation:
    """Why a status is what it is, from the events of its track in the order of the record."""
    record = tuple(events)
    reading = question.read(record)
    timeline = timeline_of(track, record, question)
    needed = {id(entry.event) for entry in smallest(reading)}
    groups: dict[str, list[Moment]] = {"made_by": [], "passed": [], "left_out": [], "context": []}
    for moment in timeline.moments:
        groups[_group(moment.entry, needed)].append(moment)
    return Explanation(
        timeline=timeline,
        status=fold(reading),
        made_by=tuple(groups.pop("made_by")),
        **{
            name: tuple(Aside(moment=moment, reason=_reason(moment, timeline)) for moment in found)
            for name, found in groups.items()
        },
    )


def _group(entry: Entry, needed: set[int]) -> str:
    if id(entry.event) in needed:
        return "made_by"
    if entry.fate is Fate.CONTEXT:
        return CONTEXT
    return "passed" if entry.fate is Fate.COUNTED else "left_out"


def smallest(reading: Reading) -> tuple[Entry, ...]:
    """The smallest part of a reading that comes to the same status: leaving out any one more entry would change it.

    The same status means the phase and its beginning, the open proposal with its answers, the next meeting, and what was
    held, stalled or concluded; rounds are left aside, for every meeting makes one.
    """
    wanted = essence(fold(reading))
    kept = list(reading.moves)
    size = len(kept)
    while size:
        smaller = _without_chunks(reading, kept, size, wanted)
        # Single entries are tried until none can go; larger chunks only save time.
        size = size // 2 if size > 1 else int(len(smaller) < len(kept))
        kept = smaller
    return tuple(kept)


def _without_chunks(reading: Reading, kept: list[Entry], size: int, wanted: tuple[object, ...]) -> list[Entry]:
    """The entries without those chunks of this size that the status does not need, tried from the first on."""
    start = 0
    while start < len(kept):
        rest = kept[:start] + kept[start + size :]
        if essence(fold(attrs.evolve(reading, moves=tuple(rest)))) == wanted:
            kept = rest
        else:
            start += size
    return kept


def essence(status: Status) -> tuple[object, ...]:
    """What is explained of a status."""
    proposal = status.open
    offer = proposal and (proposal.by, proposal.to, proposal.asked, proposal.terms, proposal.accepted, proposal.declined)
    ends = (status.meeting, status.stall, status.conclusion)
    return (status.phase, status.since, offer, *ends, status.headline())


SUPERSEDED = "superseded: what came later makes the same status without it"
CONTEXT = "context"


def _reason(moment: Moment, timeline: Timeline) -> str:
    """Why an event does not make the present status."""
    step = moment.step
    if moment.entry.fate is Fate.CONTEXT:
        return _context(moment.event, timeline)
    if step is None or step.row is None:
        return fate_words(moment.entry, timeline.description)
    if step.row.target is Effect.ANOMALY:
        return effect_words(step, timeline.question.now)
    if step.row.symbol is Symbol.ACKNOWLEDGED:
        return step.row.rule
    rounds = "; it stays counted among the rounds" if isinstance(moment.event, Held) else ""
    return f"{SUPERSEDED}{rounds}"


def _context(event: Event, timeline: Timeline) -> str:
    if isinstance(event, Described):
        return "says what the track is"
    if isinstance(event, Retracted):
        return f"takes event {event.retracts} out"
    assert isinstance(event, Noted)
    if event.confirms is not None:
        return f"adds its sources to event {event.confirms}"
    denied = next((entry for entry in timeline.entries if entry.event.id == event.denies), None)
    if denied is None:
        return CONTEXT
    return (
        f"takes the official standing of event {event.denies}"
        if event.id in denied.denied_by
        else "is shown, and takes nothing"
    )


def view(explanation: Explanation) -> View:
    """The report, ready to be rendered."""
    return View(name="why", page=partial(page, explanation), data=partial(data, explanation))


# As a page.


def page(explanation: Explanation) -> Page:
    """The explanation as a text."""
    timeline, status = explanation.timeline, explanation.status
    since = f", since {day_words(status.since)}" if status.since else ""
    lead: Line = [Span(capital(status.headline(timeline.question.now)), f"phase.{status.phase}"), since]
    makes = [Field(date_words(moment.event.occurred), _made(moment, timeline)) for moment in explanation.made_by]
    asides = (
        ("Counted, and superseded since: the status would be the same without", explanation.passed),
        ("Not counted", explanation.left_out),
        ("Context: moves nothing", explanation.context),
    )
    return Page(
        lead=[[Span(timeline.question.words(), "dim")]],
        sections=[
            Section(heading=heading(timeline.description.title, timeline.track), lead=[lead]),
            Section(heading=["Made by" if makes else "Made by nothing: no event moves the machine"], fields=makes, airy=True),
            *(_aside(title, found, timeline) for title, found in asides if found),
        ],
    )


def _made(moment: Moment, timeline: Timeline) -> list[Line]:
    said = sentence(moment.event, timeline.description.name)
    assert moment.step is not None
    return [
        [Span(said, "heading")],
        [Span(capital(effect_words(moment.step, timeline.question.now)), "effect")],
        f"Rule: {rule_words(moment.step)}",
        *event_lines(moment.entry, timeline.description),
    ]


def rule_words(step: Step) -> str:
    """The row of the machine that applied, and its reason."""
    row = step.row
    if row is None:
        return "a proposal below the evidence asked for is remembered, for an answer may adopt it"
    match = f" {row.match}" if row.symbol in ANSWERS else ""
    target = f"{row.target}, here {step.after.phase}" if isinstance(row.target, Effect) else row.target
    return f"{row.source}, {row.symbol}{match} → {target}: {row.rule}"


def _aside(title: str, found: Sequence[Aside], timeline: Timeline) -> Section:
    return Section(heading=[title], fields=[_aside_field(aside, timeline) for aside in found])


def _aside_field(aside: Aside, timeline: Timeline) -> Field:
    event = aside.moment.event
    lines: list[Line | str] = [sentence(event, timeline.description.name)]
    if not aside.reason.startswith((SUPERSEDED, CONTEXT)):
        lines.append([Span(capital(aside.reason), "reported")])
    return Field(date_words(event.occurred), [*lines, [Span(f"event {event.id}", "dim")]])


# As data.


def data(explanation: Explanation) -> dict[str, Any]:
    """The explanation as plain data, in its envelope."""
    timeline = explanation.timeline
    return timeline.question.envelope(
        "why",
        track=timeline.track,
        title=timeline.description.title,
        status=status_data(explanation.status, timeline.question.now),
        made_by=[moment_data(moment, timeline) | _row_data(moment) for moment in explanation.made_by],
        not_needed=_asides(explanation.passed, timeline),
        not_counted=_asides(explanation.left_out, timeline),
        context=_asides(explanation.context, timeline),
    )


def _row_data(moment: Moment) -> dict[str, Any]:
    row = moment.step and moment.step.row
    names = ("source", "symbol", "match", "target", "rule")
    return {"row": {name: str(getattr(row, name)) for name in names} if row else None}


def _asides(found: Iterable[Aside], timeline: Timeline) -> list[dict[str, Any]]:
    return [moment_data(aside.moment, timeline) | {"reason": unglued(aside.reason)} for aside in found]

"""The log of a track: every event with its sources and standing, and what it did to the status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import attrs

from diplostate.ledger.protocol import Ledger
from diplostate.reports.facts import entry_data, iso, status_data
from diplostate.reports.question import Question
from diplostate.reports.render import Cell, Field, Line, Page, Section, Span, Table, View, heading
from diplostate.reports.sentences import (
    attribution_words,
    detail_words,
    effect_words,
    fate_words,
    reported_words,
    sentence,
    source_words,
    who_words,
)
from diplostate.reports.words import capital, date_words, day_words, on_words, unglued
from diplostate.talks.events import MOVES, Event
from diplostate.talks.fold import Step, walk
from diplostate.talks.record import Description, Entry, Fate
from diplostate.talks.sources import Source, Standing


@attrs.frozen(kw_only=True)
class Moment:
    """One event of a timeline, with the step of the fold that it made, where it counted."""

    entry: Entry
    step: Step | None = None

    @property
    def event(self) -> Event:
        """The event."""
        return self.entry.event


@attrs.frozen(kw_only=True)
class Timeline:
    """All events of a track, by the day on which they count, then by their place in the record."""

    track: str
    question: Question
    description: Description
    moments: tuple[Moment, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The events as the reading sees them."""
        return tuple(moment.entry for moment in self.moments)


def timeline(ledger: Ledger, track: str, question: Question | None = None) -> Timeline:
    """The timeline of one track; raises `TrackNotFound`."""
    return timeline_of(track, ledger.events(track), question or Question.of())


def timeline_of(track: str, events: Iterable[Event], question: Question) -> Timeline:
    """The timeline of a track from its events, in the order of the record."""
    reading = question.read(events)
    steps = {id(step.event): step for step in walk(reading)}
    moments = [Moment(entry=entry, step=steps.get(id(entry.event))) for entry in reading.entries]
    moments.sort(key=lambda moment: moment.entry.day)
    return Timeline(track=track, question=question, description=reading.description, moments=tuple(moments))


def did_words(moment: Moment, timeline: Timeline) -> str:
    """What an event did to the status, or why it did nothing; empty for mere context."""
    if moment.step is not None:
        return effect_words(moment.step, timeline.question.now)
    fate = fate_words(moment.entry, timeline.description)
    return f"not counted: {fate}" if fate else ""


def view(timeline: Timeline) -> View:
    """The report, ready to be rendered."""
    return View(
        name="log",
        page=partial(page, timeline),
        table=partial(table, timeline),
        rows=partial(rows, timeline),
        data=partial(data, timeline),
    )


# As a page.


def page(timeline: Timeline) -> Page:
    """The timeline as a text."""
    count = len(timeline.moments)
    return Page(
        lead=[[Span(f"{timeline.question.words()}: {count} event{'s' if count != 1 else ''}", "dim")]],
        sections=[
            Section(heading=heading(timeline.description.title, timeline.track)),
            Section(fields=[_field(moment, timeline) for moment in timeline.moments], airy=True),
        ],
    )


def _field(moment: Moment, timeline: Timeline) -> Field:
    said = sentence(moment.event, timeline.description.name)
    did = did_words(moment, timeline)
    lines: list[Line | str] = [
        [Span(said, "heading")],
        *_about(moment.event, timeline),
        *([[Span(capital(did), _style(moment))]] if did else []),
        *event_lines(moment.entry, timeline.description),
    ]
    return Field(date_words(moment.event.occurred), lines)


def _about(event: Event, timeline: Timeline) -> Iterator[str]:
    """What the event says that a note confirms or denies, or that was retracted."""
    targets = {getattr(event, name, None) for name in ("confirms", "denies", "retracts")} - {None}
    for moment in timeline.moments:
        if moment.event.id in targets and moment.event is not event:
            said = sentence(moment.event, timeline.description.name)
            yield f"That event: {said}, {on_words(moment.event.occurred)}"


def _style(moment: Moment) -> str:
    if moment.step is None:
        return "dim"
    return "warning" if len(moment.step.after.anomalies) > len(moment.step.before.anomalies) else "effect"


def event_lines(entry: Entry, description: Description) -> list[Line]:
    """How we know of an event: its standing, its sources, its note, and where to find it in the record."""
    lines: list[Line] = []
    if isinstance(entry.event, MOVES) and entry.standing is Standing.REPORTED and entry.fate is Fate.COUNTED:
        lines.append([Span(capital(reported_words(entry, description)), "reported")])
    lines += [source_line(source, entry, description) for source in entry.sources]
    if entry.event.note:
        lines.append([f"Note: {entry.event.note}"])
    lines.append([Span(_place(entry), "dim")])
    return lines


def source_line(source: Source, entry: Entry, description: Description) -> Line:
    """A source in one line, its attribution first."""
    style = "official" if source.is_official and entry.standing is Standing.OFFICIAL else "reported"
    details = detail_words(source)
    rest = f": {who_words(source)}{f' ({details})' if details else ''}{f' {source.url}' if source.url else ''}"
    return [Span(attribution_words(source, description.name), style), rest]


def _place(entry: Entry) -> str:
    event = entry.event
    late = f", recorded on {day_words(event.known.date())}" if event.known.date() != entry.day else ""
    inexact = "" if event.occurred.is_exact else f", counts on {day_words(entry.day)}"
    return f"{'hypothetical ' if event.hypothetical else ''}event {event.id}{inexact}{late}"


# As rows and as data.

_ROWS = (
    "day", "occurred", "recorded", "kind", "answer", "by", "to", "standing", "fate", "before", "after", "says", "does",
    "sources", "event",
)  # fmt: skip
_TABLE = ("occurred", "says", "standing", "does")


def table(timeline: Timeline) -> Table:
    """A row for each event, for people."""
    return Table(_TABLE, tuple(_row(moment, timeline, _TABLE) for moment in timeline.moments))


def rows(timeline: Timeline) -> Table:
    """A row for each event, for programs."""
    return Table(_ROWS, tuple(_row(moment, timeline, _ROWS) for moment in timeline.moments))


def _row(moment: Moment, timeline: Timeline, columns: Sequence[str]) -> tuple[Cell, ...]:
    event, step = moment.event, moment.step
    to = getattr(event, "to", None)
    values: dict[str, Cell] = {
        "day": iso(moment.entry.day),
        "occurred": str(event.occurred),
        "recorded": event.known.isoformat().replace("+00:00", "Z"),
        "kind": event.kind,
        "answer": event.symbol if event.symbol != event.kind else None,
        "by": getattr(event, "by", None),
        "to": " ".join(to) if isinstance(to, tuple) else to,
        "standing": moment.entry.standing.value if isinstance(event, MOVES) else None,
        "fate": moment.entry.fate.name.lower(),
        "before": step.before.phase.value if step else None,
        "after": step.after.phase.value if step else None,
        "says": unglued(sentence(event, timeline.description.name)),
        "does": unglued(did_words(moment, timeline)),
        "sources": unglued("; ".join(source_words(source, timeline.description.name) for source in moment.entry.sources)),
        "event": event.id,
    }
    return tuple(values[name] for name in columns)


def data(timeline: Timeline) -> dict[str, Any]:
    """The timeline as plain data, in its envelope."""
    events = [moment_data(moment, timeline) for moment in timeline.moments]
    title = timeline.description.title
    return timeline.question.envelope("log", track=timeline.track, title=title, events=events)


def moment_data(moment: Moment, timeline: Timeline) -> dict[str, Any]:
    """One event of a timeline as plain data."""
    step, now = moment.step, timeline.question.now
    return {
        **entry_data(moment.entry, timeline.description),
        "says": unglued(sentence(moment.event, timeline.description.name)),
        "does": unglued(did_words(moment, timeline)) or None,
        "rule": step.row.rule if step and step.row else None,
        "before": status_data(step.before, now) if step else None,
        "after": status_data(step.after, now) if step else None,
    }

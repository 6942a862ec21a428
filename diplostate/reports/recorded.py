"""What an append did: the events as they were recorded, and the status before and after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from diplostate.ledger import ask
from diplostate.ledger.codec import to_dict
from diplostate.ledger.protocol import Ledger
from diplostate.reports.facts import anomaly_data, status_data
from diplostate.reports.question import Question
from diplostate.reports.render import Field, Line, Page, Section, Span, View, heading
from diplostate.reports.sentences import anomaly_words, changes, reported_words, sentence
from diplostate.reports.words import capital, date_words
from diplostate.talks.dates import Moment
from diplostate.talks.events import MOVES, Event
from diplostate.talks.record import Entry, Reading
from diplostate.talks.sources import Standing
from diplostate.talks.status import Anomaly, Status


@attrs.frozen(kw_only=True)
class Standings:
    """Where a track stands on both evidences; a track that is not there yet stands where all tracks begin."""

    official: Status
    reported: Status

    @classmethod
    def of(cls, ledger: Ledger, track: str) -> Standings:
        """As the ledger has it now."""
        if not ledger.version(track):
            return cls(official=Status(), reported=Status())
        return cls(official=ask.status(ledger, track), reported=ask.status(ledger, track, evidence="reported"))


@attrs.frozen(kw_only=True)
class Recorded:
    """What an append did to one track."""

    track: str
    question: Question
    events: tuple[Event, ...]
    before: Standings
    after: Standings
    reading: Reading

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """The anomalies that it added."""
        known = {anomaly.event_id for status in (self.before.official, self.before.reported) for anomaly in status.anomalies}
        found = {
            anomaly.event_id: anomaly for status in (self.after.reported, self.after.official) for anomaly in status.anomalies
        }
        return tuple(anomaly for name, anomaly in found.items() if name not in known)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The new events as a reading on official evidence sees them."""
        ids = {event.id for event in self.events}
        return tuple(entry for entry in self.reading.entries if entry.event.id in ids)


def recorded(ledger: Ledger, events: Sequence[Event], before: Standings, question: Question) -> Recorded:
    """What the append of these events, as they were stored, did to their one track, which stood so before."""
    track = events[0].track
    return Recorded(
        track=track,
        question=question,
        events=tuple(events),
        before=before,
        after=Standings.of(ledger, track),
        reading=ask.reading(ledger, track),
    )


def view(found: Recorded) -> View:
    """What was recorded, as a report."""
    return View(name="what was recorded", page=lambda: page(found), data=lambda: data(found))


def page(found: Recorded) -> Page:
    """What was recorded as a text."""
    title = found.after.official.description.title
    return Page(sections=[Section(heading=heading(title, found.track), fields=fields(found))])


def fields(found: Recorded) -> list[Field]:
    """What is told of it, by labels; what there is nothing of is left out."""
    description = found.after.official.description
    told = [
        Field("Recorded", list(_recorded(found))),
        Field("Status", list(_status(found.before.official, found.after.official, found))),
        Field("Reported", list(_reported(found))),
        Field("Anomaly", [[Span(anomaly_words(anomaly, description.name), "warning")] for anomaly in found.anomalies]),
    ]
    return [field for field in told if field.lines]


def _recorded(found: Recorded) -> Iterator[Line | str]:
    description = found.after.official.description
    for entry in found.entries:
        event = entry.event
        yield f"{date_words(event.occurred)}: {sentence(event, description.name)}"
        if isinstance(event, MOVES) and entry.standing is Standing.REPORTED:
            yield [Span(reported_words(entry, description), "reported")]
        yield [Span(f"event {event.id}, version {event.version}", "dim")]


def _status(before: Status, after: Status, found: Recorded) -> Iterator[Line | str]:
    did = changes(before, after, found.question.now)
    for change in did:
        yield [Span(capital(change), "effect")]
    if not did:
        yield f"stays: {after.headline(found.question.now)}"


def _reported(found: Recorded) -> Iterator[Line | str]:
    """What it did on all reports, where that is something else."""
    now = found.question.now
    before, after = found.before, found.after
    if changes(before.official, after.official, now) != (did := changes(before.reported, after.reported, now)):
        for change in did:
            yield [Span("not official:", "reported"), f" {change}"]


def data(found: Recorded) -> dict[str, Any]:
    """What was recorded as plain data."""
    return found.question.envelope("recorded", **facts(found))


def facts(found: Recorded) -> dict[str, Any]:
    """The same without the question."""
    now = found.question.now
    return {
        "track": found.track,
        "events": [to_dict(event) for event in found.events],
        "before": _both(found.before, now),
        "after": _both(found.after, now),
        "anomalies": [anomaly_data(anomaly) for anomaly in found.anomalies],
    }


def _both(standings: Standings, now: Moment) -> dict[str, Any]:
    return {"official": status_data(standings.official, now), "reported": status_data(standings.reported, now)}

"""What would bring a track to a phase, in its shapes: a page for people, and data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from diplostate.ledger.codec import to_dict
from diplostate.reports.explain import rule_words
from diplostate.reports.facts import entry_data, status_data
from diplostate.reports.render import Field, Line, Page, Section, Span, View, heading
from diplostate.reports.sentences import Name, sentence, why_reported
from diplostate.reports.why_not import Statement, Way, WhyNot, go_betweens
from diplostate.reports.words import capital, day_words, joined, on_words, unglued
from diplostate.talks.events import Concluded, Event, Held, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.fold import Step
from diplostate.talks.status import HEADLINES
from diplostate.talks.words import Answer

MOST_OTHERS = 6
"""Parties, or pairs of them, of which a page tells that they could do the same."""

# In words.


def says(event: Event, name: Name) -> str:
    """What would have to happen, in a clause of the present tense."""
    if isinstance(event, Proposed):
        return f"{name(event.by)} makes a proposal to {joined(map(name, event.to))}"
    if isinstance(event, Responded):
        whose = f"the proposal of {name(event.to)}" if event.to else "what has leaked of a proposal"
        return f"{name(event.by)} {_ANSWERS[event.answer]} {whose}"
    if isinstance(event, Stalled) and event.by is not None:
        return f"{name(event.by)} withdraws its proposal"
    return _PLAIN[type(event)]


_ANSWERS = {
    Answer.ACKNOWLEDGED: "acknowledges",
    Answer.ACCEPTED: "accepts",
    Answer.COUNTERED: "counters",
    Answer.DECLINED: "declines",
}
_PLAIN = {
    Scheduled: "a meeting is set",
    Held: "a meeting takes place",
    Stalled: "the talks stall",
    Concluded: "the track is concluded",
}


def who(event: Event, found: WhyNot) -> str:
    """Who would have to act, or to tell it, so that it counts on the evidence asked for."""
    description, by = found.status.description, getattr(event, "by", None)
    if found.question.evidence.name == "reported":
        return f"{description.name(by)}, as told by anybody" if by else "any source can tell it"
    if by is None:
        return "any official source can tell it"
    if isinstance(event, Responded):
        return f"{description.name(by)} itself, officially"
    tellers = [description.name(code) for code in go_betweens(description) if code != by]
    return ", or ".join([f"{description.name(by)}, officially", *([f"{joined(tellers, 'or')} for it"] if tellers else [])])


def _sequence(events: Sequence[Event], name: Name) -> str:
    return "; then ".join(says(event, name) for event in events)


_NUMBERS = ("no event", "one event", "two events", "three events", "four events")


def verdict(found: WhyNot) -> str:
    """How far it is to the phase, in a sentence."""
    if found.is_there:
        return f"It is there already: {found.status.headline(found.question.now)}"
    if found.distance is not None:
        ways = len(found.ways) + found.more
        return f"{_NUMBERS[found.distance]} away{f', in any of {ways} ways' if ways > 1 else ''}"
    said = "; only a word on what is on record already does" if found.statements else ""
    return f"No event leads back to {found.phase} ({HEADLINES[found.phase]}){said}"


# As a page.


def view(found: WhyNot) -> View:
    """The answer as a report."""
    return View(name="why-not", page=lambda: page(found), data=lambda: data(found))


def page(found: WhyNot) -> Page:
    """The answer as a text."""
    ways = [_way_section(number, way, found) for number, way in enumerate(found.ways, 1)]
    more = [Section(lead=[[Span(f"and {found.more} more ways of the same length", "dim")]])] if found.more else []
    return Page(
        lead=[[Span(found.question.words(), "dim")]],
        sections=[
            Section(heading=heading(found.status.description.title, found.track), lead=_lead(found), fields=_context(found)),
            *ways,
            *more,
            *([_statements_section(found)] if found.statements else []),
        ],
    )


def _lead(found: WhyNot) -> list[Line]:
    status = found.status
    since = f", since {day_words(status.since)}" if status.since else ""
    if found.is_there:
        return [[Span(capital(verdict(found)), f"phase.{status.phase}"), since]]
    return [
        [Span(capital(status.headline(found.question.now)), f"phase.{status.phase}"), since],
        f"To {found.phase} ({HEADLINES[found.phase]}): {verdict(found)}" if found.distance else verdict(found),
    ]


def _context(found: WhyNot) -> Iterator[Field]:
    if found.left is not None:
        step, name = found.left, found.status.description.name
        until = f"{found.phase} until {day_words(step.entry.day)}: {sentence(step.event, name)}"
        yield Field("It was", [until, [Span(f"event {step.event.id}", "dim")]])


def _way_section(number: int, way: Way, found: WhyNot) -> Section:
    name = found.status.description.name
    steps = [_step_field(place, step, found) for place, step in enumerate(way.steps, 1)]
    others = [Field("Or", list(_others(way, name)))] if way.others else []
    return Section(heading=[f"Way {number}"] if len(found.ways) > 1 else ["The way"], fields=[*steps, *others])


def _others(way: Way, name: Name) -> Iterator[str]:
    yield from (capital(_sequence(events, name)) for events in way.others[:MOST_OTHERS])
    if more := len(way.others[MOST_OTHERS:]):
        yield f"and {more} more like it"


def _step_field(place: int, step: Step, found: WhyNot) -> Field:
    event = step.event
    return Field(
        str(place),
        [
            [Span(capital(says(event, found.status.description.name)), "heading")],
            f"Who: {who(event, found)}",
            f"Rule: {rule_words(step)}",
            [Span(f"Then: {step.after.headline()}", "effect")],
        ],
    )


def _statements_section(found: WhyNot) -> Section:
    return Section(
        heading=["Or one official word on what is on record already"],
        fields=[Field(_verb(statement), _statement_lines(statement, found)) for statement in found.statements],
    )


def _verb(statement: Statement) -> str:
    return "Confirmed" if statement.note.confirms else "Denied"


def _statement_lines(statement: Statement, found: WhyNot) -> Iterator[Line | str]:
    entry, description = statement.entry, found.status.description
    said = sentence(entry.event, description.name)
    speakers = joined(map(description.name, statement.speakers), "or")
    yield [Span(f"{said}, {on_words(entry.event.occurred)}", "heading")]
    yield f"Who: {speakers}, officially"
    if statement.note.confirms:
        yield f"Rule: it does not count: {why_reported(entry, description)}; a confirmation adds its sources to it"
    else:
        yield "Rule: the official denial of a principal takes its official standing"
    yield [Span(f"event {entry.event.id}", "dim")]


# As data.


def data(found: WhyNot) -> dict[str, Any]:
    """The answer as plain data, in its envelope; events that would have to happen carry neither date nor source."""
    now = found.question.now
    return found.question.envelope(
        "why-not",
        track=found.track,
        title=found.status.description.title,
        phase=found.phase.value,
        status=status_data(found.status, now),
        verdict=verdict(found),
        distance=found.distance,
        left=found.left and entry_data(found.left.entry, found.status.description),
        ways=[_way_data(way, found) for way in found.ways],
        more=found.more,
        statements=[_statement_data(statement, found) for statement in found.statements],
    )


def _way_data(way: Way, found: WhyNot) -> dict[str, Any]:
    return {
        "steps": [_step_data(step, found) for step in way.steps],
        "others": [[_event_data(event, found) for event in events] for events in way.others],
    }


def _step_data(step: Step, found: WhyNot) -> dict[str, Any]:
    assert step.row is not None, "a hypothetical event counts"
    row = {name: str(getattr(step.row, name)) for name in ("source", "symbol", "match", "target", "rule")}
    return {**_event_data(step.event, found), "row": row, "after": status_data(step.after, found.question.now)}


def _event_data(event: Event, found: WhyNot) -> dict[str, Any]:
    left_out = ("track", "occurred", "recorded", "sources")
    return {
        "event": {name: value for name, value in to_dict(event).items() if name not in left_out},
        "says": unglued(says(event, found.status.description.name)),
        "who": unglued(who(event, found)),
    }


def _statement_data(statement: Statement, found: WhyNot) -> dict[str, Any]:
    return {
        "verb": "confirms" if statement.note.confirms else "denies",
        "speakers": list(statement.speakers),
        "about": entry_data(statement.entry, found.status.description),
        "after": status_data(statement.after, found.question.now),
    }

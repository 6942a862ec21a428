"""What happened, who said it, and what it did, in sentences: so that no two reports say the same thing differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from diplostate.reports.words import GLUE, date_words, day_words, joined
from diplostate.talks.dates import Edtf, Moment
from diplostate.talks.events import (
    Concluded,
    Described,
    Event,
    Held,
    Link,
    Noted,
    Party,
    Proposed,
    Proposing,
    Responded,
    Retracted,
    Scheduled,
    Stalled,
    Terms,
)
from diplostate.talks.fold import Step
from diplostate.talks.machine import Effect
from diplostate.talks.record import Description, Entry, Fate
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.status import Anomaly, Status
from diplostate.talks.words import Relation, Role, StallReason, Tier

# Who said it.

ATTRIBUTIONS: Mapping[Attribution, str] = {
    Attribution.OFFICIAL: "official",
    Attribution.STATE_MEDIA: "state media",
    Attribution.MEDIA: "media",
    Attribution.ANONYMOUS: "unnamed sources",
    Attribution.INFERRED: "inferred",
}
"""Each attribution in words: what an official said is never to be mixed up with what a medium was told."""

Name = Callable[[str], str]
"""What turns a party's code into its name."""


def attribution_words(source: Source, name: Name) -> str:
    """How a source stands to what it tells: ``official, for Ukraine``; ``unnamed sources``."""
    words = ATTRIBUTIONS[source.attribution]
    if source.speaks_for is not None:
        return f"{words}, for {name(source.speaks_for)}"
    return words


def who_words(source: Source) -> str:
    """Who said it and where: the speaker, the outlet, else the address."""
    return ", ".join(part for part in (source.speaker, source.outlet) if part) or source.url or "somebody"


def detail_words(source: Source, now: date | None = None) -> str:
    """What else is known of a source: its note, its grade, when it was published."""
    grade = f"{source.reliability or '?'}{source.credibility or '?'}" if source.reliability or source.credibility else None
    published = f"published {date_words(source.published, now)}" if source.published else None
    return "; ".join(part for part in (source.note, grade and f"grade {grade}", published) if part)


def source_words(source: Source, name: Name, now: date | None = None) -> str:
    """A source in one line, its attribution first."""
    details = detail_words(source, now)
    return f"{attribution_words(source, name)}: {who_words(source)}{f' ({details})' if details else ''}"


def reported_words(entry: Entry, description: Description) -> str:
    """That an event is only reported, and why."""
    return f"reported, not official: {why_reported(entry, description)}"


def why_reported(entry: Entry, description: Description) -> str:
    """Why an event has no official standing."""
    event = entry.event
    if entry.denied_by:
        return "an official denial took its standing"
    if not any(source.is_official for source in entry.sources):
        return "no official source" if entry.sources else "no source"
    by = description.name(getattr(event, "by", None) or "nobody")
    if isinstance(event, Responded) and not entry.speakers:
        return "the official source does not say for whom it speaks"
    others = joined(map(description.name, sorted(entry.speakers)))
    return f"said for {others}; {by} itself has not said so"


# What happened.


def sentence(event: Event, name: Name, now: date | None = None) -> str:
    """What an event says, in one sentence without its date."""
    return _SENTENCES[type(event)](event, name, now)


def terms_words(terms: Terms | Proposing, now: date | None = None) -> str:
    """What is proposed, its agenda aside: ``round 3 in Türkiye, week of 21 July``; empty where nothing is."""
    where = f" in {terms.venue}" if terms.venue else ""
    first = f"round{GLUE}{terms.round}{where}" if terms.round is not None else f"talks{where}" if where else ""
    window = date_words(terms.window, now) if terms.window else ""
    rest = (terms.format, terms.level and f"{terms.level} level", tier_words(terms.tier))
    return ", ".join(part for part in (first, window, *rest) if part)


def tier_words(tier: Tier | None) -> str:
    """The official level that diplomats call Track I, 1.5 or II."""
    return "" if tier is None else {Tier.ONE: "Track I", Tier.ONE_AND_A_HALF: "Track 1.5", Tier.TWO: "Track II"}[tier]


def restated_words(event: Proposing, now: date | None = None) -> str:
    """What a restatement says anew."""
    agenda = f"an agenda of {len(event.agenda)}{GLUE}items" if event.agenda else ""
    answer_by = f"answer asked by {date_words(event.respond_by, now)}" if event.respond_by else ""
    return ", ".join(part for part in (terms_words(event, now), agenda, answer_by) if part) or "nothing new"


def _proposal_tail(event: Proposing, now: date | None) -> str:
    terms = terms_words(event, now)
    agenda = f"agenda: {'; '.join(event.agenda)}" if event.agenda else ""
    answer_by = f"answer asked by {date_words(event.respond_by, now)}" if event.respond_by else ""
    said = "; ".join(part for part in (terms, agenda, answer_by) if part)
    return f": {said}" if said else ""


def _proposed(event: Proposed, name: Name, now: date | None) -> str:
    addressees = [name(code) for code in dict.fromkeys(event.to) if code != event.by]
    to = f" to {joined(addressees)}" if addressees else ""
    return f"{name(event.by)} made a proposal{to}{_proposal_tail(event, now)}"


def _responded(event: Responded, name: Name, now: date | None) -> str:
    whose = f"the proposal of {name(event.to)}" if event.to else "the proposal"
    on = f", on condition: {'; '.join(event.conditions)}" if event.conditions else ""
    return f"{name(event.by)} {event.answer} {whose}{on}{_proposal_tail(event, now)}"


def _scheduled(event: Scheduled, name: Name, now: date | None) -> str:
    return f"A meeting was set: {meeting_words(event, name, now)}"


def meeting_words(event: Scheduled, name: Name, now: date | None = None) -> str:
    """A meeting that is set: its round, date, place, host, level and heads of delegation."""
    when = date_words(event.on, now) if event.on else "no date given"
    host = f"hosted by {name(event.host)}" if event.host else ""
    level = f"{event.level} level" if event.level else ""
    heads = "; ".join(f"{name(code)}: {head}" for code, head in event.heads)
    parts = (_round(event.round), when, event.venue, host, level, heads and f"led by {heads}")
    return ", ".join(part for part in parts if part)


def _round(number: int | None) -> str:
    return "" if number is None else f"round{GLUE}{number}"


def _held(event: Held, name: Name, now: date | None) -> str:
    details = session_words(event, name, now)
    return f"Talks were held{f': {details}' if details else ''}"


def session_words(event: Held, name: Name, now: date | None = None) -> str:
    """A meeting that took place: its round, place, end, who stayed away, and what came of it."""
    absent = f"without {joined(map(name, event.absent))}" if event.absent else ""
    agreement = f"agreement: {event.agreement}" if event.agreement else ""
    first = ", ".join(part for part in (_round(event.round), event.venue, _until(event.until, now), absent) if part)
    outcomes = "; ".join(f"{outcome}: {item}" for item, outcome in event.outcomes)
    return "; ".join(part for part in (first, outcomes, agreement) if part)


def _until(until: Edtf | None, now: date | None) -> str:
    if until is None:
        return ""
    return "going on" if until.latest is None else f"until {date_words(until, now)}"


def _stalled(event: Stalled, name: Name, _: date | None) -> str:
    if event.reason is StallReason.WITHDRAWN and event.by is not None:
        return f"{name(event.by)} withdrew its proposal"
    reason = f": {event.reason}" if event.reason else ""
    return f"Talks stalled{reason}{f', by {name(event.by)}' if event.by else ''}"


def _concluded(event: Concluded, _name: Name, _now: date | None) -> str:
    outcome = outcome_words(event)
    return f"The track was concluded{f': {outcome}' if outcome else ''}"


def outcome_words(event: Concluded) -> str:
    """How a track ended; empty where nothing is said."""
    return ", ".join(part for part in (event.outcome, event.into and f"into {event.into}") if part)


def _described(event: Described, _name: Name, _now: date | None) -> str:
    parties = joined(map(_party, event.parties)) if event.parties else ""
    links = "; ".join(map(link_words, event.links or ()))
    said = "; ".join(part for part in (event.title, parties and f"parties: {parties}", links) if part)
    return f"The track was described{f': {said}' if said else ''}"


def _party(party: Party) -> str:
    role = "" if party.role is Role.PRINCIPAL else f" as {party.role}"
    return f"{party.name or party.code}{role}"


def link_words(link: Link) -> str:
    """How a track is related to another one."""
    return f"{RELATIONS[link.relation]} {link.track}"


RELATIONS = {
    Relation.PREPARES: "prepares",
    Relation.FOLLOWS: "follows",
    Relation.PARALLELS: "parallels",
    Relation.PART_OF: "is part of",
}
"""Each relation in words."""
INVERSES = {
    Relation.PREPARES: "prepared by",
    Relation.FOLLOWS: "followed by",
    Relation.PARALLELS: "parallels",
    Relation.PART_OF: "includes",
}
"""Each relation as the other track sees it."""


def _noted(event: Noted, name: Name, _: date | None) -> str:
    said = event.text or "; ".join(map(link_words, event.links or ())) or event.note or ""
    if event.confirms is not None:
        what = f"confirmed event {event.confirms}"
    elif event.denies is not None:
        what = f"denied event {event.denies}"
    else:
        return f"{name(event.by)}: {said}" if event.by else said
    return f"{name(event.by) if event.by else 'Somebody'} {what}{f': {said}' if said else ''}"


def _retracted(event: Retracted, _name: Name, _now: date | None) -> str:
    return f"Event {event.retracts} was retracted{f': {event.reason}' if event.reason else ''}"


_SENTENCES: Mapping[type[Event], Callable[[Any, Name, date | None], str]] = {
    Proposed: _proposed,
    Responded: _responded,
    Scheduled: _scheduled,
    Held: _held,
    Stalled: _stalled,
    Concluded: _concluded,
    Described: _described,
    Noted: _noted,
    Retracted: _retracted,
}


# What it did to the status.


def changes(before: Status, after: Status, now: Moment | None = None) -> tuple[str, ...]:
    """How two statuses of one track differ, each difference in words; the status itself first."""
    return tuple(_changes(before, after, now))


def _changes(before: Status, after: Status, now: Moment | None) -> Iterator[str]:
    name = after.description.name
    was, became = before.headline(now), after.headline(now)
    if was != became:
        yield f"{was} → {became}"
    if before.awaiting != after.awaiting:
        yield f"awaited: {_names(after.awaiting, name)}"
    if before.meeting != after.meeting:
        yield f"next meeting: {meeting_words(after.meeting, name) if after.meeting else 'none'}"
    if before.rounds != after.rounds:
        yield f"rounds: {before.rounds} → {after.rounds}"


def _names(codes: Sequence[str], name: Name) -> str:
    return joined(map(name, codes)) if codes else "nobody"


def effect_words(step: Step, now: Moment | None = None) -> str:
    """What one step of the fold did to the status, in words."""
    if step.row is None:
        return "remembered: an answer that counts can still make it official"
    if step.row.target is Effect.ANOMALY:
        return f"anomaly: {anomaly_words(step.after.anomalies[-1], step.after.description.name)}"
    said = [*_about(step), *changes(step.before, step.after, now)]
    return "; ".join(said) or f"the status stays: {step.after.headline(now)}"


def _about(step: Step) -> Iterator[str]:
    event, proposal = step.event, step.proposal
    if step.adopted and proposal is not None:
        yield f"it makes official what had leaked on {day_words(proposal.day)}"
    elif isinstance(event, Proposed) and proposal is not None and proposal is not event:
        yield f"restates the proposal of {day_words(proposal.day)}"


def anomaly_words(anomaly: Anomaly, name: Name) -> str:
    """An answer for which there is no proposal, in words."""
    to = f" of {name(anomaly.to)}" if anomaly.to else ""
    return f"{name(anomaly.by)} {anomaly.symbol} a proposal{to} that is not there; kept, not applied"


def fate_words(entry: Entry, description: Description) -> str:
    """Why an event did not count, in words; empty for one that did."""
    if entry.fate in (Fate.BELOW_EVIDENCE, Fate.REMEMBERED):
        return f"below the evidence asked for ({why_reported(entry, description)})"
    if entry.fate is Fate.NOT_YET_KNOWN:
        return f"not known yet: recorded on {day_words(entry.event.known.date())}"
    if entry.fate is Fate.NOT_YET_OCCURRED:
        return f"had not happened yet: it counts on {day_words(entry.day)}"
    if entry.fate is Fate.RETRACTED:
        return f"retracted by event {entry.because}"
    return f"repeats event {entry.because}" if entry.fate is Fate.REPEATED else ""

"""What two statuses of one track say differently, in words; nothing only where they are equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import attrs

from diplostate.reports.sentences import (
    Name,
    anomaly_words,
    link_words,
    meeting_words,
    outcome_words,
    sentence,
    session_words,
    terms_words,
)
from diplostate.reports.words import capital, date_words, day_words, joined, on_words
from diplostate.talks.dates import Moment
from diplostate.talks.status import Proposal, Status


@attrs.frozen
class Difference:
    """One thing that two statuses say differently."""

    name: str
    before: str
    after: str


@attrs.frozen
class _Seen:
    """A status, how its parties are called, and the moment at which it is looked at."""

    status: Status
    name: Name
    now: Moment

    def names(self, codes: Sequence[str]) -> str:
        """These parties; nobody is said too."""
        return joined(map(self.name, codes)) if codes else "nobody"


def differences(before: Status, after: Status, then: Moment, now: Moment) -> tuple[Difference, ...]:
    """What two statuses of one track say differently, each seen at its own moment; nothing only where they are equal."""
    if before == after:
        return ()
    was, became = (_Seen(status, _named(before, after), moment) for status, moment in ((before, then), (after, now)))
    told = (Difference(label, fact(was), fact(became)) for label, fact in FACTS.items())
    found = tuple(difference for difference in told if difference.before != difference.after)
    return found or (Difference("told by", _events(before), f"{_events(after)}: the same, by other events or sources"),)


def _named(before: Status, after: Status) -> Name:
    """What people call a party, after or before."""

    def name(code: str) -> str:
        called = after.description.name(code)
        return called if called != code else before.description.name(code)

    return name


def _events(status: Status) -> str:
    """The events that a status holds."""
    offers = [event for offer in status.table for event in (offer.event, *(reply.event for reply in offer.replies))]
    held = (*offers, status.meeting, status.session, status.stall, status.conclusion)
    return ", ".join(dict.fromkeys(f"event {event.id}" for event in held if event is not None)) or "no event"


# Each thing that a status says.


def _day(day: date | None) -> str:
    return day_words(day) if day else "–"


def _offer(offer: Proposal, seen: _Seen) -> str:
    kind = "counter-proposal" if offer.is_counter else "proposal"
    return f"{kind} of {seen.name(offer.by)} to {seen.names(offer.to)}, made on {day_words(offer.asked)}{_terms(offer)}"


def _terms(offer: Proposal) -> str:
    terms = offer.terms
    agenda = f"agenda: {'; '.join(terms.agenda)}" if terms.agenda else ""
    respond_by = f"answer asked by {date_words(terms.respond_by)}" if terms.respond_by else ""
    said = "; ".join(part for part in (terms_words(terms), agenda, respond_by) if part)
    return f": {said}" if said else ""


def _open(seen: _Seen) -> str:
    return _offer(seen.status.open, seen) if seen.status.open else "none"


def _others(seen: _Seen) -> str:
    return "; ".join(_offer(offer, seen) for offer in seen.status.table if offer.by != seen.status.opener) or "none"


def _answers(seen: _Seen) -> str:
    told = (
        f"{seen.name(reply.party)} {reply.answer} that of {seen.name(offer.by)} ({day_words(reply.day)})"
        for offer in seen.status.table
        for reply in offer.replies
    )
    return "; ".join(told) or "none"


def _leak(seen: _Seen) -> str:
    leak = seen.status.leak
    return f"{sentence(leak.event, seen.name)} ({day_words(leak.day)})" if leak else "none"


def _meeting(seen: _Seen) -> str:
    return meeting_words(seen.status.meeting, seen.name) if seen.status.meeting else "none"


def _session(seen: _Seen) -> str:
    session = seen.status.session
    if session is None:
        return "none"
    said = session_words(session, seen.name)
    return f"{on_words(session.occurred)}{f': {said}' if said else ''}"


def _stall(seen: _Seen) -> str:
    return sentence(seen.status.stall, seen.name) if seen.status.stall else "–"


def _conclusion(seen: _Seen) -> str:
    return outcome_words(seen.status.conclusion) or "concluded" if seen.status.conclusion else "–"


def _anomalies(seen: _Seen) -> str:
    told = (f"{anomaly_words(anomaly, seen.name)} ({day_words(anomaly.day)})" for anomaly in seen.status.anomalies)
    return "; ".join(told) or "none"


def _denials(seen: _Seen) -> str:
    told = (
        f"of event {denial.event_id} by {seen.name(denial.by) if denial.by else 'somebody'} ({day_words(denial.day)})"
        for denial in seen.status.denials
    )
    return "; ".join(told) or "none"


def _parties(seen: _Seen) -> str:
    parties = seen.status.description.parties
    return "; ".join(f"{party.name or party.code} ({party.role})" for party in parties) or "none declared"


FACTS: Mapping[str, Callable[[_Seen], str]] = {
    "status": lambda seen: capital(seen.status.headline(seen.now)),
    "since": lambda seen: _day(seen.status.since),
    "awaited": lambda seen: seen.names(seen.status.awaiting),
    "asked": lambda seen: _day(seen.status.asked),
    "accepted by": lambda seen: seen.names(seen.status.accepted),
    "declined by": lambda seen: seen.names(seen.status.declined),
    "next meeting": _meeting,
    "last meeting": _session,
    "rounds held": lambda seen: str(seen.status.rounds),
    "stalled": _stall,
    "concluded": _conclusion,
    "open proposal": _open,
    "other proposals": _others,
    "answers": _answers,
    "leaked": _leak,
    "anomalies": _anomalies,
    "denials": _denials,
    "title": lambda seen: seen.status.description.title or "none",
    "parties": _parties,
    "links": lambda seen: "; ".join(map(link_words, seen.status.description.links)) or "none",
    "latest event": lambda seen: _day(seen.status.moved),
    "latest note": lambda seen: _day(seen.status.noted),
}
"""What a status says, by name, in the order in which people ask for it."""

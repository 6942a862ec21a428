"""Facts as plain data, ready for JSON: days by ISO 8601, parties by their codes, events in their wire form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs

from diplostate.ledger.codec import to_dict
from diplostate.reports.sentences import why_reported
from diplostate.talks.dates import Edtf, Moment, day_of
from diplostate.talks.events import MOVES, Terms
from diplostate.talks.record import Description, Entry
from diplostate.talks.sources import Standing
from diplostate.talks.status import Anomaly, Proposal, Status


def iso(day: date | None) -> str | None:
    """A day by ISO 8601."""
    return None if day is None else day.isoformat()


def status_data(status: Status, now: Moment) -> dict[str, Any]:
    """The status itself, without the events that it is made of."""
    asked = status.asked
    return {
        "phase": status.phase.value,
        "headline": status.headline(now),
        "since": iso(status.since),
        "awaiting": list(status.awaiting),
        "asked": iso(asked),
        "asked_days": (day_of(now) - asked).days if asked else None,
        "accepted": list(status.accepted),
        "declined": list(status.declined),
        "next": str(status.meeting.on) if status.meeting and status.meeting.on else None,
        "rounds": status.rounds,
        "under_way": status.is_under_way(now),
        "stayed_away": list(status.stayed_away),
    }


def proposal_data(proposal: Proposal, restated: Iterable[Entry]) -> dict[str, Any]:
    """A proposal on the table, its terms as they stand and the answers that count."""
    return {
        "by": proposal.by,
        "to": list(proposal.to),
        "asked": iso(proposal.asked),
        "counter": proposal.is_counter,
        **terms_data(proposal.terms),
        "event": proposal.event.id,
        "restated": [{"event": entry.event.id, "day": iso(entry.day)} for entry in restated],
        "replies": [
            {"party": reply.party, "answer": reply.answer.value, "day": iso(reply.day), "event": reply.event.id}
            for reply in proposal.replies
        ],
    }


def terms_data(terms: Terms) -> dict[str, Any]:
    """What a proposal proposes."""
    said = attrs.asdict(terms, filter=lambda _, value: value not in (None, ()), recurse=False)
    return {name: _plain(value) for name, value in said.items()}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Edtf) else value


def entry_data(entry: Entry, description: Description) -> dict[str, Any]:
    """An event as one reading sees it; ``sources`` are all that tell it, those of the notes that confirm it too."""
    moves = isinstance(entry.event, MOVES)
    return {
        "day": iso(entry.day),
        "fate": entry.fate.name.lower(),
        "because": entry.because,
        "standing": entry.standing.value if moves else None,
        "why_not_official": why_reported(entry, description) if moves and entry.standing is Standing.REPORTED else None,
        "denied_by": list(entry.denied_by),
        "sources": to_dict(attrs.evolve(entry.event, sources=entry.sources)).get("sources", []),
        "event": to_dict(entry.event),
    }


def anomaly_data(anomaly: Anomaly) -> dict[str, Any]:
    """An answer for which there is no proposal."""
    return {
        "event": anomaly.event_id,
        "symbol": anomaly.symbol.value,
        "by": anomaly.by,
        "to": anomaly.to,
        "phase": anomaly.phase.value,
        "day": iso(anomaly.day),
    }

"""How far the phases of two records agree, day by day: exactly, and as prospect, held or stalled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from diplostate.codings.cameo import Reading
from diplostate.codings.rows import Row
from diplostate.talks.events import Event
from diplostate.talks.fold import reduce

COARSE = {
    "IDLE": "none",
    **dict.fromkeys(("PENDING", "ACCEPTED", "SCHEDULED"), "prospect"),
    **dict.fromkeys(("HELD", "CONCLUDED"), "held"),
    **dict.fromkeys(("STALLED", "DECLINED"), "stalled"),
}
"""What is left of a phase where proposals, acceptances and dates cannot be told apart."""

LAST_ROW = {
    Reading.PROPOSAL: "PENDING",
    Reading.CONSENT: "ACCEPTED",
    Reading.MEETING: "HELD",
    Reading.AGREEMENT: "CONCLUDED",
    Reading.REFUSAL: "DECLINED",
    Reading.HALT: "STALLED",
    Reading.BREAK: "STALLED",
}
"""The baseline: every row moves the phase at once."""


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def phases(events: Sequence[Event], when: Iterable[date]) -> list[str]:
    """What was reported on each day, as it was known on that day."""
    return [str(reduce(events, as_of=day, known_at=day, evidence="reported").phase) for day in when]


def last_row_wins(rows: Iterable[Row], when: Iterable[date]) -> list[str]:
    """The baseline: the last row up to each day, in the order of the file."""
    moved = sorted(
        ((row.day, LAST_ROW[row.code.reads_as]) for row in rows if row.code.reads_as in LAST_ROW), key=lambda pair: pair[0]
    )
    found, phase = [], "IDLE"
    for day in when:
        while moved and moved[0][0] <= day.isoformat():
            phase = moved.pop(0)[1]
        found.append(phase)
    return found


def shares(found: Sequence[str], expected: Sequence[str]) -> tuple[float, float]:
    """The share of days with the same phase, and with the same coarse phase."""
    exact = sum(one == other for one, other in zip(found, expected, strict=True))
    coarse = sum(COARSE[one] == COARSE[other] for one, other in zip(found, expected, strict=True))
    return exact / len(expected), coarse / len(expected)

"""What happened on each track, as a sequence of six types of events on the days on which they became known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import attrs

from diplostate.ledger.ask import Cut, reading
from diplostate.ledger.protocol import Ledger
from diplostate.talks.events import names_party
from diplostate.talks.machine import Symbol
from diplostate.talks.record import Entry, Fate, Reading
from diplostate.talks.sources import Evidence

TYPES = ("proposed", "accepted", "declined", "held", "stalled", "concluded")
"""The types of events that forecasts tell apart."""
HELD = TYPES.index("held")
PROPOSED = TYPES.index("proposed")

_TYPES: Mapping[str, str] = {
    Symbol.PROPOSED: "proposed",
    Symbol.COUNTERED: "proposed",
    Symbol.ACCEPTED: "accepted",
    Symbol.SCHEDULED: "accepted",
    Symbol.DECLINED: "declined",
    Symbol.HELD: "held",
    Symbol.STALLED: "stalled",
    Symbol.CONCLUDED: "concluded",
}
"""A counter-proposal is a proposal, and who sets a date has accepted; an acknowledgement says nothing of what comes next."""


@attrs.frozen
class Happened:
    """An event of a type, on the day on which it became known."""

    day: int
    """Its ordinal (``date.toordinal``)."""
    track: str
    type: int
    """Its place in `TYPES`."""


@attrs.frozen(kw_only=True)
class Sequences:
    """All that happened, in the order in which it became known, and who takes part in each track."""

    events: tuple[Happened, ...]
    parties: Mapping[str, tuple[str, ...]]


def sequences(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    as_of: Cut = None,
    known_at: Cut = None,
    evidence: Evidence | str = "reported",
) -> Sequences:
    """The sequences of some tracks (None: all).

    An event is taken on the day on which it counts, or, where that is later, on the day on which it was recorded; with
    ``known_at``, which asks for hindsight, on the day on which it counts. Events of one type on one day of a track are one.
    """
    found: list[Happened] = []
    parties: dict[str, tuple[str, ...]] = {}
    for track in ledger.tracks() if tracks is None else tracks:
        read = reading(ledger, track, as_of=as_of, known_at=known_at, evidence=evidence)
        seen = dict.fromkeys(_happened(track, read, hindsight=known_at is not None))
        found += seen
        if seen:
            parties[track] = _parties(read)
    return Sequences(events=tuple(sorted(found, key=lambda event: event.day)), parties=parties)


def _happened(track: str, read: Reading, *, hindsight: bool) -> Iterator[Happened]:
    for entry in read.moves:
        type_ = _TYPES.get(entry.event.symbol)
        if entry.fate is Fate.COUNTED and type_ is not None:
            yield Happened(_day(entry, hindsight=hindsight).toordinal(), track, TYPES.index(type_))


def _day(entry: Entry, *, hindsight: bool) -> date:
    return entry.day if hindsight else max(entry.day, entry.event.known.date())


def _parties(read: Reading) -> tuple[str, ...]:
    """The principals, declared or named by the events."""
    named = {code for entry in read.moves for _, code in names_party(entry.event)}
    return tuple(sorted(read.description.principals or named))

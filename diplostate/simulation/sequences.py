"""What happened on each track, as a sequence of six types of events on the days on which they became known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

import attrs

from diplostate.ledger.ask import Cut
from diplostate.ledger.protocol import Ledger
from diplostate.talks.dates import as_moment
from diplostate.talks.events import Described, Event, Noted, Retracted, names_party
from diplostate.talks.machine import Symbol
from diplostate.talks.record import Entry, Fate, Reading, has_come, read
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
    parties: tuple[str, ...] = ()
    """The principals of its track: those declared, or else named by its events, until then."""


def sequences(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    as_of: Cut = None,
    known_at: Cut = None,
    evidence: Evidence | str = "reported",
) -> tuple[Happened, ...]:
    """All that happened on some tracks (None: all), in the order in which it became known.

    An event is taken on the first day on which it counted for those who asked on that day; what was learned later, such as its
    retraction, does not undo that. With ``known_at``, which asks for hindsight, events are taken as they are known then, on
    the day on which they count. Events of one type on one day of a track are one.
    """
    found: list[Happened] = []
    for track in ledger.tracks() if tracks is None else tracks:
        events = tuple(ledger.events(track))
        if known_at is None:
            news = _as_it_became_known(events, as_of, evidence)
        else:
            news = _counted(read(events, as_of=as_of, known_at=known_at, evidence=evidence))
        found += _happened(track, news)
    return tuple(sorted(found, key=lambda event: event.day))


@attrs.frozen
class _News:
    """An event that counts, the day on which it is taken, and the principals that are declared."""

    day: date
    entry: Entry
    principals: tuple[str, ...]


def _counted(found: Reading) -> Iterator[_News]:
    principals = tuple(sorted(found.description.principals))
    return (_News(entry.day, entry, principals) for entry in found.moves if entry.fate is Fate.COUNTED)


def _as_it_became_known(events: Sequence[Event], as_of: Cut, evidence: Evidence | str) -> Iterator[_News]:
    """Between two events that change what others count for, one reading tells what counted on any day."""
    world = as_moment(as_of)
    record = [event for event in events if world is None or isinstance(event, Retracted) or has_come(event, world)]
    changes = sorted({_takes_effect(event) for event in record if _changes_others(event)})
    seen: set[str | None] = set()
    for since, until in pairwise((date.min, *changes, date.max)):
        eve = until - timedelta(days=1)
        for news in _counted(read(record, as_of=eve, known_at=eve, evidence=evidence)):
            event = news.entry.event
            if event.id not in seen:
                seen.add(event.id)
                yield attrs.evolve(news, day=max(_takes_effect(event), since))


def _takes_effect(event: Event) -> date:
    """The first day on which those who ask on that day hear of it; a retraction counts as soon as it is known."""
    known = event.known.date()
    return known if isinstance(event, Retracted) else max(event.day, known)


def _changes_others(event: Event) -> bool:
    """Whether it can change what other events count for: a retraction, a confirmation or denial, the roles of parties."""
    return isinstance(event, (Retracted, Described)) or (isinstance(event, Noted) and bool(event.confirms or event.denies))


def _happened(track: str, news: Iterable[_News]) -> Iterator[Happened]:
    named: set[str] = set()
    for day, group in groupby(sorted(news, key=lambda new: new.day), key=lambda new: new.day):
        todays = list(group)
        named.update(code for new in todays for _, code in names_party(new.entry.event))
        parties = todays[-1].principals or tuple(sorted(named))
        for type_ in dict.fromkeys(_TYPES.get(new.entry.event.symbol) for new in todays):
            if type_ is not None:
                yield Happened(day.toordinal(), track, TYPES.index(type_), parties)

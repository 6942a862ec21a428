"""A record as columns of symbols: what depends on other events is resolved here, so that engines only fold whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import attrs

from diplostate.ledger.ask import Cut
from diplostate.ledger.codec import body
from diplostate.ledger.protocol import Ledger
from diplostate.replay.table import Kind
from diplostate.talks.dates import as_moment
from diplostate.talks.events import MOVES, Described, Event, Held, Noted, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.fold import walk
from diplostate.talks.record import Description, Entry, Fate, Reading, is_known, read
from diplostate.talks.status import Status
from diplostate.talks.words import StallReason

MOST_PARTIES = 16
"""So many parties of one track have a bit."""
MOST_ROUNDS = (1 << 23) - 3
"""The highest number of a round that a symbol can hold."""
EVIDENCES = ("official", "reported")
"""The evidences for which there is a column of symbols."""
NOTHING = int(Kind.NOTHING)

_NAMES = "answers name a proposal"
_PARTIES = f"more than {MOST_PARTIES} parties"
_ROUNDS = f"a round above number {MOST_ROUNDS}"


@attrs.frozen(kw_only=True)
class Row:
    """One event of a track, as engines take it; in a track that they cannot fold, the event itself."""

    day: date
    """The day on which it counts."""
    appears: date | None = None
    """From when on it is read so, where that is not ``day``; None else."""
    until: date | None = None
    """Before when it is read so; None: ever since."""
    official: int | None
    """Its symbol on official evidence (see `diplostate.replay.table.Kind`); None in a track that is not folded."""
    reported: int | None
    """Its symbol on reported evidence."""
    recorded: datetime
    position: int | None
    event: str | None = None
    """The canonical JSON of the event, in a track that engines cannot fold."""


@attrs.frozen(kw_only=True)
class TrackRows:
    """The rows of one track, in the order of the fold."""

    track: str
    parties: tuple[str, ...]
    """The codes of those that a symbol may name, each at its number."""
    rows: tuple[Row, ...]
    unfolded: str | None = None
    """Why no engine can fold this track, so that its rows are its events in the order of the record; None: they can."""


def columns(ledger: Ledger, tracks: Iterable[str] | None = None, *, known_at: Cut = None) -> Iterator[TrackRows]:
    """The tracks of a ledger (None: all, in its order) as rows, as the record was known then.

    A track of which nothing was known is left out. Raises `TrackNotFound`, and `Invalid` for a cut that cannot be read.
    """
    for track in ledger.tracks() if tracks is None else tracks:
        found = track_rows(track, ledger.events(track), known_at=known_at)
        if found.rows:
            yield found


def track_rows(track: str, events: Iterable[Event], *, known_at: Cut = None) -> TrackRows:
    """The events of one track, in the order of the record, as rows.

    Notes that confirm or deny, and parties that are declared later, change what an event is worth from their day on: such an
    event has a row for each stretch of time in which it is read differently, told by ``appears`` and ``until``.
    """
    cut = as_moment(known_at)
    record = [event for event in events if cut is None or is_known(event, cut)]
    stretches = _stretches(record)
    parties = _parties(record)
    unfolded = _unfolded(record, parties, stretches)
    if unfolded is not None:
        return TrackRows(track=track, parties=(), rows=tuple(map(_whole, record)), unfolded=unfolded)
    numbers = {party: number for number, party in enumerate(parties)}
    read_as = [[_symbols(reading, numbers) for reading in stretch.readings] for stretch in stretches]
    rows = [row for place, event in enumerate(record) for row in _rows(event, place, stretches, read_as)]
    rows.sort(key=lambda row: row.day)
    return TrackRows(track=track, parties=parties, rows=tuple(rows or map(_silent, record[:1])))


@attrs.frozen
class _Stretch:
    """A stretch of days in which the notes and the declared parties are the same, with a reading for each evidence."""

    begins: date
    ends: date | None
    readings: tuple[Reading, ...]


def _stretches(record: Sequence[Event]) -> list[_Stretch]:
    first = min((event.day for event in record if isinstance(event, MOVES)), default=date.max)
    turns = sorted({event.day for event in record if _changes_others(event) and event.day > first})
    bounds = [date.min, *turns, None]
    return [_stretch(record, begins, ends) for begins, ends in pairwise(bounds) if begins is not None]


def _changes_others(event: Event) -> bool:
    if isinstance(event, Noted):
        return event.confirms is not None or event.denies is not None
    return isinstance(event, Described) and event.parties is not None


def _stretch(record: Sequence[Event], begins: date, ends: date | None) -> _Stretch:
    last = None if ends is None else ends - timedelta(days=1)
    return _Stretch(begins, ends, tuple(read(record, as_of=last, evidence=evidence) for evidence in EVIDENCES))


# Which tracks engines can fold


def _parties(record: Iterable[Event]) -> tuple[str, ...]:
    """Everybody who proposes, answers, is asked, or takes back what they proposed."""
    found: set[str] = set()
    for event in record:
        if isinstance(event, Proposed):
            found |= {event.by, *event.addressees}
        elif isinstance(event, Responded) or (isinstance(event, Stalled) and event.by and _takes_back(event)):
            found.add(event.by or "")
    return tuple(sorted(found))


def _unfolded(record: Sequence[Event], parties: Sequence[str], stretches: Iterable[_Stretch]) -> str | None:
    """Why this record must be folded event by event, if it must."""
    if len(parties) > MOST_PARTIES:
        return _PARTIES
    if any(isinstance(event, Held) and (event.round or 0) > MOST_ROUNDS for event in record):
        return _ROUNDS
    if not any(isinstance(event, Responded) and event.to is not None for event in record):
        return None
    return _NAMES if any(_names_matter(reading) for stretch in stretches for reading in stretch.readings) else None


def _names_matter(reading: Reading) -> bool:
    """Whether it shows anywhere in the fold that answers say whose proposal they mean, and not just the open one."""
    moves = tuple(_unnamed(entry) for entry in reading.moves)
    both = zip(walk(reading), walk(attrs.evolve(reading, moves=moves)), strict=True)
    return any(_shown(named.after) != _shown(unnamed.after) for named, unnamed in both)


def _unnamed(entry: Entry) -> Entry:
    event = entry.event
    return attrs.evolve(entry, event=attrs.evolve(event, to=None)) if isinstance(event, Responded) and event.to else entry


def _shown(status: Status) -> tuple[object, ...]:
    """What engines tell of a status."""
    offer = status.open
    told = (offer.by, offer.is_counter, offer.awaiting, offer.accepted, offer.declined) if offer else None
    return status.phase, status.since, told, status.asked, status.rounds, len(status.anomalies)


# Rows


def _whole(event: Event) -> Row:
    return Row(day=event.day, official=None, reported=None, recorded=event.known, position=event.position, event=body(event))


def _silent(event: Event) -> Row:
    """The one row of a track in which nothing moves: it is there."""
    return Row(day=event.day, official=NOTHING, reported=NOTHING, recorded=event.known, position=event.position)


def _rows(
    event: Event, place: int, stretches: Sequence[_Stretch], read_as: Sequence[Sequence[Mapping[int, int]]]
) -> Iterator[Row]:
    """The rows of one event: one for each run of stretches in which it is read alike, and moves anything."""
    runs: list[tuple[date, date | None, tuple[int, ...]]] = []
    for stretch, found in zip(stretches, read_as, strict=True):
        symbols = tuple(column.get(place, NOTHING) for column in found)
        begins = max(stretch.begins, event.day)
        if stretch.ends is not None and stretch.ends <= event.day:
            continue
        if runs and runs[-1][2] == symbols:
            begins = runs.pop()[0]
        runs.append((begins, stretch.ends, symbols))
    for begins, ends, (official, reported) in runs:
        if official != NOTHING or reported != NOTHING:
            yield Row(
                day=event.day,
                appears=None if begins == event.day else begins,
                until=ends,
                official=official,
                reported=reported,
                recorded=event.known,
                position=event.position,
            )


def _symbols(reading: Reading, numbers: Mapping[str, int]) -> dict[int, int]:
    """The symbol of every entry that moves anything, by its place in the record."""
    return {
        place: symbol(entry, numbers, reading.description)
        for place, entry in enumerate(reading.entries)
        if entry.fate in (Fate.COUNTED, Fate.REMEMBERED)
    }


def symbol(entry: Entry, numbers: Mapping[str, int], description: Description) -> int:
    """What engines read of an entry that is counted or remembered (see `Kind`); ``numbers`` gives each party its number."""
    event, by, rest = entry.event, None, 0
    if isinstance(event, Proposed):
        kind, by, rest = Kind.PROPOSED, event.by, _bits(event.addressees, numbers)
        if entry.fate is Fate.REMEMBERED:
            kind = Kind.LEAK
    elif isinstance(event, Responded):
        kind, by = Kind[event.answer.name], event.by
    elif isinstance(event, Scheduled):
        kind, rest = Kind.SCHEDULED, _bits(entry.speakers, numbers)
    elif isinstance(event, Held):
        kind, rest = Kind.HELD, 0 if description.is_too_few(event.absent) else (event.round or 0) + 1
    elif isinstance(event, Stalled):
        kind, by = (Kind.WITHDRAWN, event.by) if _takes_back(event) else (Kind.STALLED, None)
    else:
        kind = Kind.CONCLUDED
    return kind | (numbers[by] if by else 0) << 4 | rest << 8


def _bits(parties: Iterable[str], numbers: Mapping[str, int]) -> int:
    return sum(1 << numbers[party] for party in set(parties) if party in numbers)


def _takes_back(event: Stalled) -> bool:
    return event.reason is StallReason.WITHDRAWN and event.by is not None

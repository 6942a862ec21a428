"""Reading a record: which events count, on which day, on what standing, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

import attrs

from diplostate.talks.dates import Edtf, Moment, as_moment, day_of
from diplostate.talks.events import (
    MOVES,
    Concluded,
    Described,
    Event,
    Held,
    Link,
    Noted,
    Party,
    Proposed,
    Responded,
    Retracted,
    Scheduled,
    Stalled,
)
from diplostate.talks.sources import Evidence, Source, Standing
from diplostate.talks.words import Role


class Fate(StrEnum):
    """What a reading makes of an event."""

    COUNTED = "counted"
    """It moves the machine."""
    REMEMBERED = "remembered"
    """A proposal below the evidence asked for: moves nothing, but a counted answer may adopt it."""
    BELOW_EVIDENCE = "below the evidence asked for"
    NOT_YET_KNOWN = "not known yet"
    NOT_YET_OCCURRED = "its day had not come"
    RETRACTED = "retracted"
    REPEATED = "repeats an event"
    CONTEXT = "moves nothing"
    """A description, a note or a retraction."""


@attrs.frozen(kw_only=True)
class Entry:
    """An event as one reading sees it."""

    event: Event
    day: date
    """The day on which it counts."""
    fate: Fate
    standing: Standing
    sources: tuple[Source, ...]
    """Its own sources, and those of the notes that confirm it."""
    speakers: frozenset[str] = frozenset()
    """The parties for which an official source speaks."""
    because: str | None = None
    """The id of the event to which it owes its fate, such as its retraction."""
    denied_by: tuple[str, ...] = ()
    """The ids of the official denials by principals that took its official standing."""


_GO_BETWEENS = frozenset({Role.MEDIATOR, Role.HOST})


@attrs.frozen(kw_only=True)
class Description:
    """What the track is, the latest value of each field."""

    title: str | None = None
    parties: tuple[Party, ...] = ()
    links: tuple[Link, ...] = ()

    def role(self, code: str) -> Role:
        """The role of a party; one that nobody declared is a principal."""
        return next((party.role for party in self.parties if party.code == code), Role.PRINCIPAL)

    def name(self, code: str) -> str:
        """What people call a party."""
        return next((party.name for party in self.parties if party.code == code and party.name), code)

    def lends_standing(self, speakers: Iterable[str | None]) -> bool:
        """Whether a mediator or a host is among those who speak."""
        return any(speaker is not None and self.role(speaker) in _GO_BETWEENS for speaker in speakers)

    @property
    def principals(self) -> frozenset[str]:
        """The declared principals."""
        return frozenset(party.code for party in self.parties if party.role is Role.PRINCIPAL)

    def is_too_few(self, absent: Iterable[str]) -> bool:
        """Whether a principal stayed away and fewer than two declared ones were left: such a meeting is no round."""
        missing = {party for party in absent if self.role(party) is Role.PRINCIPAL}
        return bool(missing) and len(self.principals - missing) < 2


UNDESCRIBED = Description()
"""What is known of a track that nobody described."""


@attrs.frozen(kw_only=True)
class Denial:
    """A counted note that denies an event; whether it takes standing from it, the event's `Entry` says."""

    event_id: str
    note_id: str | None
    by: str | None
    day: date


@attrs.frozen(kw_only=True)
class Reading:
    """A record as it stood at one point of both time axes, on one evidence."""

    entries: tuple[Entry, ...]
    """Every event, in the order of the record."""
    moves: tuple[Entry, ...]
    """What the fold takes: the counted and the remembered, by day, then by place in the record."""
    description: Description
    denials: tuple[Denial, ...]
    noted: date | None
    """The latest day of a counted note."""


def read(
    events: Iterable[Event],
    *,
    as_of: Moment | str | Edtf | None = None,
    known_at: Moment | str | Edtf | None = None,
    evidence: Evidence | str = "official",
) -> Reading:
    """Read the events of one track, given in the order of the record.

    ``as_of`` cuts what happened, ``known_at`` what was recorded (each a day, inclusive, or an aware instant; None: no cut).
    Retractions are cut by ``known_at`` alone. Sources: model of the record, "Which events", "Day", "On which evidence".
    """
    asked = Evidence.parse(evidence)
    world, system = as_moment(as_of), as_moment(known_at)
    record = list(events)
    fates = _fates(record, world, system)
    counted = [event for event, (fate, _) in zip(record, fates, strict=True) if fate in _ALIVE]
    description = describe(counted)
    notes = [event for event in counted if type(event) is Noted]
    confirmations, denials = _by_target(notes, "confirms"), _by_target(notes, "denies")
    entries = []
    for event, (fate, because) in zip(record, fates, strict=True):
        confirming, denying = confirmations.get(event.id, ()), denials.get(event.id, ())
        entries.append(_entry(event, fate, because, confirming, denying, description, asked))
    moves = sorted((entry for entry in entries if entry.fate in (Fate.COUNTED, Fate.REMEMBERED)), key=lambda entry: entry.day)
    return Reading(
        entries=tuple(entries),
        moves=tuple(moves),
        description=description,
        denials=tuple(
            Denial(event_id=note.denies, note_id=note.id, by=note.by, day=note.day) for note in notes if note.denies is not None
        ),
        noted=max((note.day for note in notes), default=None),
    )


_ALIVE = frozenset({Fate.COUNTED, Fate.CONTEXT})


def _fates(record: Sequence[Event], as_of: Moment | None, known_at: Moment | None) -> list[tuple[Fate, str | None]]:
    """The fate of every event before evidence is asked for, and the event to which it owes it."""
    fates: list[tuple[Fate, str | None]] = []
    first: set[str] = set()
    for event in record:
        if event.id is not None and event.id in first:
            fates.append((Fate.REPEATED, event.id))
            continue
        if event.id is not None:
            first.add(event.id)
        fates.append((_fate(event, as_of, known_at), None))
    dead: dict[str, str | None] = {}
    for place in range(len(record) - 1, -1, -1):
        event, fate = record[place], fates[place][0]
        if fate in (Fate.REPEATED, Fate.NOT_YET_KNOWN):
            continue
        if event.id is not None and event.id in dead:
            fates[place] = (Fate.RETRACTED, dead[event.id])
        elif type(event) is Retracted:
            dead[event.retracts] = event.id
    return fates


def _fate(event: Event, as_of: Moment | None, known_at: Moment | None) -> Fate:
    if known_at is not None and not is_known(event, known_at):
        return Fate.NOT_YET_KNOWN
    if as_of is not None and not has_come(event, as_of):
        return Fate.NOT_YET_OCCURRED
    return Fate.COUNTED if isinstance(event, MOVES) else Fate.CONTEXT


def is_known(event: Event, known_at: Moment) -> bool:
    """Whether the record knew of the event; a bare day includes all of it, UTC."""
    return event.known <= known_at if isinstance(known_at, datetime) else event.known.date() <= known_at


def has_come(event: Event, as_of: Moment) -> bool:
    """Whether the day of the event has come; two instants are compared as instants."""
    if isinstance(as_of, datetime) and event.occurred.instant is not None:
        return event.occurred.instant <= as_of
    return event.day <= day_of(as_of)


def describe(events: Iterable[Event]) -> Description:
    """The latest value of every field that `Described` events gave, by day, then by place."""
    description = UNDESCRIBED
    for event in sorted((event for event in events if type(event) is Described), key=lambda event: event.day):
        said = {name: getattr(event, name) for name in ("title", "parties", "links") if getattr(event, name) is not None}
        description = attrs.evolve(description, **said)
    return description


def _by_target(notes: Sequence[Noted], field: str) -> Mapping[str | None, tuple[Noted, ...]]:
    targets: dict[str | None, tuple[Noted, ...]] = {}
    for note in notes:
        target = getattr(note, field)
        if target is not None:
            targets[target] = (*targets.get(target, ()), note)
    return targets


def _entry(
    event: Event,
    fate: Fate,
    because: str | None,
    confirming: Sequence[Noted],
    denying: Sequence[Noted],
    description: Description,
    evidence: Evidence,
) -> Entry:
    if type(event) is Noted:
        confirming = ()
    denied_by = tuple(note for note in denying if _strikes(note, event, description))
    standing = standing_of(event, confirming, description) if not denied_by else Standing.REPORTED
    sources = (*event.sources, *(source for note in confirming for source in note.sources))
    if fate is Fate.COUNTED and not evidence.admits(standing, sources):
        fate = Fate.REMEMBERED if type(event) is Proposed else Fate.BELOW_EVIDENCE
    return Entry(
        event=event,
        day=event.day,
        fate=fate,
        standing=standing,
        sources=sources,
        speakers=frozenset(speaker for speaker in speakers_of(event, confirming) if speaker is not None),
        because=because,
        denied_by=tuple(note.id or "" for note in denied_by),
    )


def standing_of(event: Event, confirming: Sequence[Noted], description: Description) -> Standing:
    """What the sources make of an event, denials aside.

    An answer is official only where the party that owes it speaks; a proposal, and a stall that somebody caused, where that
    party, a mediator or a host speaks; anything else where anybody speaks officially.
    """
    speakers = speakers_of(event, confirming)
    if isinstance(event, Responded):
        official = event.by in speakers
    elif isinstance(event, (Proposed, Stalled)) and event.by is not None:
        official = None in speakers or event.by in speakers or description.lends_standing(speakers)
    else:
        official = bool(speakers)
    return Standing.OFFICIAL if official else Standing.REPORTED


def speakers_of(event: Event, confirming: Sequence[Noted]) -> tuple[str | None, ...]:
    """For whom the official sources speak, None where one does not say; one in a note speaks for the note's ``by``."""
    return (*event.speakers, *(speaker or note.by for note in confirming for speaker in note.speakers))


def _strikes(note: Noted, event: Event, description: Description) -> bool:
    """Whether a denial takes official standing: a principal says so officially, of something that is no offer or answer."""
    if not isinstance(event, (Scheduled, Held, Stalled, Concluded)):
        return False
    voices = (speaker or note.by for speaker in note.speakers)
    return any(voice is not None and description.role(voice) is Role.PRINCIPAL for voice in voices)


Move = tuple[Any, date, Collection[str | None] | None]
"""What the fold takes: an event of one of `MOVES`, the day on which it counts, and for whom its official sources speak.

None instead of these: it lies below the evidence asked for, and is only remembered.
"""


class PlainMoves(NamedTuple):
    """What the fold takes of a record in which every event stands for itself."""

    moves: Iterable[Move]
    """In fold order."""
    description: Description
    noted: date | None


def plain_moves(
    record: Sequence[Event], evidence: Evidence, *, as_of: Moment | None, known_at: Moment | None
) -> PlainMoves | None:
    """The short way to what `read` finds; None where events speak of each other, or repeat.

    A record of which this holds is by far the most frequent, and is folded several times faster. That both ways agree is a
    property that the tests check.
    """
    if len(set(map(_id, record))) < len(record) and _repeats(record):
        return None
    if known_at is not None:
        record = [event for event in record if is_known(event, known_at)]
    moves, description, noted = list(record), UNDESCRIBED, None
    if not _MOVES.issuperset(map(type, record)):
        moves = [event for event in record if event.__class__ in _MOVES]
        rest = [event for event in record if event.__class__ not in _MOVES]
        if any(event.__class__ is Retracted or _speaks_of(event) for event in rest):
            return None
        if as_of is not None:
            rest = [event for event in rest if has_come(event, as_of)]
        description = describe(rest)
        noted = max((event.day for event in rest if event.__class__ is Noted), default=None)
    if as_of is not None:
        moves = [event for event in moves if has_come(event, as_of)]
    moves.sort(key=_day)
    if evidence.name == "reported" or all(map(_stands, moves)):
        return PlainMoves(zip(moves, map(_day, moves), map(_speakers, moves), strict=True), description, noted)
    return PlainMoves(weighed(moves, description, evidence), description, noted)


def weighed(moves: Iterable[Event], description: Description, evidence: Evidence) -> Iterator[Move]:
    """The moves that reach the evidence, and proposals that do not, to be remembered."""
    for event in moves:
        if event.stands or evidence.admits(standing_of(event, (), description), event.sources):
            yield event, event.day, event.speakers
        elif event.__class__ is Proposed:
            yield event, event.day, None


_MOVES = frozenset(MOVES)
_id, _day, _stands, _speakers = map(attrgetter, ("id", "day", "stands", "speakers"))


def _repeats(record: Sequence[Event]) -> bool:
    """Whether an id is met again; any number of events may be without one yet."""
    ids = [event.id for event in record if event.id is not None]
    return len(set(ids)) < len(ids)


def _speaks_of(note: Event) -> bool:
    return isinstance(note, Noted) and (note.confirms is not None or note.denies is not None)

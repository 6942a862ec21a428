"""Two parties, day by day: coded rows become the events of their talks, by a few explicit rules.

Each rule is told, with its reason and what it was measured to do, in docs/explanation/coded-events.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from diplostate.codings.background import QUIET_DAYS, Background
from diplostate.codings.cameo import Reading
from diplostate.codings.provenance import known, sources, tallied
from diplostate.codings.rows import Row, Tally, slug
from diplostate.talks.events import (
    Answer,
    Concluded,
    Described,
    Event,
    Held,
    Noted,
    Outcome,
    Party,
    Proposed,
    Responded,
    Scheduled,
    Stalled,
    StallReason,
)
from diplostate.talks.machine import Phase

RESTATED_DAYS = 7
"""Within how many days the same word from the same side is a restatement: the cycle of the weekly press."""
SESSION_DAYS = 2
"""Up to how many days apart reports of talks are of one session: rounds last for days, and papers report a day late."""

REPEATED = "repeats a row of the day"
MIRRORED = "the mirrored twin of a row"
RESTATED = "restates what was said already"
USUAL = "no more than is usual between the two"
OUTWEIGHED = "outweighed by other evidence of the day"
NOTHING_TO_STOP = "breaks off, and there is nothing to break off"

_MIRRORED = {"042": "043", "043": "042"}
_MUTUAL = {Reading.MEETING, Reading.VISIT, Reading.CONTACT, Reading.AGREEMENT, Reading.HALT}
"""What both sides do: the row of the other direction says the same thing again."""
_PROSPECT, _HELD, _STALLED, _VISIT = "prospect", "held", "stalled", "visit"


@attrs.frozen(kw_only=True)
class Dyad:
    """Two parties, in the order of their codes, and where their events go."""

    track: str
    parties: tuple[str, str]
    title: str
    """Of the coding."""
    codebook: str
    tally: Tally

    def other(self, party: str) -> str:
        """The other party."""
        return self.parties[self.parties[0] == party]


class _Day:
    """The distinct rows of one day between two parties, by how they are read."""

    __slots__ = ("day", "rows", "twins")

    def __init__(self, day: date, rows: Iterable[Row], tally: Tally) -> None:
        self.day = day
        self.rows: dict[Reading, list[Row]] = {}
        self.twins: Counter[Reading] = Counter()
        seen: set[tuple[str, str, str]] = set()
        for row in rows:
            code, reading = row.code.code, row.code.reads_as
            if (row.actor, row.target, code) in seen:
                tally.merged[REPEATED] += 1
                continue
            seen.add((row.actor, row.target, code))
            if reading in _MUTUAL and (row.target, row.actor, _MIRRORED.get(code, code)) in seen:
                tally.merged[MIRRORED] += 1
                self.twins[reading] += 1
            self.rows.setdefault(reading, []).append(row)

    def of(self, *readings: Reading) -> list[Row]:
        """The rows that are read so."""
        return [row for reading in readings for row in self.rows.get(reading, ())]

    def weight(self, *readings: Reading) -> int:
        """How many of them there are, mirrored twins counted once."""
        return sum(len(self.rows.get(reading, ())) - self.twins[reading] for reading in readings)

    def by(self, *readings: Reading) -> Counter[str]:
        """How many of them each party has."""
        return Counter(row.by for row in self.of(*readings))


_WORDS = (Reading.PROPOSAL, Reading.CONSENT)
_SESSIONS = (Reading.MEETING, Reading.AGREEMENT)
_STOPS = (Reading.REFUSAL, Reading.BREAK)
_AHEAD = frozenset({Phase.PENDING, Phase.ACCEPTED, Phase.SCHEDULED})
"""The phases in which a meeting is expected."""
_STOPPABLE = _AHEAD | {Phase.DECLINED, Phase.HELD, Phase.STALLED}


def read(dyad: Dyad, rows: Iterable[Row]) -> list[Event]:
    """The events that the rows of two parties come to, in the order of their days; what was merged or left is tallied."""
    days: dict[str, list[Row]] = {}
    guessed: list[Row] = []
    for row in rows:
        if row.is_dated_by_guess:
            guessed.append(row)
        else:
            days.setdefault(row.day, []).append(row)
    talks = _Talks(dyad)
    events = [event for day in sorted(days) for event in talks.read(_Day(date.fromisoformat(day), days[day], dyad.tally))]
    events += _guessed(dyad, guessed)
    return [_described(dyad, events), *events] if events else []


def _described(dyad: Dyad, events: Sequence[Event]) -> Described:
    """What the track is, known as early as the first of its events."""
    first = min(events, key=lambda event: (event.known, event.day))
    names = [dyad.tally.name(code) for code in dyad.parties]
    return Described(
        id=f"{dyad.track}/described",
        track=dyad.track,
        occurred=min(event.day for event in events),
        recorded=first.known,
        title=f"{names[0]} – {names[1]}, as coded by {dyad.title}",
        parties=[Party(code=code, name=name) for code, name in zip(dyad.parties, names, strict=True)],
    )


@attrs.define
class _Talks:
    """Where the talks of two parties stand while their days are read: the context by which codes are read."""

    dyad: Dyad
    background: Background = attrs.field(factory=Background)
    phase: Phase = Phase.IDLE
    opener: str | None = None
    """Whose proposal is open."""
    was_agreed: bool = False
    """Whether a meeting had been agreed when the talks stalled."""
    moved: date = date.min
    """The last day whose evidence moved or confirmed the phase."""
    asked: date = date.min
    """The last day on which somebody said that they want to meet."""
    session: date = date.min
    """The last day of a meeting."""
    noted: date = date.min
    """The last day on which contact was noted."""

    def read(self, day: _Day) -> list[Event]:
        """The events of one day."""
        if (day.day - self.moved).days > QUIET_DAYS:
            self.phase, self.opener, self.was_agreed = Phase.IDLE, None, False
        kinds = self._kinds(day)
        weights = {kind: day.weight(*readings) for kind, readings in kinds.items()}
        beyond = self.background.weigh(day.day.toordinal(), weights) if any(weights.values()) else {}
        if self.phase not in _AHEAD:
            beyond.pop(_VISIT, None)
        winner = min(beyond, key=lambda kind: (beyond[kind], kind), default=None)
        self._count_losers(day, kinds, weights, winner)
        events = [] if winner is None else _READ[winner](self, day)
        if winner is not None:
            self.moved = day.day
        return events or self._context(day)

    def _kinds(self, day: _Day) -> dict[str, tuple[Reading, ...]]:
        """The kinds of evidence that compete, each with how its codes are read as things stand."""
        truce = (Reading.TRUCE,) if len(day.by(Reading.TRUCE)) == 2 else ()
        stops = _STOPS if self.phase in _STOPPABLE else ()
        return {_PROSPECT: _WORDS, _HELD: (*_SESSIONS, *truce), _STALLED: (Reading.HALT, *stops), _VISIT: (Reading.VISIT,)}

    def _count_losers(
        self, day: _Day, kinds: Mapping[str, tuple[Reading, ...]], weights: Mapping[str, int], winner: str | None
    ) -> None:
        left = self.dyad.tally.left
        for kind, readings in kinds.items():
            if weights[kind] and kind != winner and kind != _VISIT:
                left[USUAL if winner is None else OUTWEIGHED] += len(day.of(*readings))
        if Reading.REFUSAL not in kinds[_STALLED]:
            left[NOTHING_TO_STOP] += len(day.of(*_STOPS))

    def _context(self, day: _Day) -> list[Event]:
        """A note of what moves nothing: threats and calls always, contact where none was noted of late."""
        rows = day.of(Reading.CONTEXT)
        contacts = day.of(Reading.VISIT, Reading.CONTACT)
        if contacts and (day.day - max(self.noted, self.moved)).days > RESTATED_DAYS:
            rows += contacts
            self.noted = day.day
        elif contacts:
            self.dyad.tally.merged[RESTATED] += len(contacts)
        if not rows:
            return []
        return [_make(self.dyad, Noted, day, rows, "noted", text=f"Coded, and moves nothing: {_said(rows)}.")]

    # How each kind of evidence is read; what it comes to is tallied as merged where nothing new is said.

    def read_prospect(self, day: _Day) -> list[Event]:
        """036 and its like by context: word of a meeting, an answer, or a proposal."""
        by, rows = day.by(*_WORDS), day.of(*_WORDS)
        since, self.asked = (day.day - self.asked).days, day.day
        asker = max(sorted(by), key=lambda party: by[party])
        if self.phase is Phase.SCHEDULED or (self.phase is Phase.ACCEPTED and since <= RESTATED_DAYS):
            return self._restated(rows)
        if self.phase is Phase.ACCEPTED or (self.phase is Phase.STALLED and self.was_agreed and len(by) == 2):
            self.phase = Phase.SCHEDULED
            return [_make(self.dyad, Scheduled, day, rows, "scheduled")]
        answering = self._answering()
        if answering in by:
            return [self._accepted(day, answering)]
        if self.opener == asker and self.phase is Phase.PENDING and since <= RESTATED_DAYS:
            return self._restated(rows)
        self.phase, self.opener = Phase.PENDING, asker
        other = self.dyad.other(asker)
        mine = [row for row in rows if row.by == asker]
        proposed = _make(self.dyad, Proposed, day, mine, f"proposed/{asker}", by=asker, to=[other])
        return [proposed, self._accepted(day, other)] if other in by else [proposed]

    def _answering(self) -> str:
        """Who owes an answer; empty where nobody does."""
        return self.dyad.other(self.opener) if self.opener is not None and self.phase is Phase.PENDING else ""

    def _accepted(self, day: _Day, party: str) -> Event:
        self.phase = Phase.ACCEPTED
        rows = [row for row in day.of(*_WORDS) if row.by == party]
        to = self.dyad.other(party)
        return _make(self.dyad, Responded, day, rows, f"accepted/{party}", by=party, to=to, answer=Answer.ACCEPTED)

    def read_held(self, day: _Day) -> list[Event]:
        """A meeting, or where signatures outweigh it an agreement."""
        signed = day.of(Reading.AGREEMENT) + (day.of(Reading.TRUCE) if len(day.by(Reading.TRUCE)) == 2 else [])
        if len(signed) > len(day.of(Reading.MEETING)):
            is_new = self.phase is not Phase.CONCLUDED or (day.day - self.moved).days > RESTATED_DAYS
            self.phase, self.opener = Phase.CONCLUDED, None
            if not is_new:
                return self._restated(signed)
            return [_make(self.dyad, Concluded, day, signed, "concluded", outcome=Outcome.AGREEMENT)]
        return self._met(day, day.of(*_SESSIONS))

    def read_visited(self, day: _Day) -> list[Event]:
        return self._met(day, day.of(Reading.VISIT))

    def _met(self, day: _Day, rows: Sequence[Row]) -> list[Event]:
        is_same = self.phase is Phase.HELD and (day.day - self.session).days <= SESSION_DAYS
        self.phase, self.opener, self.session = Phase.HELD, None, day.day
        if is_same:
            return self._restated(rows)
        places = {row.venue for row in rows if row.venue is not None}
        venue = places.pop() if len(places) == 1 else None
        name = "held" if venue is None else f"held/{slug(venue)[:40]}"
        return [_make(self.dyad, Held, day, rows, name, venue=venue)]

    def read_stalled(self, day: _Day) -> list[Event]:
        stops = _STOPS if self.phase in _STOPPABLE else ()
        rows, by = day.of(Reading.HALT, *stops), day.by(Reading.HALT, *stops)
        if self.phase in (Phase.STALLED, Phase.DECLINED):
            return self._restated(rows)
        answering = self._answering()
        refused = [row for row in day.of(Reading.REFUSAL) if row.by == answering]
        if refused and len(refused) >= day.weight(Reading.HALT):
            self.phase = Phase.DECLINED
            said = {"by": answering, "to": self.opener, "answer": Answer.DECLINED}
            return [_make(self.dyad, Responded, day, refused, f"declined/{answering}", **said)]
        reason = self._reason(day)
        ((party, most), *rest) = by.most_common()
        breaker = party if not rest or most > rest[0][1] else None
        self.was_agreed = self.phase in (Phase.ACCEPTED, Phase.SCHEDULED)
        self.phase = Phase.STALLED
        name = f"stalled/{reason.value}/{breaker or ''}".rstrip("/")
        return [_make(self.dyad, Stalled, day, rows, name, reason=reason, by=breaker)]

    def _reason(self, day: _Day) -> StallReason:
        """164 stands for talks that failed, were broken off or called off: the phase tells which."""
        if self.phase in (Phase.ACCEPTED, Phase.SCHEDULED):
            return StallReason.CANCELLED
        return StallReason.COLLAPSED if (day.day - self.session).days <= SESSION_DAYS else StallReason.SUSPENDED

    def _restated(self, rows: Sequence[Row]) -> list[Event]:
        self.dyad.tally.merged[RESTATED] += len(rows)
        return []


_READ: Mapping[str, Callable[[_Talks, _Day], list[Event]]] = {
    _PROSPECT: _Talks.read_prospect,
    _HELD: _Talks.read_held,
    _STALLED: _Talks.read_stalled,
    _VISIT: _Talks.read_visited,
}


def _guessed(dyad: Dyad, rows: Sequence[Row]) -> list[Event]:
    """Notes of what was coded with a day that the data only seems to have worked out."""
    days: dict[str, list[Row]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    text = 'Coded for a day that seems to be worked out from words such as "a year ago", and so moves nothing'
    return [
        _make(
            dyad,
            Noted,
            _Day(date.fromisoformat(day), some, dyad.tally),
            some,
            "guessed",
            occurred=f"{day}?",
            text=f"{text}: {_said(some)}.",
        )
        for day, some in sorted(days.items())
    ]


def _make(dyad: Dyad, kind: type[Event], day: _Day, rows: Sequence[Row], name: str, **said: Any) -> Event:
    """An event of a day; its id says what it says, so that the same facts get the same one from every vintage."""
    dyad.tally.codes.update((row.code.code, kind.kind) for row in rows)
    return kind(
        **{"occurred": day.day.isoformat(), **said},
        id=f"{dyad.track}/{day.day}/{name}",
        track=dyad.track,
        recorded=known(rows, day.day),
        note=f"Coded: {_said(rows)}.",
        sources=sources(rows, dyad.title, dyad.codebook),
    )


def _said(rows: Iterable[Row]) -> str:
    """The codes of rows by the party that acts: ``PRK 036; USA 036 ×2``."""
    by: dict[str, list[str]] = {}
    for row in rows:
        by.setdefault(row.by, []).append(row.code.code)
    return "; ".join(f"{party} {tallied(codes)}" for party, codes in sorted(by.items()))

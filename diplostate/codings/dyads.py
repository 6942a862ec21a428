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
from diplostate.talks.events import Described, Event, Held, Noted, Party, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.machine import Phase
from diplostate.talks.words import Answer, StallReason

RESTATED_DAYS = 7
"""Within how many days the same word from the same side is a restatement: the cycle of the weekly press."""
SESSION_DAYS = 2
"""Up to how many days apart reports of talks are of one session: rounds last for days, and papers report a day late."""

REPEATED = "repeats a row of the day"
MIRRORED = "the mirrored twin of a row"
RESTATED = "restates what was said already"
BESIDE = "goes with an event of the day"
USUAL = "no more than is usual between the two"
OUTWEIGHED = "outweighed by other evidence of the day"
NOTHING_TO_STOP = "breaks off, and there is nothing to break off"

_MIRRORED = {"042": "043", "043": "042"}
_MUTUAL = frozenset({Reading.MEETING, Reading.VISIT, Reading.CONTACT, Reading.AGREEMENT, Reading.HALT})
"""What both sides do: the row of the other direction says the same thing again."""
_PROSPECT, _HELD, _STALLED, _VISIT = "prospect", "held", "stalled", "visit"
_RIVALS = (_PROSPECT, _HELD, _STALLED)
"""The kinds of evidence that are left out where they do not win; a visit is contact all the same."""


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
        self.twins: set[int] = set()
        seen: set[tuple[str, str, str]] = set()
        for row in rows:
            code, reading = row.code.code, row.code.reads_as
            if (row.actor, row.target, code) in seen:
                tally.merged[REPEATED] += 1
                continue
            seen.add((row.actor, row.target, code))
            if reading in _MUTUAL and (row.target, row.actor, _MIRRORED.get(code, code)) in seen:
                tally.merged[MIRRORED] += 1
                self.twins.add(id(row))  # their own hash would be that of all they hold
            self.rows.setdefault(reading, []).append(row)

    def of(self, *readings: Reading) -> list[Row]:
        """The rows that are read so."""
        return [row for reading in readings for row in self.rows.get(reading, ())]

    def weight(self, rows: Iterable[Row]) -> int:
        """How many rows these are, mirrored twins counted once."""
        return sum(id(row) not in self.twins for row in rows)


_WORDS = (Reading.PROPOSAL, Reading.CONSENT)
_REFUSALS = (Reading.REFUSAL, Reading.REJECTION)
_SIGNED = {Reading.AGREEMENT: "signed, on what is not coded", Reading.TRUCE: "truce"}
_AHEAD = frozenset({Phase.PENDING, Phase.ACCEPTED, Phase.SCHEDULED})
"""The phases in which a meeting is expected."""
_UNDER_WAY = _AHEAD | {Phase.DECLINED, Phase.HELD, Phase.STALLED}
"""The phases in which there are talks to break off, or to come to an agreement."""


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
    was_set: bool = False
    """Whether a meeting had been set when the talks stalled: then word of it from both sides sets it again."""
    moved: date = date.min
    """The last day whose evidence moved or confirmed the phase."""
    asked: date = date.min
    """The last day on which somebody said that they want to meet."""
    session: date = date.min
    """The last day of a meeting."""
    agreed: date = date.min
    """The last day on which an agreement was said to be signed."""
    noted: date = date.min
    """The last day on which contact was noted."""

    def read(self, day: _Day) -> list[Event]:
        """The events of one day."""
        if (day.day - self.moved).days > QUIET_DAYS:
            self.phase, self.opener, self.was_set = Phase.IDLE, None, False
        kinds = self._kinds(day)
        weights = {kind: day.weight(rows) for kind, rows in kinds.items()}
        beyond = self.background.weigh(day.day.toordinal(), weights) if any(weights.values()) else {}
        for kind in self._impossible(weights):
            beyond.pop(kind, None)
        winner = min(beyond, key=lambda kind: (beyond[kind], kind), default=None)
        self._count_losers(day, weights, winner)
        if winner is None:
            return self._context(day)
        rest = _without(day.of(*day.rows), kinds[winner])
        tally = self.dyad.tally
        tally.merged[BESIDE] += day.weight(self._aside(day, winner))
        before = tally.codes.total()
        events = _READ[winner](self, day, kinds[winner])
        tally.merged[RESTATED] += weights[winner] - (tally.codes.total() - before)
        self.moved = day.day
        return [attrs.evolve(event, note=f"{event.note} Also that day: {_said(rest)}.") for event in events] if rest else events

    def _kinds(self, day: _Day) -> dict[str, list[Row]]:
        """The kinds of evidence that compete, each with the rows that count for it as things stand."""
        is_under_way = self.phase in _UNDER_WAY
        return {
            _PROSPECT: day.of(*_WORDS),
            _HELD: day.of(Reading.MEETING) + (self._signed(day) if is_under_way else []),
            _STALLED: day.of(Reading.HALT, *((Reading.BREAK,) if is_under_way else ())) + self._refusals(day),
            _VISIT: day.of(Reading.VISIT),
        }

    def _refusals(self, day: _Day) -> list[Row]:
        """The rows of refusals; of a plan, while there are talks, only by the party that owes an answer."""
        plans = day.of(Reading.REJECTION)
        if self.phase in _UNDER_WAY:
            plans = [row for row in plans if row.by == self._answering()]
        return day.of(Reading.REFUSAL) + plans

    def _signed(self, day: _Day) -> list[Row]:
        """The rows of agreements; a truce is one where both sides declare it."""
        is_mutual = len({row.by for row in day.of(Reading.TRUCE)}) == 2
        return day.of(*(_SIGNED if is_mutual else (Reading.AGREEMENT,)))

    def _impossible(self, weights: Mapping[str, int]) -> tuple[str, ...]:
        """The kinds of evidence that cannot win as things stand.

        A visit is a meeting only where one is ahead. And where one is ahead, reports of talks may be word of it: it has taken
        place only where they outnumber those who say that it will.
        """
        if self.phase not in _AHEAD:
            return (_VISIT,)
        return () if weights[_HELD] + weights[_VISIT] > weights[_PROSPECT] else (_HELD, _VISIT)

    def _count_losers(self, day: _Day, weights: Mapping[str, int], winner: str | None) -> None:
        left = self.dyad.tally.left
        left[USUAL if winner is None else OUTWEIGHED] += sum(weights[kind] for kind in _RIVALS if kind != winner)
        if self.phase not in _UNDER_WAY:
            left[NOTHING_TO_STOP] += day.weight(day.of(Reading.BREAK))

    def _aside(self, day: _Day, winner: str | None) -> list[Row]:
        """The rows that move nothing by themselves: context, contact, and agreements where there are no talks to end."""
        visit = () if winner == _VISIT else (Reading.VISIT,)
        rows = _without(day.of(Reading.CONTEXT, Reading.REJECTION, *_SIGNED, Reading.CONTACT, *visit), self._refusals(day))
        return _without(rows, self._signed(day)) if self.phase in _UNDER_WAY else rows

    def _context(self, day: _Day) -> list[Event]:
        """A note of what moves nothing; of contact only where none was noted of late."""
        rows = self._aside(day, None)
        contacts = [row for row in rows if row.code.reads_as in (Reading.CONTACT, Reading.VISIT)]
        if contacts and (day.day - max(self.noted, self.moved)).days <= RESTATED_DAYS:
            self.dyad.tally.merged[RESTATED] += day.weight(contacts)
            rows = _without(rows, contacts)
        elif contacts:
            self.noted = day.day
        return [_noted(self.dyad, day, rows, "noted", "Coded, and moves nothing")] if rows else []

    # How each kind of evidence is read; no event where nothing new is said.

    def read_prospect(self, day: _Day, rows: Sequence[Row]) -> list[Event]:
        """036 and its like by context: word of a meeting, an answer, or a proposal."""
        by = Counter(row.by for row in rows)
        since, self.asked = (day.day - self.asked).days, day.day
        if self.phase is Phase.SCHEDULED or (self.phase is Phase.ACCEPTED and since <= RESTATED_DAYS):
            return []
        if self.phase is Phase.ACCEPTED or (self.phase is Phase.STALLED and self.was_set and len(by) == 2):
            self.phase = Phase.SCHEDULED
            return [_make(self.dyad, Scheduled, day, rows, "scheduled")]
        answering = self._answering()
        if answering in by:
            return [self._accepted(day, rows, answering)]
        asker = max(sorted(by), key=lambda party: by[party])
        if self.opener == asker and self.phase is Phase.PENDING and since <= RESTATED_DAYS:
            return []
        self.phase, self.opener = Phase.PENDING, asker
        other = self.dyad.other(asker)
        mine = [row for row in rows if row.by == asker]
        proposed = _make(self.dyad, Proposed, day, mine, f"proposed/{asker}", by=asker, to=[other])
        return [proposed, self._accepted(day, rows, other, "at-once")] if other in by else [proposed]

    def _answering(self) -> str:
        """Who owes an answer; empty where nobody does."""
        return self.dyad.other(self.opener) if self.opener is not None and self.phase is Phase.PENDING else ""

    def _accepted(self, day: _Day, rows: Sequence[Row], party: str, name: str = "accepted") -> Event:
        """An acceptance. One on the day of its proposal has another name: it must never stand before that in the record."""
        self.phase = Phase.ACCEPTED
        said = {"by": party, "to": self.dyad.other(party), "answer": Answer.ACCEPTED}
        return _make(self.dyad, Responded, day, [row for row in rows if row.by == party], f"{name}/{party}", **said)

    def read_held(self, day: _Day, rows: Sequence[Row]) -> list[Event]:
        """A meeting, unless it is one more day of the same; one that signs an agreement where signatures outnumber the rest."""
        is_same = self.phase is Phase.HELD and (day.day - self.session).days <= SESSION_DAYS
        signed = [_SIGNED[row.code.reads_as] for row in rows if row.code.reads_as in _SIGNED]
        agreement = ""
        if 2 * len(signed) > len(rows):
            agreement = "; ".join(dict.fromkeys(signed)) if (day.day - self.agreed).days > RESTATED_DAYS else ""
            self.agreed = day.day
        self.phase, self.opener, self.session = Phase.HELD, None, day.day
        if is_same and not agreement:
            return []
        places = {row.venue for row in rows if row.venue is not None}
        venue = places.pop() if len(places) == 1 else None
        name = "/".join(["held", *(["agreed"] if agreement else []), *([slug(venue)[:40]] if venue else [])])
        return [_make(self.dyad, Held, day, rows, name, venue=venue, agreement=agreement or None)]

    def read_stalled(self, day: _Day, rows: Sequence[Row]) -> list[Event]:
        """A refusal of an open proposal, or talks that do not move."""
        if self.phase in (Phase.STALLED, Phase.DECLINED):
            return []
        answering = self._answering()
        refusals = [row for row in rows if row.code.reads_as in _REFUSALS and row.by == answering]
        if refusals and 2 * len(refusals) >= day.weight(rows):
            self.phase = Phase.DECLINED
            said = {"by": answering, "to": self.opener, "answer": Answer.DECLINED}
            return [_make(self.dyad, Responded, day, rows, f"declined/{answering}", **said)]
        if self.phase not in _UNDER_WAY and not day.of(Reading.HALT):
            return self._refused(day, rows)
        reason, breaker = self._reason(day), _most(row.by for row in rows)
        self.was_set, self.phase = self.phase is Phase.SCHEDULED, Phase.STALLED
        name = f"stalled/{reason.value}/{breaker or ''}".rstrip("/")
        return [_make(self.dyad, Stalled, day, rows, name, reason=reason, by=breaker)]

    def _refused(self, day: _Day, rows: Sequence[Row]) -> list[Event]:
        """A refusal where no proposal was coded: it tells of one."""
        by = _most(row.by for row in rows)
        if by is None:
            return []
        self.phase, asker = Phase.DECLINED, self.dyad.other(by)
        said = {"by": by, "to": asker, "answer": Answer.DECLINED}
        declined = _make(self.dyad, Responded, day, rows, f"declined-at-once/{by}", **said)
        proposed = Proposed(
            id=f"{self.dyad.track}/{day.day}/proposed/{asker}",
            track=declined.track,
            occurred=declined.occurred,
            recorded=declined.recorded,
            sources=declined.sources,
            by=asker,
            to=[by],
            note="Not coded: its refusal tells of it.",
        )
        return [proposed, declined]

    def _reason(self, day: _Day) -> StallReason:
        """164 stands for talks that failed, were broken off or called off: the phase tells which."""
        if self.phase in (Phase.ACCEPTED, Phase.SCHEDULED):
            return StallReason.CANCELLED
        return StallReason.COLLAPSED if (day.day - self.session).days <= SESSION_DAYS else StallReason.SUSPENDED


def _without(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """The rows that are not among the others."""
    ids = set(map(id, others))
    return [row for row in rows if id(row) not in ids]


def _most(parties: Iterable[str]) -> str | None:
    """Who acts most often; None where both do alike."""
    (first, most), *rest = Counter(parties).most_common()
    return first if not rest or most > rest[0][1] else None


_READ: Mapping[str, Callable[[_Talks, _Day, Sequence[Row]], list[Event]]] = {
    _PROSPECT: _Talks.read_prospect,
    _HELD: _Talks.read_held,
    _STALLED: _Talks.read_stalled,
    _VISIT: _Talks.read_held,
}


def _guessed(dyad: Dyad, rows: Sequence[Row]) -> list[Event]:
    """Notes of what was coded with a day that the data only seems to have worked out."""
    days: dict[str, list[Row]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    text = 'Coded for a day that seems to be worked out from words such as "a year ago", and so moves nothing'
    return [
        _noted(dyad, _Day(date.fromisoformat(day), some, dyad.tally), some, "guessed", text)
        for day, some in sorted(days.items())
    ]


def _noted(dyad: Dyad, day: _Day, rows: Sequence[Row], name: str, text: str) -> Event:
    """A note of what moves nothing; a day that is guessed is marked as uncertain."""
    said = {"text": f"{text}: {_said(rows)}.", "note": None, "occurred": f"{day.day}{'?' if name == 'guessed' else ''}"}
    return _make(dyad, Noted, day, rows, name, **said)


def _make(dyad: Dyad, kind: type[Event], day: _Day, rows: Sequence[Row], name: str, **said: Any) -> Event:
    """An event of a day; its id says what it says, so that the same facts get the same one from every vintage."""
    dyad.tally.codes.update((row.code.code, kind.kind) for row in rows if id(row) not in day.twins)
    return kind(
        **{"occurred": day.day.isoformat(), "note": f"Coded: {_said(rows)}.", **said},
        id=f"{dyad.track}/{day.day}/{name}",
        track=dyad.track,
        recorded=known(rows, day.day),
        sources=sources(rows, dyad.title, dyad.codebook),
    )


def _said(rows: Iterable[Row]) -> str:
    """The codes of rows by the party that acts: ``PRK 036; USA 036 ×2``."""
    by: dict[str, list[str]] = {}
    for row in rows:
        by.setdefault(row.by, []).append(row.code.code)
    return "; ".join(f"{party} {tallied(codes)}" for party, codes in sorted(by.items()))

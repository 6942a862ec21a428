"""What would bring a track to a phase: the nearest events, each with its rule, and who would have to act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.protocol import Ledger
from diplostate.reports.question import Question
from diplostate.talks.dates import Edtf, as_edtf, day_of, end_of
from diplostate.talks.events import Concluded, Event, Held, Noted, Proposed, Responded, Scheduled, Stalled
from diplostate.talks.fold import Step, answerable, evolve, fold, walk
from diplostate.talks.machine import TALKS, Effect, Machine, Phase, Row
from diplostate.talks.record import Description, Entry, Fate, Reading
from diplostate.talks.rules import nearest
from diplostate.talks.sources import Attribution, Evidence, Source, Standing
from diplostate.talks.status import Status
from diplostate.talks.words import Answer, Role, StallReason

LONGEST = 4
"""Steps that are looked ahead; the table needs no more than three."""
MOST_WAYS = 12
"""Ways that are told."""
_MOST_TRIED = 10_000
"""Events that are tried for each length: more than enough but where many parties have made proposals to many."""
_MOST_STATEMENTS = 10
"""Reports that did not count of which a confirmation is tried, the latest first; each costs a fold of the whole track."""
STRANGERS = ("PARTY-A", "PARTY-B")
"""Who acts where a track knows no parties."""


@attrs.frozen(kw_only=True)
class Way:
    """Events that would bring the track to the phase, none of which can be left out."""

    steps: tuple[Step, ...]
    others: tuple[tuple[Event, ...], ...] = ()
    """The same by other parties."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The events, in their order."""
        return tuple(step.event for step in self.steps)


@attrs.frozen(kw_only=True)
class Statement:
    """An official word on what is on record already that would bring the track to the phase by itself."""

    note: Noted
    """The confirmation or denial that would have to be made."""
    entry: Entry
    """What it would confirm or deny."""
    speakers: tuple[str, ...]
    """The parties of which any could make it."""
    after: Status


@attrs.frozen(kw_only=True)
class WhyNot:
    """Why a track is not in a phase, and what would bring it there."""

    track: str
    question: Question
    phase: Phase
    """The phase asked for."""
    status: Status
    left: Step | None = None
    """What took the track out of the phase, where it was in it before."""
    ways: tuple[Way, ...] = ()
    """The shortest ways, all of one length; none where the track is there, or nothing leads there."""
    more: int = 0
    """Ways of the same length that are not told."""
    statements: tuple[Statement, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether the track is in the phase already."""
        return self.status.phase is self.phase

    @property
    def distance(self) -> int | None:
        """How many events it takes; None where no events lead there."""
        return 0 if self.is_there else len(self.ways[0].steps) if self.ways else None


def why_not(ledger: Ledger, track: str, phase: Phase | str, question: Question | None = None) -> WhyNot:
    """What would bring a track to a phase, given in any case; raises `TrackNotFound`, and `Invalid` for what is no phase."""
    return why_not_of(track, ledger.events(track), phase_of(phase), question or Question.of())


def phase_of(word: str) -> Phase:
    """A phase from its name in any case; raises `Invalid`."""
    if word.upper() not in set(Phase):
        raise Invalid([Fault(f"{word!r} is none of {', '.join(Phase)}{nearest(word, [phase.value for phase in Phase])}")])
    return Phase(word.upper())


def why_not_of(track: str, events: Iterable[Event], phase: Phase, question: Question) -> WhyNot:
    """What would bring a track to a phase, from its events in the order of the record."""
    record = tuple(events)
    reading = question.read(record)
    status = fold(reading)
    found = WhyNot(track=track, question=question, phase=phase, status=status)
    if found.is_there:
        return found
    left = [step for step in walk(reading) if step.before.phase is phase and step.after.phase is not phase]
    ways = _ways(found, reading)
    return attrs.evolve(
        found,
        left=left[-1] if left else None,
        ways=ways[:MOST_WAYS],
        more=len(ways[MOST_WAYS:]),
        statements=tuple(_statements(found, record, reading)),
    )


# The nearest events.


def _ways(found: WhyNot, reading: Reading) -> tuple[Way, ...]:
    """The shortest ways, each told once: with the same by others beside it, and in one order only."""
    alike: dict[tuple[object, ...], list[tuple[Event, ...]]] = {}
    known: set[tuple[object, ...]] = set()
    for moves in _nearest(found):
        deeds = tuple(sorted(move.deed for move in moves))
        if deeds not in known:
            known.add(deeds)
            alike.setdefault(tuple(move.path for move in moves), []).append(tuple(move.event for move in moves))
    return tuple(_way(sequences, reading) for sequences in alike.values())


def _way(sequences: Sequence[tuple[Event, ...]], reading: Reading) -> Way:
    first, *others = sequences
    entries = [_entry(event) for event in first]
    steps = tuple(walk(attrs.evolve(reading, moves=(*reading.moves, *entries))))
    return Way(steps=steps[-len(first) :], others=tuple(others))


def _entry(event: Event) -> Entry:
    """A hypothetical event as a reading would see it: official, and counted."""
    speakers = frozenset(speaker for speaker in event.speakers if speaker is not None)
    return Entry(
        event=event, day=event.day, fate=Fate.COUNTED, standing=Standing.OFFICIAL, sources=event.sources, speakers=speakers
    )


@attrs.frozen
class _Move:
    """A hypothetical event in the state in which it would happen."""

    event: Event
    before: Status
    after: Status
    place: int
    """Where it stands among all that could happen there."""

    @property
    def path(self) -> tuple[object, ...]:
        """What it does to the talks, whoever does it."""
        is_open = isinstance(self.event, Responded) and self.event.to == self.before.opener
        return self.event.symbol, is_open, self.after.phase

    @property
    def deed(self) -> tuple[str, str, str]:
        """Who does what, and to whose proposal."""
        to = self.event.to if isinstance(self.event, Responded) else None
        return self.event.symbol, getattr(self.event, "by", None) or "", to or ""


def _nearest(found: WhyNot) -> list[tuple[_Move, ...]]:
    """The shortest sequences of events that lead to the phase: longer ones are tried when no shorter one does."""
    distances = steps_to(found.phase)
    if found.status.phase not in distances:
        return []
    search = _Search(
        phase=found.phase, distances=distances, cast=_cast(found.status), day=_day(found), evidence=found.question.evidence
    )
    tried = (islice(search.sequences(found.status, length), _MOST_TRIED) for length in range(1, LONGEST + 1))
    sequences = next(filter(None, ([moves for moves in each if moves is not None] for each in tried)), [])
    return sorted(sequences, key=lambda moves: [move.place for move in moves])


def steps_to(phase: Phase, machine: Machine = TALKS) -> Mapping[Phase, int]:
    """From each phase, how many symbols the table needs at least to lead there; without those from which nothing does."""
    found = {phase: 0}
    while True:
        before = {
            row.source: 1 + min(found[target] for target in row.targets() & found.keys())
            for row in machine.rows
            if row.source not in found and row.target is not Effect.ANOMALY and row.targets() & found.keys()
        }
        if not before:
            return found
        found |= before


@attrs.frozen(kw_only=True)
class _Search:
    """A search in the tree of hypothetical events."""

    phase: Phase
    distances: Mapping[Phase, int]
    """What the table needs at least."""
    cast: tuple[str, ...]
    day: Edtf
    evidence: Evidence

    def sequences(self, status: Status, length: int) -> Iterator[tuple[_Move, ...] | None]:
        """All sequences of this length from the status to the phase, those first that the table brings nearer; None where an
        event was tried in vain."""
        near = self._nearness(status.phase)
        possible = [pair for pair in enumerate(self._possible(status)) if near.get(pair[1].symbol, length) < length]
        for place, event in sorted(possible, key=lambda pair: near[pair[1].symbol]):
            move = _Move(event, status, evolve(status, event, evidence=self.evidence), place)
            if length == 1:
                yield (move,) if move.after.phase is self.phase else None
            elif self._needs(move.after) < length:
                yield from (rest and (move, *rest) for rest in self.sequences(move.after, length - 1))
            else:
                yield None

    def _nearness(self, phase: Phase) -> dict[str, int]:
        """For each symbol, how many more the table needs at least after it."""
        found: dict[str, int] = {}
        for row in self._rows(phase):
            for target in row.targets() & self.distances.keys():
                found[row.symbol] = min(found.get(row.symbol, LONGEST), self.distances[target])
        return found

    def _rows(self, phase: Phase) -> Iterator[Row]:
        return (row for row in TALKS.rows if row.source is phase and row.target is not Effect.ANOMALY)

    def _needs(self, status: Status) -> int:
        """How many events it takes at least: a branch that cannot arrive in time is not entered.

        A verdict of ACCEPTED or DECLINED needs a proposal, new or old, and its answers; in SCHEDULED there is no verdict.
        """
        least = self.distances.get(status.phase, LONGEST + 1)
        if self.phase not in (Phase.ACCEPTED, Phase.DECLINED):
            return least
        open_answers = [len(offer.to) - len(offer.accepted) for offer in status.table]
        open_answers += [len(status.leak.event.addressees)] if status.leak else []
        answers = open_answers if self.phase is Phase.ACCEPTED else [1] * len(open_answers)
        return max(least, min([max(1, number) for number in answers] + [2]) + (status.phase is Phase.SCHEDULED))

    def _possible(self, status: Status) -> Iterator[Event]:
        """Everything that could happen next, and that the machine would take."""
        for by, to in _answerable(status):
            for answer in Answer:
                yield self._event(Responded, by, by=by, to=to, answer=answer)
        for by in dict.fromkeys((*self.cast, *go_betweens(status.description))):
            for addressees in _addressees([party for party in self.cast if party != by]):
                yield self._event(Proposed, by, by=by, to=addressees)
        yield self._event(Scheduled)
        yield self._event(Held)
        yield self._event(Stalled)
        for offer in status.table:
            yield self._event(Stalled, offer.by, by=offer.by, reason=StallReason.WITHDRAWN)
        yield self._event(Concluded)

    def _event(self, kind: type[Event], speaks_for: str | None = None, **fields: Any) -> Event:
        source = Source(attribution=Attribution.OFFICIAL, outlet="(hypothetical)", speaks_for=speaks_for)
        return kind(track="hypothetical", occurred=self.day, sources=(source,), **fields)


def _answerable(status: Status) -> list[tuple[str, str | None]]:
    """Who may answer whose proposal: by name, but where only naming nobody reaches a leak."""
    pairs = answerable(status)
    table = {(party, offer.by) for offer in status.table for party in offer.to}
    named = [(by, to) for by, to in pairs if to is not None]
    unnamed = [
        (by, to)
        for by, to in pairs
        if to is None and (by, status.opener) not in table and status.leak and (by, status.leak.event.by) in table
    ]
    awaited = set(status.awaiting)
    return sorted(
        [*named, *unnamed], key=lambda pair: (pair[1] != status.opener, pair[0] not in awaited, pair[0], pair[1] or "")
    )


def _addressees(others: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """To whom somebody would make a proposal: to all others, or to one of them."""
    yield tuple(others)
    if len(others) > 1:
        yield from ((other,) for other in others)


def _cast(status: Status) -> tuple[str, ...]:
    """The parties that talk: the principals, and whoever has made or got a proposal; two strangers where nobody is known."""
    description = status.description
    principals = [party.code for party in description.parties if party.role is Role.PRINCIPAL]
    offers = [code for offer in status.table for code in (offer.by, *offer.to)]
    leak = [status.leak.event.by, *status.leak.event.addressees] if status.leak else []
    active = [code for code in (*offers, *leak) if description.role(code) is Role.PRINCIPAL]
    known = dict.fromkeys([*principals, *active])
    for code in (*(party.code for party in description.parties), *STRANGERS):
        if len(known) < 2:
            known[code] = None
    return tuple(known)


def go_betweens(description: Description) -> tuple[str, ...]:
    """The mediators and hosts, who may speak for a proposer."""
    return tuple(party.code for party in description.parties if party.role in (Role.MEDIATOR, Role.HOST))


def _day(found: WhyNot) -> Edtf:
    """The day of what would happen: today, but not before what has happened."""
    status = found.status
    days = [found.question.today, status.moved, status.leak.day if status.leak else None]
    return as_edtf(max(day for day in days if day is not None))


# What has been said already, and needs one official word.


def _statements(found: WhyNot, record: Sequence[Event], reading: Reading) -> Iterator[Statement]:
    """The confirmations and denials of which one alone would do; of what did not count, only the latest are tried."""
    cast, status = _cast(found.status), found.status
    unofficial = [entry for entry in reading.entries if entry.fate in (Fate.BELOW_EVIDENCE, Fate.REMEMBERED)]
    unofficial.sort(key=lambda entry: entry.day, reverse=True)
    for entry in unofficial[:_MOST_STATEMENTS]:
        by = getattr(entry.event, "by", None)
        yield from _stated(found, record, entry, (by,) if by else cast, "confirms")
    standing = [event for event in (status.meeting, status.session, status.stall, status.conclusion) if event is not None]
    for entry in reading.entries:
        if any(entry.event is event for event in standing):
            yield from _stated(found, record, entry, tuple(code for code in cast if code not in entry.speakers), "denies")


def _stated(found: WhyNot, record: Sequence[Event], entry: Entry, speakers: tuple[str, ...], verb: str) -> Iterator[Statement]:
    """The statement, if one of these parties could make it and it would do; each of them has the same say."""
    for by in speakers[:1]:
        source = Source(attribution=Attribution.OFFICIAL, outlet="(hypothetical)", speaks_for=by)
        what: dict[str, Any] = {verb: entry.event.id, **_when(found.question)}
        note = Noted(track=found.track, by=by, sources=(source,), **what)
        after = fold(found.question.read([*record, note]))
        if after.phase is found.phase:
            yield Statement(note=note, entry=entry, speakers=speakers, after=after)


def _when(question: Question) -> dict[str, Any]:
    """When something would be said that the question is still to see."""
    day = day_of(question.as_of or question.known_at or question.now)
    known = question.known_at
    recorded = known if known is None or isinstance(known, datetime) else end_of(known)
    return {"occurred": day, "recorded": recorded}

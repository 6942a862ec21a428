"""The fold: a record reduced by the machine to a status. Total: it never raises on well-formed events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

import attrs

from diplostate.talks.dates import Edtf, Moment, as_moment
from diplostate.talks.events import MOVES, Concluded, Event, Held, Proposed, Proposing, Responded, Scheduled, Stalled, Terms
from diplostate.talks.machine import ANSWERS, TALKS, Effect, Machine, Match, Phase, Row, Symbol, code
from diplostate.talks.record import Denial, Description, Entry, Fate, Move, Reading, plain_moves, read, weighed
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Anomaly, Leak, Proposal, Reply, Status
from diplostate.talks.words import Answer, StallReason


def reduce(
    events: Iterable[Event],
    *,
    as_of: Moment | str | Edtf | None = None,
    known_at: Moment | str | Edtf | None = None,
    evidence: Evidence | str = "official",
    machine: Machine = TALKS,
) -> Status:
    """The status of one track, from its events in the order of the record.

    ``as_of`` cuts what happened and ``known_at`` what was recorded, each a day (inclusive) or an aware instant;
    ``evidence`` is ``official``, ``reported`` or a grade such as ``B2``. Raises `Invalid` for arguments that cannot be read.
    """
    record, asked = list(events), Evidence.parse(evidence)
    world, system = as_moment(as_of), as_moment(known_at)
    plain = plain_moves(record, asked, as_of=world, known_at=system)
    if plain is None:
        return fold(read(record, as_of=world, known_at=system, evidence=asked), machine=machine)
    state = _State(machine, plain.description, (), plain.noted)
    state.take(plain.moves)
    return state.freeze()


def fold(reading: Reading, *, machine: Machine = TALKS) -> Status:
    """The status that a reading comes to."""
    state = _begun(reading, machine)
    state.take(map(_move, reading.moves))
    return state.freeze()


def evolve(status: Status, *events: Event, evidence: Evidence | str = "official", machine: Machine = TALKS) -> Status:
    """The status after more events, which must continue the fold (see `continues`); raises ``ValueError`` else."""
    stray = _stray(status, events)
    if stray is not None:
        raise ValueError(f"event {stray.id} does not sort last in its track or moves nothing: reduce the whole track again")
    moves = list(weighed(events, status.description, Evidence.parse(evidence)))
    if not moves:
        return status
    state = _State.thaw(status, machine)
    state.take(moves)
    return state.freeze()


def continues(status: Status, *events: Event) -> bool:
    """Whether the fold can go on from this status: the events move the machine, and each sorts last in its turn."""
    return _stray(status, events) is None


def _stray(status: Status, events: Iterable[Event]) -> Event | None:
    """The first event with which the fold cannot go on."""
    last = max((day for day in (status.moved, status.leak and status.leak.day) if day), default=date.min)
    for event in events:
        if not isinstance(event, MOVES) or event.day < last:
            return event
        last = event.day
    return None


@attrs.frozen(kw_only=True)
class Step:
    """One event of a fold, with the status before and after it."""

    entry: Entry
    before: Status
    after: Status
    row: Row | None
    """The row of the machine that applied; None for a remembered leak."""
    proposal: Proposing | None = None
    """What made the proposal that it made, restated, answered, or accepted by scheduling."""
    adopted: bool = False
    """Whether it adopted that proposal, which was a leak until then."""

    @property
    def event(self) -> Event:
        """The event."""
        return self.entry.event

    def __iter__(self) -> Iterator[Any]:
        """Unpacks as ``event, before, after``; the fields of these names keep their types."""
        return iter((self.entry.event, self.before, self.after))


def walk(reading: Reading, *, machine: Machine = TALKS) -> Iterator[Step]:
    """Each step of the fold of a reading, in fold order; the last ``after`` is what `fold` returns."""
    state = _begun(reading, machine)
    before = state.freeze()
    for entry in reading.moves:
        state.about, state.adopted = None, False
        row = state.take((_move(entry),))
        after = state.freeze()
        proposal = state.about.event if state.about is not None else None
        yield Step(entry=entry, before=before, after=after, row=row, proposal=proposal, adopted=state.adopted)
        before = after


def _begun(reading: Reading, machine: Machine) -> _State:
    return _State(machine, reading.description, reading.denials, reading.noted)


def _move(entry: Entry) -> Move:
    return entry.event, entry.day, None if entry.fate is Fate.REMEMBERED else entry.speakers


def answerable(status: Status) -> frozenset[tuple[str, str | None]]:
    """Who may answer what: pairs of the answering party and the ``to`` it names (None: it names nobody).

    Everything but an answer is allowed always; an answer only from these pairs. What is allowed depends on the state, not on
    the phase alone.
    """
    pairs: set[tuple[str, str | None]] = {(party, offer.by) for offer in status.table for party in offer.to}
    if status.open is not None:
        pairs |= {(party, None) for party in status.open.to}
    if status.leak is not None:
        leak = status.leak.event
        pairs |= {(party, to) for party in leak.addressees for to in (None, leak.by)}
    return frozenset(pairs)


def allowed(status: Status, symbol: Symbol, by: str | None = None, to: str | None = None) -> bool:
    """Whether this symbol, from this party, would be applied rather than kept as an anomaly."""
    return symbol not in ANSWERS or (by, to) in answerable(status)


class _Offer:
    """A proposal on the table while the fold goes on."""

    __slots__ = ("asked", "by", "event", "replies", "restated", "terms", "to")

    def __init__(self, by: str, to: tuple[str, ...], event: Proposing, asked: date) -> None:
        self.by, self.to, self.event, self.asked = by, to, event, asked
        self.terms: Terms | None = None
        self.restated: Proposed | None = None
        self.replies: dict[str, tuple[Answer, Responded | Scheduled, date]] = {}

    @classmethod
    def thaw(cls, proposal: Proposal) -> _Offer:
        offer = cls(proposal.by, proposal.to, proposal.event, proposal.asked)
        offer.terms, offer.restated = proposal.terms, proposal.restated
        offer.replies = {reply.party: (reply.answer, reply.event, reply.day) for reply in proposal.replies}
        return offer

    def freeze(self) -> Proposal:
        return Proposal(
            by=self.by,
            to=self.to,
            event=self.event,
            asked=self.asked,
            terms=self.terms or self.event.terms,
            replies=tuple(
                [
                    Reply(party=party, answer=answer, event=event, day=day)
                    for party, (answer, event, day) in self.replies.items()
                ]
            ),
            restated=self.restated,
        )

    def is_awaiting(self, party: str) -> bool:
        reply = self.replies.get(party)
        return reply is None or reply[0] not in (_ACCEPTED, _DECLINED)

    def is_continued_by(self, event: Proposed) -> bool:
        """Whether this restates the proposal: it addresses only parties still awaited, and no decline stands."""
        if self.verdict() is Phase.DECLINED:
            return False
        return all(party in self.to and self.is_awaiting(party) for party in event.addressees)

    def restate(self, event: Proposed) -> None:
        self.terms, self.restated = (self.terms or self.event.terms).updated(event.terms), event

    def reply(self, party: str, answer: Answer, event: Responded | Scheduled, day: date) -> None:
        earlier = self.replies.pop(party, None)
        if answer is _ACKNOWLEDGED and earlier is not None and earlier[0] is not _ACKNOWLEDGED:
            self.replies[party] = earlier
        else:
            self.replies[party] = (answer, event, day)

    def verdict(self) -> Phase:
        """Only addressees ever reply, so they are all that need be looked at."""
        verdict = _ALL_ACCEPTED
        for party in self.to:
            reply = self.replies.get(party)
            if reply is None or reply[0] is not _ACCEPTED:
                if reply is not None and reply[0] is _DECLINED:
                    return Phase.DECLINED
                verdict = _SOME_AWAITED
        return verdict


# Looked up by the fold for every answer; a name of the module is found several times faster than a member of an enum.
_ACCEPTED, _DECLINED, _ACKNOWLEDGED, _COUNTERED = Answer.ACCEPTED, Answer.DECLINED, Answer.ACKNOWLEDGED, Answer.COUNTERED
_ALL_ACCEPTED, _SOME_AWAITED, _IN_STALL, _AT_END = Phase.ACCEPTED, Phase.PENDING, Phase.STALLED, Phase.CONCLUDED
_ANOMALY = Effect.ANOMALY


_THAWED = ("since", "opener", "leak", "rounds", "meeting", "session", "stall", "conclusion", "moved")
"""What a fold that goes on takes over from a status as it is."""


class _State:
    """The fold while it goes on: the one mutable thing, never handed out."""

    __slots__ = (
        "about", "adopted", "anomalies", "conclusion", "denials", "description", "leak", "line", "lines", "meeting", "moved",
        "noted", "opener", "phase", "rounds", "session", "since", "stall", "table",
    )  # fmt: skip

    def __init__(self, machine: Machine, description: Description, denials: tuple[Denial, ...], noted: date | None) -> None:
        self.description, self.denials, self.noted = description, denials, noted
        self.phase, self.lines, self.line = machine.initial, machine.lines, machine.lines[machine.initial]
        self.table: dict[str | None, _Offer] = {}  # nobody, None, never lays anything there
        self.anomalies: list[Anomaly] = []
        self.rounds, self.adopted = 0, False
        self.since: date | None = None
        self.moved: date | None = None
        self.opener: str | None = None
        self.leak: Leak | None = None
        self.meeting: Scheduled | None = None
        self.session: Held | None = None
        self.stall: Stalled | None = None
        self.conclusion: Concluded | None = None
        self.about: _Offer | None = None

    @classmethod
    def thaw(cls, status: Status, machine: Machine) -> _State:
        state = cls(machine, status.description, status.denials, status.noted)
        state.phase, state.line = status.phase, machine.lines[status.phase]
        state.table = {proposal.by: _Offer.thaw(proposal) for proposal in status.table}
        state.anomalies = list(status.anomalies)
        for name in _THAWED:
            setattr(state, name, getattr(status, name))
        return state

    def take(self, moves: Iterable[Move]) -> Row | None:
        """Take moves in; the row of the machine that applied last, None where the last one was only remembered."""
        row, line, phase = None, self.line, self.phase
        for event, day, speakers in moves:
            if speakers is None:
                self.leak, row = Leak(event=event, day=day), None
                continue
            row = line[_EFFECTS[event.__class__](self, event, day, speakers)]
            self.moved, after = day, row.phase
            if after is None:
                if row.target is _ANOMALY:
                    self._keep_anomaly(event, row, day)
                    continue
                after = self.table[self.opener].verdict()  # an answer leaves its proposal open
            if after is not phase:
                self.phase, self.since, phase = after, day, after
                self.line = line = self.lines[phase]
        return row

    def freeze(self) -> Status:
        return Status(
            phase=self.phase,
            since=self.since,
            table=tuple([offer.freeze() for offer in self.table.values()]),
            opener=self.opener,
            leak=self.leak,
            rounds=self.rounds,
            meeting=self.meeting,
            session=self.session,
            stall=self.stall if self.phase is _IN_STALL else None,
            conclusion=self.conclusion if self.phase is _AT_END else None,
            anomalies=tuple(self.anomalies),
            moved=self.moved,
            noted=self.noted,
            description=self.description,
            denials=self.denials,
        )

    def _keep_anomaly(self, event: Event, row: Row, day: date) -> None:
        assert isinstance(event, Responded)
        self.anomalies.append(
            Anomaly(event_id=event.id, symbol=row.symbol, by=event.by, to=event.to, phase=self.phase, day=day)
        )

    def _lay(self, offer: _Offer) -> None:
        """Put a proposal on the table, in the place of the party's earlier one, and open it."""
        self.table.pop(offer.by, None)
        self.table[offer.by] = offer
        self.opener, self.about = offer.by, offer

    def _adopt(self, event: Responded, day: date) -> _Offer | None:
        """Lay the remembered leak on the table, where an answer that finds no proposal can mean it."""
        leak = self.leak.event if self.leak is not None else None
        if leak is None or event.to not in (None, leak.by) or event.by not in leak.addressees:
            return None
        self.leak, self.adopted = None, True
        self._lay(_Offer(leak.by, leak.addressees, leak, day))
        return self.about

    # What each kind does to the table; returns the code of the symbol and of how it found its proposal.

    def _proposed(self, event: Proposed, day: date, speakers: Collection[str | None]) -> int:
        self.leak = None
        offer = self.table.get(event.by)
        if offer is not None and self.opener == event.by and offer.is_continued_by(event):
            offer.restate(event)
            self.about = offer
        else:
            self._lay(_Offer(event.by, event.addressees, event, day))
        return _PROPOSED

    def _responded(self, event: Responded, day: date, speakers: Collection[str | None]) -> int:
        before, answer, by, to = self.opener, event.answer, event.by, event.to
        self.adopted = False
        offer = self.table.get(before if to is None else to)
        if offer is None or by not in offer.to:
            offer = self._adopt(event, day)
            if offer is None:
                return _ANSWERS[answer._value_][_NONE]
        offer.reply(by, answer, event, day)
        self.about, self.opener = offer, offer.by
        if answer is _COUNTERED:
            others = tuple([party for party in (offer.by, *offer.to) if party != by])
            self._lay(_Offer(by, others if to is None else (to,), event, day))
            self.about = offer
        return _ANSWERS[answer._value_][_OPEN if offer.by == before and not self.adopted else _OPENS]

    def _scheduled(self, event: Scheduled, day: date, speakers: Collection[str | None]) -> int:
        self.meeting = event
        if self.opener is not None:
            offer = self.table[self.opener]
            for party in offer.to:
                if party in speakers:
                    offer.reply(party, _ACCEPTED, event, day)
                    self.about = offer
        return _SCHEDULED

    def _held(self, event: Held, day: date, speakers: Collection[str | None]) -> int:
        self.meeting = self.opener = self.leak = None
        self.session = event
        if not (event.absent and self.description.is_too_few(event.absent)):
            self.rounds = self.rounds + 1 if event.round is None else max(self.rounds, event.round)
        return _HELD

    def _stalled(self, event: Stalled, day: date, speakers: Collection[str | None]) -> int:
        self.meeting, self.stall = None, event
        if event.reason is StallReason.WITHDRAWN and event.by is not None:
            self.about = self.table.pop(event.by, None)
            if self.opener == event.by:
                self.opener = None
            if self.leak is not None and self.leak.event.by == event.by:
                self.leak = None
        return _STALLED

    def _concluded(self, event: Concluded, day: date, speakers: Collection[str | None]) -> int:
        self.meeting = self.opener = self.leak = None
        self.table.clear()
        self.conclusion = event
        return _CONCLUDED

    EFFECTS: ClassVar[Mapping[type[Event], Callable[..., int]]] = {
        Proposed: _proposed,
        Responded: _responded,
        Scheduled: _scheduled,
        Held: _held,
        Stalled: _stalled,
        Concluded: _concluded,
    }


_EFFECTS = _State.EFFECTS  # found faster as a name of the module
_PROPOSED, _SCHEDULED, _HELD, _STALLED, _CONCLUDED = (
    code(symbol, Match.NO_NEED) for symbol in (Symbol.PROPOSED, Symbol.SCHEDULED, Symbol.HELD, Symbol.STALLED, Symbol.CONCLUDED)
)
_OPEN, _OPENS, _NONE = range(3)
_ANSWERS = {
    answer.value: tuple(code(Symbol(answer.value), match) for match in (Match.OPEN, Match.OPENS, Match.NONE))
    for answer in Answer
}
"""The codes of every answer, keyed by its word: a plain text hashes several times faster than a member of an enum."""

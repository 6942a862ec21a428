"""Where talks stand, who owes an answer, since when, and how we know: the report on one track or on many."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from diplostate.errors import NotFound
from diplostate.ledger import ask
from diplostate.ledger.protocol import Ledger
from diplostate.reports.question import Question
from diplostate.reports.sentences import INVERSES, RELATIONS
from diplostate.talks.attention import Flag, Limits, flags
from diplostate.talks.events import Event, Noted, Proposed
from diplostate.talks.fold import fold, reduce, walk
from diplostate.talks.machine import Phase
from diplostate.talks.record import Denial, Entry, Fate, Reading
from diplostate.talks.status import Proposal, Status
from diplostate.talks.words import Relation

if TYPE_CHECKING:  # the estimators would cost every status some milliseconds
    from diplostate.reports.usual import Usual


@attrs.frozen(kw_only=True)
class Row:
    """One track in an overview."""

    track: str
    status: Status
    flags: tuple[Flag, ...]


@attrs.frozen(kw_only=True)
class Only:
    """Leaves out tracks: those in which this party takes no part, in another phase, without this flag."""

    party: str | None = None
    phase: Phase | None = None
    flag: str | None = None

    def fits(self, row: Row) -> bool:
        """Whether a track is wanted."""
        return (
            (self.party is None or self.party in _parties(row.status))
            and (self.phase is None or row.status.phase is self.phase)
            and (self.flag is None or self.flag in {flag.name for flag in row.flags})
        )


EVERY = Only()
"""Leaves out none."""


@attrs.frozen(kw_only=True)
class Overview:
    """The statuses of tracks, as they are kept or folded, without what they rest on."""

    question: Question
    rows: tuple[Row, ...]


@attrs.frozen(kw_only=True)
class Denied:
    """A denial, with the event that it denies where the record holds it."""

    denial: Denial
    entry: Entry | None
    note: Entry | None

    @property
    def took_standing(self) -> bool:
        """Whether the event lost its official standing to it."""
        return self.entry is not None and self.denial.note_id in self.entry.denied_by


@attrs.frozen(kw_only=True)
class Linked:
    """Another track to which this one is related, with its own status; None where the ledger does not hold it."""

    relation: Relation
    track: str
    inverse: bool = False
    """Whether it was the other track that said so."""
    status: Status | None = None
    note: Entry | None = None
    """The latest note of the other track, where nothing else is known of it."""

    @property
    def words(self) -> str:
        """The relation in words."""
        return (INVERSES if self.inverse else RELATIONS)[self.relation]


@attrs.frozen(kw_only=True)
class Brief:
    """Everything that a reader needs on one track."""

    track: str
    question: Question
    status: Status
    """On the evidence asked for."""
    official: Status
    reported: Status
    basis: tuple[Entry, ...] = ()
    """The events on which the status rests, by day: how we know."""
    restated: tuple[Entry, ...] = ()
    """The restatements of the open proposal."""
    unofficial: tuple[Entry, ...] = ()
    """What the reported status rests on, and did not count on the evidence asked for."""
    denied: tuple[Denied, ...] = ()
    note: Entry | None = None
    """The latest note."""
    links: tuple[Linked, ...] = ()
    flags: tuple[Flag, ...] = ()
    usual: Usual | None = None
    """How long comparable proposals waited, where a record to learn from was named and one is pending."""
    hypothetical: int = 0
    """How many of the events in force are hypothetical: with any, it is no status of facts."""

    @property
    def today(self) -> date:
        """The day of now."""
        return self.question.today

    def name(self, code: str) -> str:
        """What people call a party."""
        return self.status.description.name(code)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say but what the track is."""
        told = (self.unofficial, self.denied, self.flags, self.status.anomalies, self.reported.anomalies)
        return self.status.phase is Phase.IDLE and not any(told)

    def differs(self, other: Status) -> bool:
        """Whether another status of the track tells a reader something else."""
        return _essence(self.status, self.question) != _essence(other, self.question)


@attrs.frozen(kw_only=True)
class Report:
    """The briefs on the tracks that were asked for."""

    question: Question
    briefs: tuple[Brief, ...]
    named: bool = False
    """Whether the tracks were asked for by name: then none of them is too quiet to be told in full."""


def overview(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    question: Question | None = None,
    *,
    only: Only = EVERY,
    limits: Limits | None = None,
) -> Overview:
    """The statuses of some tracks (None: all), of those that are wanted.

    Raises `TrackNotFound`, and `PartyNotFound` where no track at all knows the party that is asked for.
    """
    asked = question or Question.of()
    rows = [
        Row(track=track, status=status, flags=flags(status, asked.now, limits=limits))
        for track, status in _statuses(ledger, tracks, asked)
    ]
    if only.party is not None:
        _refuse_unknown(only.party, rows)
    return Overview(question=asked, rows=tuple(filter(only.fits, rows)))


class PartyNotFound(NotFound):
    """No track that was asked for knows this party."""

    thing = "party"


def _refuse_unknown(party: str, rows: Iterable[Row]) -> None:
    known = set[str]().union(*(_parties(row.status) for row in rows))
    if party not in known:
        raise PartyNotFound(party, nearest=difflib.get_close_matches(party.upper(), sorted(known), n=3))


def _statuses(ledger: Ledger, tracks: Sequence[str] | None, question: Question) -> Iterator[tuple[str, Status]]:
    return ask.statuses(ledger, tracks, as_of=question.as_of, known_at=question.known_at, evidence=question.evidence)


def _parties(status: Status) -> set[str]:
    """Everybody who takes part: the declared, and those who propose or are asked."""
    declared = {party.code for party in status.description.parties}
    return declared.union(*((proposal.by, *proposal.to) for proposal in status.table))


def report(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    question: Question | None = None,
    *,
    only: Only = EVERY,
    limits: Limits | None = None,
    usual: Usual | None = None,
) -> Report:
    """The briefs on some tracks (None: all); arguments as in `overview`. Raises `TrackNotFound`.

    ``usual`` is what a pending proposal is compared with.
    """
    found = overview(ledger, tracks, question, only=only, limits=limits)
    around = _Around(ledger, found.question)
    briefs = (
        attrs.evolve(
            brief(row.track, ledger.events(row.track), found.question),
            links=around.links(row),
            flags=row.flags,
            usual=usual and usual.beside(row.status),
        )
        for row in found.rows
    )
    return Report(question=found.question, briefs=tuple(briefs), named=bool(tracks))


def brief(track: str, events: Iterable[Event], question: Question) -> Brief:
    """The brief on one track from its events alone, in the order of the record: without links and flags."""
    record = tuple(events)
    reading = question.read(record)
    status = fold(reading)
    folds = {question.evidence.name: status}
    for name in ("official", "reported"):
        if name not in folds:
            folds[name] = reduce(record, as_of=question.as_of, known_at=question.known_at, evidence=name)
    reported = folds["reported"]
    entries = {id(entry.event): entry for entry in reading.entries}
    restated = _restatements(reading, status.open)
    basis = _entries(entries, (*_pillars(status), *(entry.event for entry in restated)))
    unofficial = [entry for entry in _entries(entries, _pillars(reported)) if entry.fate in _UNOFFICIAL]
    return Brief(
        track=track,
        question=question,
        status=status,
        official=folds["official"],
        reported=reported,
        basis=tuple(basis),
        restated=restated,
        unofficial=tuple(unofficial),
        denied=tuple(_denied(reading)),
        note=latest_note(reading),
        hypothetical=sum(entry.event.hypothetical and entry.fate in _IN_FORCE for entry in reading.entries),
    )


_IN_FORCE = (Fate.COUNTED, Fate.REMEMBERED, Fate.BELOW_EVIDENCE, Fate.CONTEXT)
_UNOFFICIAL = (Fate.BELOW_EVIDENCE, Fate.REMEMBERED)


def _pillars(status: Status) -> Iterator[Event]:
    """The events that a status is made of."""
    if status.open is not None:
        yield status.open.event
        yield from (reply.event for reply in status.open.replies)
    held = status.session if status.phase is Phase.HELD else None
    yield from (event for event in (status.meeting, held, status.stall, status.conclusion) if event is not None)


def _restatements(reading: Reading, proposal: Proposal | None) -> tuple[Entry, ...]:
    """What restated the proposal; the steps of the fold tell it, which cost more than its end."""
    if proposal is None or proposal.restated is None:
        return ()
    return tuple(
        step.entry
        for step in walk(reading)
        if isinstance(step.event, Proposed) and step.proposal is proposal.event and step.event is not proposal.event
    )


def _entries(entries: Mapping[int, Entry], events: Iterable[Event]) -> list[Entry]:
    """The entries of these events, each once, by day."""
    unique = {id(event): entries[id(event)] for event in events}
    return sorted(unique.values(), key=lambda entry: entry.day)


def _denied(reading: Reading) -> Iterator[Denied]:
    entries = {entry.event.id: entry for entry in reading.entries if entry.event.id is not None}
    for denial in reading.denials:
        yield Denied(denial=denial, entry=entries.get(denial.event_id), note=entries.get(denial.note_id or ""))


def latest_note(reading: Reading) -> Entry | None:
    """The latest counted note that says something of its own."""
    notes = [entry for entry in reading.entries if isinstance(entry.event, Noted) and entry.fate is Fate.CONTEXT]
    return max(notes, key=lambda entry: entry.day, default=None)


def _essence(status: Status, question: Question) -> tuple[object, ...]:
    proposal = status.open
    decided = (status.awaiting, status.accepted, status.declined)
    return (status.headline(question.now), decided, proposal and (proposal.by, proposal.asked), status.meeting, status.rounds)


class _Around:
    """All tracks of the ledger, for what they say of each other."""

    def __init__(self, ledger: Ledger, question: Question) -> None:
        self.ledger, self.question = ledger, question
        self.statuses = dict(_statuses(ledger, None, question))
        self.inverse: dict[str, list[tuple[Relation, str]]] = {}
        for track, status in self.statuses.items():
            for link in status.description.links:
                self.inverse.setdefault(link.track, []).append((link.relation, track))

    def links(self, row: Row) -> tuple[Linked, ...]:
        """What the track says of others, then what others say of it."""
        own = [self._linked(link.relation, link.track) for link in row.status.description.links]
        others = (self._linked(relation, track, inverse=True) for relation, track in self.inverse.get(row.track, ()))
        return (*own, *others)

    def _linked(self, relation: Relation, track: str, *, inverse: bool = False) -> Linked:
        status = self.statuses.get(track)
        note = latest_note(self.question.read(self.ledger.events(track))) if status and status.phase is Phase.IDLE else None
        return Linked(relation=relation, track=track, inverse=inverse, status=status, note=note)

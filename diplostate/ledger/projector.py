"""The statuses that every store keeps beside a track, on both evidences, and the judge of what may be appended to it."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import attrs

from diplostate.errors import Fault, InvalidEvent, LedgerError
from diplostate.ledger.codec import status_from_dict
from diplostate.ledger.refusal import refusal
from diplostate.ledger.written import forget, written
from diplostate.talks.events import MOVES, Described, Event, Noted, Retracted
from diplostate.talks.fold import continues, evolve, reduce
from diplostate.talks.machine import TALKS
from diplostate.talks.record import Description, read, standing_of
from diplostate.talks.rules import errors, faults
from diplostate.talks.sources import Standing
from diplostate.talks.status import Anomaly, Status

FOLD = 2
"""Raise it when the same record comes to another status, or the same status to another text, though the table is the same."""

Past = Callable[[], Sequence[Event]]

_MOST_RECENT = 256
"""Projections whose statuses are kept in memory."""


@attrs.frozen
class Statuses:
    """The status of one track on both evidences that are kept: all events, no cut."""

    official: Status
    reported: Status

    @classmethod
    def of(cls, events: Sequence[Event]) -> Statuses:
        """Reduced from the whole record of a track."""
        official = reduce(events)
        if all(_counts_on_both(event, official.description) for event in events):
            return cls(official, official)
        return cls(official, reduce(events, evidence="reported"))

    @classmethod
    def loads(cls, projection: str) -> Statuses:
        """Read from a projection; raises `LedgerError` where it is damaged."""
        with _damage_in_words():
            data = json.loads(projection)
            official = status_from_dict(data["official"])
            return cls(official, status_from_dict(data["reported"]) if "reported" in data else official)

    def dumps(self) -> str:
        """As a projection, with the reported status only where it differs from the official one."""
        if self.reported is self.official or self.reported == self.official:
            return f'{{"official":{written(self.official)}}}'
        return f'{{"official":{written(self.official)},"reported":{written(self.reported)}}}'

    def after(self, events: Sequence[Event]) -> Statuses | None:
        """After more events; None where they do not continue the fold."""
        # What moved the official fold moved the reported one too, so the reported one is never behind.
        if not continues(self.reported, *events):
            return None
        official = evolve(self.official, *events)
        if self.official is self.reported and all(_counts_on_both(event, official.description) for event in events):
            return Statuses(official, official)
        return Statuses(official, evolve(self.reported, *events, evidence="reported"))


def _counts_on_both(event: Event, description: Description) -> bool:
    """Whether an event is official by its own sources, or moves nothing, and takes official standing from no other."""
    if isinstance(event, MOVES):
        return bool(event.stands) or standing_of(event, (), description) is Standing.OFFICIAL
    return not isinstance(event, Noted) or event.denies is None


def status_in(projection: str, evidence: str) -> Status:
    """One status of a projection, ``official`` or ``reported``; raises `LedgerError` where it is damaged."""
    with _damage_in_words():
        data = json.loads(projection)
        return status_from_dict(data.get(evidence, data["official"]))


@contextmanager
def _damage_in_words() -> Iterator[None]:
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise LedgerError(
            f"the status kept beside a track is damaged ({error!r}): diplostate doctor --rebuild makes it anew"
        ) from error


class StatusProjector:
    """Keeps `Statuses` as one JSON text for each track, and admits only what the model of the record admits.

    ``hypothetical`` admits events that are marked so; else they are refused.
    """

    def __init__(self, *, hypothetical: bool = False) -> None:
        self._hypothetical = hypothetical
        self._recent: dict[str, Statuses] = {}

    @functools.cached_property
    def fingerprint(self) -> str:
        """Of the machine's table, and of the rules that are not in it."""
        rows = (f"{row.source} {row.symbol} {row.match} {row.target}" for row in TALKS.rows)
        return f"{FOLD}-{hashlib.sha256('; '.join(rows).encode()).hexdigest()[:16]}"

    def project(self, events: Iterable[Event]) -> str:
        """The statuses that the whole record of a track comes to."""
        return Statuses.of(tuple(events)).dumps()

    def admit(
        self, track: str, new: Sequence[Event], *, previous: str | None, history: Callable[[], Iterable[Event]], strict: bool
    ) -> str:
        """See `diplostate.ledger.protocol.Projector`."""
        past = _once(history)
        before = Statuses.of(past()) if previous is None else self._recalled(previous)
        _judge(new, before, past, self._hypothetical)
        after = (before.after(new) if previous is not None else None) or Statuses.of((*past(), *new))
        if strict and any(_added(before, after)):
            _refuse(track, new, before, after, past)
        return self._remembered(after.dumps(), after)

    def settle(self, event: Event, *, draft: str, projection: str) -> None:
        """See `diplostate.ledger.protocol.Drafting`."""
        forget(event)
        self._remembered(projection, self._recalled(draft))

    def _recalled(self, projection: str) -> Statuses:
        recent = self._recent.pop(projection, None)
        return Statuses.loads(projection) if recent is None else recent

    def _remembered(self, projection: str, statuses: Statuses) -> str:
        """The projection; who appends to the same track again need not read it."""
        if len(self._recent) >= _MOST_RECENT:
            self._recent.clear()
        self._recent[projection] = statuses
        return projection


def _once(history: Callable[[], Iterable[Event]]) -> Past:
    """The history as a tuple, read when it is first asked for."""
    read_once: list[Sequence[Event]] = []

    def past() -> Sequence[Event]:
        if not read_once:
            read_once.append(tuple(history()))
        return read_once[0]

    return past


def _judge(new: Sequence[Event], before: Statuses, past: Past, hypothetical: bool) -> None:
    """Raise `InvalidEvent` with all faults of all new events, each judged by what the record says up to its own place."""
    earlier: dict[str, str] = {}
    if any(isinstance(event, Retracted) or _speaks_of(event) for event in new):
        earlier = {event.id or "": event.kind for event in past()}
    parties = before.official.description.parties
    found: list[Fault] = []
    for place, event in enumerate(new):
        declared = {party.code for party in parties} or None
        wrong = errors(faults(event, earlier=earlier, declared=declared, hypothetical=hypothetical, slips=False))
        found += (attrs.evolve(fault, file=event.id or "") for fault in wrong)
        if _may_declare(event, earlier):
            record = (*past(), *new[: place + 1])
            parties = read(event for event in record if isinstance(event, (Described, Retracted))).description.parties
        earlier[event.id or ""] = event.kind
    if found:
        raise InvalidEvent(found)


def _speaks_of(event: Event) -> bool:
    return isinstance(event, Noted) and (event.confirms is not None or event.denies is not None)


def _may_declare(event: Event, earlier: dict[str, str]) -> bool:
    """Whether other parties may be declared after this event."""
    if isinstance(event, Retracted):
        return earlier.get(event.retracts) in (Described.kind, Retracted.kind)
    return isinstance(event, Described) and event.parties is not None


_EVIDENCES = (Standing.OFFICIAL, Standing.REPORTED)


def _added(before: Statuses, after: Statuses) -> Iterator[tuple[Standing, Anomaly]]:
    """The anomalies that an append adds, each with the fold in which it does."""
    for evidence in _EVIDENCES:
        known = {anomaly.event_id for anomaly in getattr(before, evidence).anomalies}
        for anomaly in getattr(after, evidence).anomalies:
            if anomaly.event_id not in known:
                yield evidence, anomaly


def _refuse(track: str, new: Sequence[Event], before: Statuses, after: Statuses, past: Past) -> None:
    """Raise `NotAllowed` for the first anomaly that counts.

    One of a new event counts in the fold of that event's own standing, one of an earlier event in those of all new events.
    """
    record = (*past(), *new)
    standings = {entry.event.id: entry.standing for entry in read(record).entries}
    folds = {event.id: {standings[event.id]} if isinstance(event, MOVES) else set(_EVIDENCES) for event in new}
    touched = set().union(*folds.values())
    for evidence, anomaly in _added(before, after):
        if evidence in folds.get(anomaly.event_id, touched):
            raise refusal(track, record, anomaly, evidence, is_new=anomaly.event_id in folds)

"""What a ledger is, said once more in the plainest way: a list, searched from its start for every question."""

from __future__ import annotations

from datetime import datetime

import attrs

from diplostate.errors import IdConflict, InvalidEvent, NotAllowed, VersionConflict
from diplostate.talks.events import MOVES, Event
from diplostate.talks.fold import reduce
from diplostate.talks.record import read
from diplostate.talks.rules import errors, faults

EVIDENCES = ("official", "reported")


class PlainLedger:
    """The oracle of the tests: an append names the error that it expects, or the events that are stored."""

    def __init__(self) -> None:
        self.record: list[Event] = []
        self.latest: datetime | None = None

    def of(self, track: str) -> list[Event]:
        return [event for event in self.record if event.track == track]

    def tracks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(event.track for event in self.record))

    def append(self, batch, *, now, expected_version, strict):
        """The stored events, or the class of the error and what it is about."""
        fresh: list[Event] = []
        for event in batch:
            met = _find(self.record, event.id) or _find(fresh, event.id)
            if met is None:
                fresh.append(event)
            elif _said(met) != _said(event):
                return IdConflict, event.id
        for track, version in expected_version.items():
            if fresh and len(self.of(track)) != version:
                return VersionConflict, track
        clock = self.latest
        if any(event.recorded is None for event in fresh):
            clock = now if clock is None else max(clock, now)
        after = list(self.record)
        for event in fresh:
            version = sum(other.track == event.track for other in after) + 1
            after.append(attrs.evolve(event, recorded=event.recorded or clock, version=version, position=len(after) + 1))
        refused = self._refused(after, strict)
        if refused is not None:
            return refused
        self.record = after
        self.latest = clock if fresh else self.latest
        return tuple(_find(self.record, event.id) for event in batch)

    def _refused(self, after, strict):
        new = after[len(self.record) :]
        if any(_is_faulty(after, event) for event in new):
            return InvalidEvent, None
        if strict:
            for track in dict.fromkeys(event.track for event in new):
                orphan = _orphan(self.of(track), [event for event in new if event.track == track])
                if orphan is not None:
                    return NotAllowed, orphan
        return None


def _find(events, event_id):
    return next((event for event in events if event.id == event_id), None)


def _said(event):
    return attrs.evolve(event, recorded=None, version=None, position=None)


def _is_faulty(record, event):
    past = [other for other in record if other.track == event.track and other.position < event.position]
    declared = {party.code for party in read(past).description.parties} or None
    return bool(errors(faults(event, earlier={other.id: other.kind for other in past}, declared=declared)))


def _orphan(past, new):
    """The id of the event that the batch would make an anomaly, in a fold that counts."""
    standings = {entry.event.id: entry.standing for entry in read([*past, *new]).entries}
    folds = {event.id: {standings[event.id]} if isinstance(event, MOVES) else set(EVIDENCES) for event in new}
    for evidence in EVIDENCES:
        known = {anomaly.event_id for anomaly in reduce(past, evidence=evidence).anomalies}
        for anomaly in reduce([*past, *new], evidence=evidence).anomalies:
            counts = folds.get(anomaly.event_id, set().union(*folds.values()))
            if anomaly.event_id not in known and evidence in counts:
                return anomaly.event_id
    return None

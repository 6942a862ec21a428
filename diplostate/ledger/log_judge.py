"""What the events of a log say, judged in the order of the file: by the rules, and each against those before it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from operator import attrgetter

import attrs

from diplostate.errors import Fault
from diplostate.ledger.codec import content_id
from diplostate.ledger.log_text import short
from diplostate.talks.events import KINDS, Described, Event, Retracted
from diplostate.talks.record import read
from diplostate.talks.rules import errors, faults

FORMAT = 1
"""The version of the format in which logs are written, and the only one that is read."""


def faults_of_format(value: object) -> list[Fault]:
    """What is wrong with the version that a log says it is in; its digits are the same as the number."""
    said = str(value) if type(value) in (int, str) else ""
    if said == str(FORMAT):
        return []
    if re.fullmatch(r"[1-9]\d{0,8}", said, re.ASCII):
        return [Fault(f"was written by a newer diplostate, in format {said}: this one reads format {FORMAT}, upgrade it")]
    return [Fault(f"{short(said) if said else 'this'} is no version of the format: write {FORMAT}")]


def complete(event: Event) -> Event:
    """The event with what a log may leave out: an id, made from its content, and when the record knew of it."""
    if event.id is not None and event.recorded is not None:
        return event
    return attrs.evolve(event, id=event.id or content_id(event), recorded=event.known)


_ASIDE = ("recorded", "version", "position")
_TELLING = {
    cls: attrgetter("kind", *(field.name for field in attrs.fields(cls) if field.name not in _ASIDE)) for cls in KINDS.values()
}
"""For each kind, what an event of it says, as `diplostate.ledger.codec.content` has it, but sooner told."""


class Judge:
    """Judges the events of one log, of any number of tracks; keeps their ids and declared parties, not the events.

    ``hypothetical`` takes events that are marked so.
    """

    def __init__(self, *, hypothetical: bool = False) -> None:
        self._hypothetical = hypothetical
        self._seen: dict[str, tuple[int, int]] = {}
        self._kinds: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._declaring: defaultdict[str, list[Event]] = defaultdict(list)
        self._declared: dict[str, Collection[str] | None] = {}

    def judge(self, event: Event, line: int) -> tuple[Event, list[Fault]]:
        """The event, completed where nothing is wrong with it, and its faults; ``line`` is where it stands."""
        kinds = self._kinds[event.track]
        found = faults(event, earlier=kinds, declared=self._declared.get(event.track), hypothetical=self._hypothetical)
        if not errors(found):
            event = complete(event)
            found += self._repeats(event, line)
            self._declare(event, kinds)
        elif isinstance(event, Described):
            self._declared[event.track] = None
        if event.id is not None:
            kinds.setdefault(event.id, event.kind)
        return event, found

    def mention(self, data: Mapping[str, object]) -> None:
        """Take note of an event that could not be read, so that those which name it or its parties are not blamed too."""
        track, name, kind = data.get("track"), data.get("id"), data.get("kind")
        if isinstance(track, str) and isinstance(name, str):
            self._kinds[track].setdefault(name, str(kind))
        if isinstance(track, str) and kind == Described.kind:
            self._declared[track] = None

    def _repeats(self, event: Event, line: int) -> list[Fault]:
        says = hash(_TELLING[type(event)](event))
        first, said = self._seen.setdefault(str(event.id), (line, says))
        if first == line:
            return []
        if said == says:
            return [
                Fault(
                    f"repeats the event at line {first}: take it out, or give it an id of its own if it happened twice", ("id",)
                )
            ]
        return [
            Fault(f"id {event.id!r} is taken by the event at line {first}, which says something else: choose another", ("id",))
        ]

    def _declare(self, event: Event, kinds: Mapping[str, str]) -> None:
        """Keep what parties are declared after this event."""
        if not _may_declare(event, kinds):
            return
        record = self._declaring[event.track]
        record.append(event)
        self._declared[event.track] = {party.code for party in read(record).description.parties} or None


def _may_declare(event: Event, kinds: Mapping[str, str]) -> bool:
    if isinstance(event, Retracted):
        return kinds.get(event.retracts) in (Described.kind, Retracted.kind)
    return isinstance(event, Described) and event.parties is not None

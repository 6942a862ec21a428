"""The status of a track, continued event by event as they come to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from diplostate.talks.events import MOVES, Described, Event, Noted, Party
from diplostate.talks.fold import evolve
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Status


class Fold:
    """The status of one track, and what has to be known of it to continue the fold by one more event."""

    __slots__ = ("described", "has_moved", "last", "spoken", "status")

    def __init__(self) -> None:
        self.status = Status()
        self.has_moved = False
        self.last = self.described = (date.min, 0)
        self.spoken: set[str] = set()

    def continued(self, event: Event, position: int, evidence: Evidence) -> Status | None:
        """The status after one more event at this position; None where that changes what came before it."""
        place = (event.day, position)
        if event.id in self.spoken:
            return None
        if isinstance(event, MOVES):
            return evolve(self.status, event, evidence=evidence) if place > self.last else None
        if isinstance(event, Noted) and event.confirms is None and event.denies is None:
            return attrs.evolve(self.status, noted=max(event.day, self.status.noted or event.day))
        if isinstance(event, Described) and place > self.described and not (self.has_moved and self._changes_roles(event)):
            said = {name: getattr(event, name) for name in ("title", "parties", "links") if getattr(event, name) is not None}
            return attrs.evolve(self.status, description=attrs.evolve(self.status.description, **said))
        return None

    def _changes_roles(self, event: Described) -> bool:
        if event.parties is None:
            return False
        roles, others = ({party.code: party.role for party in parties} for parties in (event.parties, self._parties))
        return roles != others

    @property
    def _parties(self) -> Sequence[Party]:
        return self.status.description.parties

    def keep(self, event: Event, position: int, after: Status) -> None:
        """Go on to this status."""
        self.status = after
        place = (event.day, position)
        if isinstance(event, MOVES):
            self.has_moved, self.last = True, max(self.last, place)
        elif isinstance(event, Described):
            self.described = max(self.described, place)
        names = (getattr(event, verb, None) for verb in ("confirms", "denies", "retracts"))
        self.spoken.update(name for name in names if name is not None)

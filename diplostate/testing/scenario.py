"""Scenarios that read like a specification: given these events, when asked as of a day, then this is the status."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

import attrs

from diplostate.talks.events import Event, Proposed, Responded
from diplostate.talks.fold import reduce
from diplostate.talks.sources import Attribution, Source
from diplostate.talks.status import Status
from diplostate.talks.words import Answer

E = TypeVar("E", bound=Event)

TRACK = "scenario"
"""The track of events that are told without one."""


def says(speaks_for: str | None = None, **fields: Any) -> tuple[Source, ...]:
    """One official source, which speaks for this party."""
    return (Source(attribution=Attribution.OFFICIAL, outlet="Press service", speaks_for=speaks_for, **fields),)


def rumour(**fields: Any) -> tuple[Source, ...]:
    """One medium that cites unnamed sources."""
    return (Source(attribution=Attribution.ANONYMOUS, outlet="News agency", **fields),)


def proposed(occurred: str | date, by: str, *to: str, **fields: Any) -> Proposed:
    """``by`` proposes, officially unless ``sources`` say else."""
    return Proposed(**{"track": TRACK, "occurred": occurred, "by": by, "to": to, "sources": says(by)} | fields)


def answered(occurred: str | date, by: str, answer: Answer | str, **fields: Any) -> Responded:
    """``by`` answers, officially unless ``sources`` say else."""
    return Responded(**{"track": TRACK, "occurred": occurred, "by": by, "answer": answer, "sources": says(by)} | fields)


def told(kind: type[E], occurred: str | date, **fields: Any) -> E:
    """An event of any other kind, officially unless ``sources`` say else."""
    return kind(**{"track": TRACK, "occurred": occurred, "sources": says()} | fields)


@attrs.frozen
class Scenario:
    """A record, and the question that is put to it."""

    events: tuple[Event, ...]
    question: dict[str, Any] = attrs.field(factory=dict)

    def when(self, **question: Any) -> Scenario:
        """Ask it so: the arguments of `reduce` (``as_of``, ``known_at``, ``evidence``)."""
        return attrs.evolve(self, question=question)

    @property
    def status(self) -> Status:
        """The answer."""
        return reduce(self.events, **self.question)

    def then(self, **expected: Any) -> Scenario:
        """Expect these attributes of the status; raises ``AssertionError`` that lists every difference. Days may be texts."""
        status = self.status
        found = {name: _plain(getattr(status, name)) for name in expected}
        wanted = {name: _plain(value) for name, value in expected.items()}
        wrong = [f"{name}: expected {wanted[name]!r}, found {found[name]!r}" for name in wanted if wanted[name] != found[name]]
        if wrong:
            raise AssertionError(f"{self.question}: " + "; ".join(wrong))
        return self


def given(*events: Event) -> Scenario:
    """A record of one track; events without an id are called ``e1``, ``e2`` and so on, by their place."""
    placed = (
        attrs.evolve(event, id=event.id or f"e{place}", version=place, position=place) for place, event in enumerate(events, 1)
    )
    return Scenario(tuple(placed))


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return tuple(value) if isinstance(value, list) else value

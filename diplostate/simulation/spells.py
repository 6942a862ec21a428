"""Spells: from when until when talks waited for something, and what ended the wait, as it was known at a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.ask import Cut, history
from diplostate.ledger.protocol import Ledger
from diplostate.talks.dates import Moment, as_moment, day_of
from diplostate.talks.events import Event, Held, Responded, Scheduled, Stalled
from diplostate.talks.fold import Step
from diplostate.talks.machine import Phase
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Status
from diplostate.talks.words import StallReason

ANSWER = "answer"
"""What a proposal waits for."""

ANSWERED = ("accepted", "declined", "countered", "scheduled", "held")
"""The ends of a proposal that answer it: in words, or by a meeting that is set or held."""

ENDS = (*ANSWERED, "lapsed", "stalled", "concluded", "replaced")
"""All ends of a proposal: unanswered, it lapses, the talks stall or are concluded, or another proposal takes its place."""


@attrs.frozen(kw_only=True)
class Spell:
    """A stretch of waiting on one track.

    ``days`` counts from the day on which the first event counts to that of the last. Where their dates are imprecise,
    ``shortest`` and ``longest`` are what they allow.
    """

    track: str
    begin: date
    end: date
    """The day on which it ended, or until which it is known to have lasted."""
    cause: str | None
    """What ended it; None where it had not ended."""
    shortest: int
    longest: int
    began_with: str | None
    """The id of the event with which it began."""
    ended_with: str | None

    @property
    def days(self) -> int:
        """How many days it lasted."""
        return (self.end - self.begin).days


def spells(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    as_of: Moment | str,
    known_at: Cut = None,
    evidence: Evidence | str = "official",
    start: Phase = Phase.PENDING,
    to: Phase | str = ANSWER,
) -> Iterator[Spell]:
    """The spells of some tracks (None: all) from a phase to an answer or a phase, with those that last until ``as_of``.

    Only what was known by then is used: ``known_at`` is ``as_of`` where it is not given. From PENDING to ``answer``, each open
    proposal is a spell, and ends by one of `ENDS`. From one phase to another, a spell begins when the first is entered and
    ends when the second is, whatever lies between, or when the track is concluded; each meeting enters HELD. Raises `Invalid`
    for an ``answer`` from any other phase than PENDING, and `TrackNotFound`.
    """
    last = as_moment(as_of)
    assert last is not None
    if to == ANSWER and start is not Phase.PENDING:
        raise Invalid([Fault(f"only a proposal has an answer: ask from {Phase.PENDING} to answer, or from {start} to a phase")])
    cut = last if known_at is None else known_at
    for track in ledger.tracks() if tracks is None else tracks:
        steps = history(ledger, track, as_of=last, known_at=cut, evidence=evidence)
        yield from _answered(track, steps, last) if to == ANSWER else _passages(track, steps, start, Phase(to), last)


def _answered(track: str, steps: Iterable[Step], last: Moment) -> Iterator[Spell]:
    begun: Event | None = None
    for step in steps:
        before, after = _asked(step.before), _asked(step.after)
        if before is not after:
            if begun is not None:
                yield _spell(track, begun, step.event, _cause(step, before), last)
            begun = step.event if after is not None else None
    if begun is not None:
        yield _spell(track, begun, None, None, last)


def _asked(status: Status) -> Event | None:
    """The event that made the proposal for whose answer everybody waits."""
    return status.open.event if status.phase is Phase.PENDING and status.open is not None else None


def _cause(step: Step, asked: Event | None) -> str:
    event = step.event
    if isinstance(event, Responded):
        return event.symbol if step.proposal is asked else "replaced"
    if isinstance(event, Stalled):
        return "lapsed" if event.reason is StallReason.LAPSED else "stalled"
    return event.kind if isinstance(event, (Scheduled, Held)) or step.after.phase is Phase.CONCLUDED else "replaced"


def _passages(track: str, steps: Iterable[Step], start: Phase, to: Phase, last: Moment) -> Iterator[Spell]:
    begun: Event | None = None
    for step in steps:
        entered = step.after.phase if step.after.phase is not step.before.phase or isinstance(step.event, Held) else None
        if begun is not None and entered in (to, Phase.CONCLUDED):
            yield _spell(track, begun, step.event, str(entered).lower(), last)
            begun = None
        if begun is None and entered is start:
            begun = step.event
    if begun is not None:
        yield _spell(track, begun, None, None, last)


def _spell(track: str, begun: Event, ended: Event | None, cause: str | None, last: Moment) -> Spell:
    end = ended.day if ended is not None else max(day_of(last), begun.day)
    first_end = ended.occurred.earliest or end if ended is not None else end
    first = begun.occurred.earliest or begun.day
    return Spell(
        track=track,
        begin=begun.day,
        end=end,
        cause=cause,
        shortest=max((first_end - begun.day).days, 0),
        longest=(end - first).days,
        began_with=begun.id,
        ended_with=ended.id if ended is not None else None,
    )

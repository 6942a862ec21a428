"""The status: what the fold of a record comes to, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import attrs

from diplostate.talks.dates import Moment, day_of
from diplostate.talks.events import Concluded, Held, Proposed, Proposing, Responded, Scheduled, Stalled, Terms
from diplostate.talks.machine import Phase, Symbol
from diplostate.talks.record import UNDESCRIBED, Denial, Description
from diplostate.talks.words import Answer, Role


@attrs.frozen(kw_only=True)
class Reply:
    """The answer of an addressee that counts: its last, an acknowledgement only where there is no other."""

    party: str
    answer: Answer
    event: Responded | Scheduled
    """What gave it; a `Scheduled` where an official source of the addressee announced the meeting."""
    day: date


@attrs.frozen(kw_only=True)
class Proposal:
    """A proposal on the table."""

    by: str
    to: tuple[str, ...]
    """The addressees, without ``by``."""
    event: Proposing
    """What made it: a `Proposed`, or a `Responded` that counters."""
    asked: date
    """The day from which an answer is owed: when it was made, or, where an answer adopted it, the day of that answer."""
    terms: Terms
    replies: tuple[Reply, ...] = ()
    restated: Proposed | None = None
    """The latest restatement."""

    @property
    def is_counter(self) -> bool:
        """Whether it is a counter-proposal."""
        return isinstance(self.event, Responded)

    @property
    def accepted(self) -> tuple[str, ...]:
        """The addressees that accepted, sorted."""
        return self._replied(Answer.ACCEPTED)

    @property
    def declined(self) -> tuple[str, ...]:
        """The addressees that declined, sorted."""
        return self._replied(Answer.DECLINED)

    @property
    def acknowledged(self) -> tuple[str, ...]:
        """The addressees that acknowledged it and said no more, sorted."""
        return self._replied(Answer.ACKNOWLEDGED)

    @property
    def awaiting(self) -> tuple[str, ...]:
        """The addressees that owe an answer, sorted: those that neither accepted nor declined."""
        return tuple(sorted(set(self.to) - {*self.accepted, *self.declined}))

    def _replied(self, answer: Answer) -> tuple[str, ...]:
        return tuple(sorted(reply.party for reply in self.replies if reply.answer is answer))


@attrs.frozen(kw_only=True)
class Leak:
    """The latest proposal below the evidence asked for, which a counted answer may adopt."""

    event: Proposed
    day: date


@attrs.frozen(kw_only=True)
class Anomaly:
    """An answer for which there is no proposal; kept, shown, never applied."""

    event_id: str | None
    symbol: Symbol
    by: str
    to: str | None
    phase: Phase
    """The phase in which it met no proposal."""
    day: date


@attrs.frozen(kw_only=True)
class Status:
    """Where talks stand: the whole state of the fold, so that it can be continued.

    Days are calendar days on which events count. Parties are codes.
    """

    phase: Phase = Phase.IDLE
    since: date | None = None
    """The day on which the phase began; None in the initial phase."""
    table: tuple[Proposal, ...] = ()
    """Each party's latest proposal, in the order in which they came to lie there."""
    opener: str | None = None
    """The party whose proposal is open; None where none is."""
    leak: Leak | None = None
    rounds: int = 0
    meeting: Scheduled | None = None
    """The next meeting."""
    session: Held | None = None
    """The latest meeting that was held."""
    stall: Stalled | None = None
    """What stalled the talks, in phase STALLED."""
    conclusion: Concluded | None = None
    """What concluded the track, in phase CONCLUDED."""
    anomalies: tuple[Anomaly, ...] = ()
    moved: date | None = None
    """The day of the latest counted event that the machine read."""
    noted: date | None = None
    """The day of the latest counted note."""
    description: Description = UNDESCRIBED
    denials: tuple[Denial, ...] = ()

    @property
    def open(self) -> Proposal | None:
        """The open proposal."""
        return next((proposal for proposal in self.table if proposal.by == self.opener), None)

    @property
    def awaiting(self) -> tuple[str, ...]:
        """Who owes an answer, sorted."""
        return self.open.awaiting if self.open else ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Who accepted the open proposal, sorted."""
        return self.open.accepted if self.open else ()

    @property
    def declined(self) -> tuple[str, ...]:
        """Who declined the open proposal, sorted."""
        return self.open.declined if self.open else ()

    @property
    def asked(self) -> date | None:
        """The day from which the awaited owe their answer; None where nobody is awaited."""
        return self.open.asked if self.open and self.open.awaiting else None

    @property
    def stayed_away(self) -> tuple[str, ...]:
        """The principals that were absent from the latest meeting."""
        if self.session is None:
            return ()
        return tuple(code for code in self.session.absent if self.description.role(code) is Role.PRINCIPAL)

    @property
    def last_sign(self) -> date | None:
        """The day of the latest counted event of any kind that speaks of the talks."""
        return max((day for day in (self.moved, self.noted) if day is not None), default=None)

    def is_under_way(self, now: Moment) -> bool:
        """Whether the latest meeting has not ended by then: its ``until`` is open, or not past."""
        if self.phase is not Phase.HELD or self.session is None or self.session.until is None:
            return False
        until = self.session.until
        if until.instant is not None and isinstance(now, datetime):
            return until.instant >= now
        return until.latest is None or until.latest >= day_of(now)

    def headline(self, now: Moment | None = None) -> str:
        """The status in words; ``now`` tells whether a meeting is still under way (None: it is over)."""
        if self.phase is Phase.PENDING and self.open is not None and self.open.is_counter:
            return "counter-proposal pending official response"
        if self.phase is Phase.HELD and now is not None and self.is_under_way(now):
            return "talks under way"
        if self.phase is Phase.HELD and self.stayed_away:
            return f"talks held without {listed(map(self.description.name, self.stayed_away))}"
        if self.phase is Phase.STALLED and self.stall is not None and self.stall.reason is not None:
            return f"talks stalled ({self.stall.reason})"
        return HEADLINES[self.phase]


HEADLINES = {
    Phase.IDLE: "no talks proposed",
    Phase.PENDING: "proposal pending official response",
    Phase.ACCEPTED: "proposal accepted, date not set",
    Phase.DECLINED: "proposal declined",
    Phase.SCHEDULED: "talks scheduled",
    Phase.HELD: "talks held",
    Phase.STALLED: "talks stalled",
    Phase.CONCLUDED: "track concluded",
}
"""Each phase in words."""


def listed(names: Iterable[str]) -> str:
    """Names as people list them: ``A, B and C``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last

"""How long talks wait: the estimates that a record gives, with the proposals or phases that they are learned from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from diplostate.ledger.ask import Cut
from diplostate.ledger.protocol import Ledger
from diplostate.simulation.spells import ANSWER, ANSWERED, ENDS, Spell, spells
from diplostate.simulation.survival import LEVEL, Curve, Wait, aalen_johansen, kaplan_meier, wait
from diplostate.talks.dates import Moment, as_moment, day_of
from diplostate.talks.machine import Phase
from diplostate.talks.sources import Evidence

ENOUGH = 20
"""Spells that must have ended before an estimate is told in a sentence."""


@attrs.frozen(kw_only=True)
class Waiting:
    """What a record says about how long something takes."""

    start: Phase
    to: Phase | str
    as_of: date
    level: float
    spells: tuple[Spell, ...]
    lasting: Curve
    """The share that still waits (Kaplan and Meier), every end being one."""
    reached: Curve
    """The share for which it came to what was asked for (Aalen and Johansen)."""
    by_cause: Mapping[str, Curve]
    """The share that ended so, for each end (Aalen and Johansen); with what is left, they sum to one."""
    bounds: tuple[Curve, Curve]
    """`reached` if every spell was as short, and as long, as imprecise dates allow."""

    @property
    def wanted(self) -> frozenset[str]:
        """The ends that are what was asked for."""
        return wanted(self.to)

    @property
    def ended(self) -> Counter[str]:
        """How many ended, by cause."""
        return Counter(spell.cause for spell in self.spells if spell.cause is not None)

    @property
    def open(self) -> int:
        """How many had not ended."""
        return len(self.spells) - self.ended.total()

    @property
    def is_enough(self) -> bool:
        """Whether `ENOUGH` have ended."""
        return self.ended.total() >= ENOUGH

    def wait(self, share: float = 0.5) -> Wait | None:
        """The days within which it came to it for this share of all; None where it never came to so many."""
        return wait(self.reached, share)


def wanted(to: Phase | str) -> frozenset[str]:
    """The ends of spells that are what was asked for."""
    return frozenset(ANSWERED if to == ANSWER else (str(to).lower(),))


def waiting(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    as_of: Moment | str,
    known_at: Cut = None,
    evidence: Evidence | str = "official",
    start: Phase = Phase.PENDING,
    to: Phase | str = ANSWER,
    level: float = LEVEL,
) -> Waiting:
    """Learn from some tracks (None: all) how long it takes; arguments as in `spells`, ``level`` is that of the bands."""
    last = as_moment(as_of)
    assert last is not None
    found = tuple(spells(ledger, tracks, as_of=last, known_at=known_at, evidence=evidence, start=start, to=to))
    return estimated(found, start=start, to=to, as_of=day_of(last), level=level)


def estimated(found: Sequence[Spell], *, start: Phase, to: Phase | str, as_of: date, level: float = LEVEL) -> Waiting:
    """The estimates that some spells give."""
    causes = [spell.cause for spell in found]
    days = [spell.days for spell in found]
    aims = wanted(to)
    order = ENDS if to == ANSWER else tuple(sorted({*aims, *(cause for cause in causes if cause)}))
    shown = [cause for cause in order if cause in aims or cause in causes]
    return Waiting(
        start=start,
        to=to,
        as_of=as_of,
        level=level,
        spells=tuple(found),
        lasting=kaplan_meier(days, [cause is not None for cause in causes], level=level),
        reached=aalen_johansen(days, causes, aims, level=level),
        by_cause={cause: aalen_johansen(days, causes, {cause}, level=level) for cause in shown},
        bounds=(
            aalen_johansen([spell.shortest for spell in found], causes, aims, level=level),
            aalen_johansen([spell.longest for spell in found], causes, aims, level=level),
        ),
    )

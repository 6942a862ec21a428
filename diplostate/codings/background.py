"""What is usual between two parties, and whether the evidence of a day is more than that.

Coded rows come at a rate that changes with the attention of the press. What is expected of a day is a negative binomial
distribution: a Poisson rate of its own for each pair and kind of evidence, known only from the days before, the recent ones
weighing more (the conjugate gamma-Poisson model with discounted counts).
"""

from __future__ import annotations

import math
from collections import defaultdict

HALF_LIFE_DAYS = 30
"""After how many days a row weighs half in what is usual: attention of the press comes and goes by the month."""
QUIET_DAYS = 62
"""The silence after which talks count as quiet: nine in ten gaps between meetings of one mediation are shorter (MEND).

It is how long a pair of which nothing is known counts as watched, with half a row seen; how rare evidence must be to move a
status (as much by chance once in so many days); and how long a proposal or a meeting that is set is waited for.
"""
_ROWS_BEFORE = 0.5
"""Jeffreys' prior of a Poisson rate."""
_MEMORY_DAYS = HALF_LIFE_DAYS / math.log(2)
"""To how many full days the discounted past adds up."""


class Background:
    """The rates of one pair, and the day up to which they are known."""

    __slots__ = ("_day", "_rows", "_watched")

    def __init__(self) -> None:
        self._rows: defaultdict[str, float] = defaultdict(float)
        self._watched = 0.0
        self._day: int | None = None

    def weigh(self, day: int, counts: dict[str, int]) -> dict[str, float]:
        """The probability of at least so many rows of each kind, by chance, on a day (an ordinal), for those kinds of
        which there are more than chance brings; then the day becomes part of the past.

        Days must come in ascending order.
        """
        gap = self._pass_to(day)
        limit = min(gap, QUIET_DAYS) / QUIET_DAYS
        found = {kind: self._chance(kind, count) for kind, count in counts.items() if count}
        for kind, count in counts.items():
            self._rows[kind] += count
        return {kind: chance for kind, chance in found.items() if chance <= limit}

    def _pass_to(self, day: int) -> int:
        """Let the days go by on which nothing was coded; how many days it has been."""
        if self._day is None:
            self._day = day
            return QUIET_DAYS
        gap = day - self._day
        kept = 0.5 ** (gap / HALF_LIFE_DAYS)
        for kind in self._rows:
            self._rows[kind] *= kept
        self._watched = self._watched * kept + _MEMORY_DAYS * (1 - kept)
        self._day = day
        return gap

    def _chance(self, kind: str, count: int) -> float:
        """The upper tail of the negative binomial: P(N >= count)."""
        rows, days = _ROWS_BEFORE + self._rows[kind], QUIET_DAYS + self._watched
        hit = 1 / (days + 1)
        term = (1 - hit) ** rows
        below = 0.0
        for seen in range(count):
            below += term
            term *= (rows + seen) / (seen + 1) * hit
        return max(1 - below, 1e-15)

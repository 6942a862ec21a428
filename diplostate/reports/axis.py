"""A stretch of days drawn to a width, and the ticks that tell its dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from diplostate.reports.words import MONTHS


@attrs.frozen
class Axis:
    """The days that are shown, by their ordinals (``date.toordinal``): from ``first`` up to but without ``end``."""

    first: int
    end: int

    @property
    def days(self) -> int:
        """How many days are shown."""
        return self.end - self.first

    def shows(self, first: date | None, last: date | None) -> bool:
        """Whether any day from the one to the other is shown; None is without end."""
        return (first is None or first.toordinal() < self.end) and (last is None or last.toordinal() >= self.first)

    def place(self, ordinal: int, width: float) -> float:
        """Where a day begins on an axis of this width; one that is not shown lies at its nearer end."""
        return (min(max(ordinal, self.first), self.end) - self.first) * width / self.days

    def column(self, ordinal: int, columns: int) -> int:
        """The column in which a day begins; ``columns``, behind the last one, for a day after those that are shown."""
        return (min(max(ordinal, self.first), self.end) - self.first) * columns // self.days


@attrs.frozen
class Tick:
    """A day that is named on the axis; ``year`` is empty where the tick itself, or the one before it, tells the year."""

    day: date
    label: str
    year: str


@attrs.frozen
class _Step:
    """How far apart ticks are: a number of days, or of months where ``months`` is given."""

    days: int = 0
    months: int = 0

    @property
    def length(self) -> float:
        """About how many days."""
        return self.days or self.months * 30.4

    @property
    def characters(self) -> int:
        """The room that the longest label takes, with a gap."""
        return 8 if self.days else 5 if self.months < 12 else 6

    def label(self, day: date) -> str:
        month = MONTHS[day.month - 1][:3]
        return f"{day.day} {month}" if self.days else month if self.months < 12 else str(day.year)

    def within(self, axis: Axis) -> Iterator[date]:
        """The days of its ticks."""
        if self.days:
            # The first day of the calendar was a Monday: so weeks begin where they should.
            first = axis.first + (1 - axis.first) % self.days
            yield from map(date.fromordinal, range(first, axis.end, self.days))
            return
        opening, last = date.fromordinal(axis.first), date.fromordinal(axis.end - 1)
        month = opening.year * 12 + opening.month - 1 + (opening.day > 1)
        for number in range(month + -month % self.months, last.year * 12 + last.month, self.months):
            yield date(number // 12, number % 12 + 1, 1)


_STEPS = (
    *(_Step(days=days) for days in (1, 2, 7, 14)),
    *(_Step(months=months) for months in (1, 2, 3, 6)),
    *(_Step(months=12 * years) for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)),
)


def ticks(axis: Axis, characters: int) -> tuple[Tick, ...]:
    """As many ticks as find room where so many characters do; at least one."""
    step = next((step for step in _STEPS if step.length * characters >= step.characters * axis.days), _STEPS[-1])
    days = list(step.within(axis))
    if not days:
        step, days = _STEPS[0], [date.fromordinal(axis.first)]
    return tuple(_named(days, step))


def _named(days: list[date], step: _Step) -> Iterator[Tick]:
    told = None
    for day in days:
        yield Tick(day, step.label(day), "" if step.months >= 12 or day.year == told else str(day.year))
        told = day.year

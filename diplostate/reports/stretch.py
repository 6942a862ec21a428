"""Where a track stood on many days, from few readings of its record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

import attrs

from diplostate.reports.question import Question
from diplostate.talks.dates import Moment
from diplostate.talks.events import MOVES, Event
from diplostate.talks.fold import Step, fold, walk
from diplostate.talks.record import Reading
from diplostate.talks.status import Status


@attrs.frozen
class Stretch:
    """Days on which the same notes and descriptions count, so that one reading serves them all."""

    reading: Reading
    """As of the last of the days."""
    steps: tuple[Step, ...]

    def status(self, moment: Moment) -> Status:
        """The status as of one of these days."""
        if isinstance(moment, datetime):
            count = len(self.steps)  # it has a reading of its own, and the day of an event may be that of another time zone
        else:
            count = bisect_right(self.steps, moment, key=lambda step: step.entry.day)
        if count:
            return self.steps[count - 1].after
        return self.steps[0].before if self.steps else fold(self.reading)


def stretches(record: Sequence[Event], question: Question, moments: Sequence[Moment]) -> Iterator[Stretch]:
    """For each of these moments, given in their order, the stretch in which it lies.

    The status as of each is that of a reading of its own; an instant gets one, for it cuts events by the hour.
    """
    turns = sorted({event.day for event in record if not isinstance(event, MOVES)})

    def stretch_of(moment: Moment) -> Moment | int:
        return moment if isinstance(moment, datetime) else bisect_right(turns, moment)

    for _, together in groupby(moments, key=stretch_of):
        days = list(together)
        reading = attrs.evolve(question, as_of=days[-1]).read(record)
        stretch = Stretch(reading, tuple(walk(reading)))
        yield from (stretch for _ in days)

"""The two clocks of a walk: by the days on which things happened, and by the instants at which they were recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from diplostate.errors import Fault, Invalid
from diplostate.talks.dates import Edtf, Moment, as_moment
from diplostate.talks.events import Event

Cut = Moment | str | Edtf | None
"""A day, or an aware instant; None: no cut."""


class Days:
    """The clock of what happened: it goes by days, those on which events count; whole numbers stand for them."""

    is_hindsight = True
    """Whether it knows of what was recorded late, and what was retracted later."""

    def key(self, event: Event) -> int:
        """When the event is played."""
        return event.day.toordinal()

    def moment(self, key: int) -> Moment:
        """The moment that a number stands for."""
        return date.fromordinal(key)

    def start(self, cut: Cut) -> int | None:
        """The first number of a moment; raises `Invalid`."""
        moment = as_moment(cut)
        if isinstance(moment, datetime):
            raise Invalid([Fault(f"{cut} is an instant, and the clock of what happened goes by days: write YYYY-MM-DD")])
        return None if moment is None else moment.toordinal()

    end = start


class Instants:
    """The clock of what was known: it goes by instants, those at which events were recorded; numbers are microseconds."""

    is_hindsight = False

    def key(self, event: Event) -> int:
        """When the event is played."""
        return self._key(event.known)

    def moment(self, key: int) -> Moment:
        """The moment that a number stands for."""
        return _EPOCH + timedelta(microseconds=key)

    def start(self, cut: Cut) -> int | None:
        """The first number of a moment; raises `Invalid`."""
        moment = as_moment(cut)
        if moment is None or isinstance(moment, datetime):
            return None if moment is None else self._key(moment)
        return self._key(datetime.combine(moment, time(), UTC))

    def end(self, cut: Cut) -> int | None:
        """The last number of a moment; raises `Invalid`."""
        moment = as_moment(cut)
        if moment is None or isinstance(moment, datetime):
            return None if moment is None else self._key(moment)
        return self._key(datetime.combine(moment, time.max, UTC))

    def _key(self, moment: datetime) -> int:
        return (moment - _EPOCH) // timedelta(microseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS: Mapping[str, Days | Instants] = {"happened": Days(), "known": Instants()}
"""The clock of each axis."""

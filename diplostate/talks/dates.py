"""Dates that may be imprecise, each with the earliest and the latest day that it allows.

The syntax is the Extended Date/Time Format (EDTF, ISO 8601-2:2019 annex A), levels 0 and 1. Departures, each on purpose:

- minutes without seconds are accepted (``2025-07-21T10:00Z``);
- years before 1 and after 9999 are refused;
- seasons 21 to 24 are the northern meteorological ones, winter ending in the next February;
- ``?``, ``~`` and ``%`` are kept and shown, but never widen a date; unspecified digits (``X``) do;
- a lone ``..`` names no day at all: it is how an end that is still open is written.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

import attrs

from diplostate.errors import InvalidDate

_DAY = re.compile(r"(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2}|XX)(?:-(\d{2}|XX))?)?([?~%])?", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}(?::\d{2})?)?", re.ASCII)
_SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}
_HOW = (
    "is not a date: write YYYY, YYYY-MM, YYYY-MM-DD, a time as YYYY-MM-DDThh:mmZ, or an interval FROM/TO (EDTF levels 0 and 1)"
)


@attrs.frozen(order=False)
class Edtf:
    """A date as it was written, with what it allows.

    ``earliest`` and ``latest`` are calendar days, inclusive, or None on a side that is open or unknown. ``instant`` is
    set where a time of day was given (without an offset it is read as UTC); the day is then the day as written.
    Two dates are equal when they were written alike.
    """

    text: str
    earliest: date | None = attrs.field(eq=False)
    latest: date | None = attrs.field(eq=False)
    instant: datetime | None = attrs.field(default=None, eq=False)

    @classmethod
    def parse(cls, text: str) -> Edtf:
        """Read a date; raises `InvalidDate` with what is wrong with it."""
        return _parse(text)

    @property
    def is_exact(self) -> bool:
        """Whether one single day is meant."""
        return self.earliest is not None and self.earliest == self.latest

    def __str__(self) -> str:
        return self.text


def as_edtf(value: Edtf | str | date) -> Edtf:
    """A date from what Python callers have at hand: an `Edtf`, its text, a ``date`` or an aware ``datetime``."""
    if isinstance(value, Edtf):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidDate(value.isoformat(), "has no time zone: give an aware datetime")
        return _parse(value.isoformat(timespec="seconds").replace("+00:00", "Z"))  # with its offset: it says which day is meant
    if isinstance(value, date):
        return _parse(value.isoformat())
    if not isinstance(value, str):
        raise InvalidDate(repr(value), "is no date: write it as text, as in '2025-07-21', or give a date")
    return _parse(value)


@lru_cache(maxsize=65536)
def _parse(text: str) -> Edtf:
    if text == "..":
        return Edtf(text, None, None)
    if "/" in text:
        return _interval(text)
    if "T" in text:
        return _instant(text)
    earliest, latest = _bounds(text, text)
    return Edtf(text, earliest, latest)


def _interval(text: str) -> Edtf:
    start, _, end = text.partition("/")
    earliest = None if start in ("", "..") else _bounds(start, text)[0]
    latest = None if end in ("", "..") else _bounds(end, text)[1]
    if earliest is None and latest is None:
        raise InvalidDate(text, "is an interval without any day: name at least one end")
    if earliest is not None and latest is not None and earliest > latest:
        raise InvalidDate(text, "ends before it begins: swap the two dates")
    return Edtf(text, earliest, latest)


def _instant(text: str) -> Edtf:
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise InvalidDate(text, "is not a time: write it as YYYY-MM-DDThh:mm or YYYY-MM-DDThh:mm:ss, then Z or +hh:mm")
    day = _bounds(match[1], text)[0]
    try:
        clock = time(int(match[2]), int(match[3]), int(match[4] or 0), tzinfo=_offset(match[5]))
        instant = datetime.combine(day, clock).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidDate(text, "has a time of day or an offset that does not exist") from None
    return Edtf(text, day, day, instant)


def _offset(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    hours, _, minutes = text[1:].partition(":")
    if int(minutes or 0) > 59:
        raise ValueError(text)
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(ahead if text[0] == "+" else -ahead)


def _bounds(text: str, whole: str) -> tuple[date, date]:
    match = _DAY.fullmatch(text)
    if match is None:
        raise InvalidDate(whole, _HOW)
    years, month, day = match[1], match[2], match[3]
    first, last = int(years.replace("X", "0")), int(years.replace("X", "9"))
    if month is None:
        return _day(first, 1, 1, whole), _day(last, 12, 31, whole)
    if first != last:
        raise InvalidDate(whole, f"leaves digits of the year open, and nothing may follow them: write {years}")
    if month == "XX":
        if day not in (None, "XX"):
            raise InvalidDate(whole, "leaves the month open but not the day: level 1 opens digits from the right")
        return _day(first, 1, 1, whole), _day(first, 12, 31, whole)
    if int(month) in _SEASONS:
        if day is not None:
            raise InvalidDate(whole, "is a season with a day: a season stands alone")
        return _season(first, int(month), whole)
    return _within_month(first, int(month), day, whole)


def _within_month(year: int, month: int, day: str | None, whole: str) -> tuple[date, date]:
    start = _day(year, month, 1, whole)
    if day is None or day == "XX":
        return start, start.replace(day=calendar.monthrange(year, month)[1])
    exact = _day(year, month, int(day), whole)
    return exact, exact


def _season(year: int, season: int, whole: str) -> tuple[date, date]:
    first = _SEASONS[season]
    start = _day(year, first, 1, whole)
    end_year, last = (year + 1, 2) if season == 24 else (year, first + 2)
    return start, _day(end_year, last, calendar.monthrange(end_year, last)[1], whole)


def _day(year: int, month: int, day: int, whole: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidDate(whole, "does not exist in the calendar (years 1 to 9999)") from None


Moment = date | datetime
"""A day, or an instant (an aware ``datetime``)."""


def as_moment(value: Moment | str | Edtf | None) -> Moment | None:
    """A cut on one of the two time axes: a day or an aware instant, from a text, a date or a datetime.

    An instant keeps the offset in which it was written, for its day is the day as written. Raises `InvalidDate` for an
    imprecise date and for a naive datetime.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidDate(value.isoformat(), "has no time zone: give an aware datetime")
        return value
    if isinstance(value, date):
        return value
    edtf = as_edtf(value)
    if edtf.instant is not None and edtf.earliest is not None:
        offset = _offset(_INSTANT.fullmatch(edtf.text)[5])  # type: ignore[index]  # it matched when it was parsed
        return edtf.instant.astimezone(offset)
    if edtf.earliest is None or edtf.earliest.isoformat() != edtf.text:
        raise InvalidDate(edtf.text, "is not one day or instant: write YYYY-MM-DD or YYYY-MM-DDThh:mmZ")
    return edtf.earliest


def day_of(moment: Moment) -> date:
    """The day of a moment, as it was written."""
    return moment.date() if isinstance(moment, datetime) else moment


def end_of(day: date) -> datetime:
    """The last second of a day, UTC: when something known only to the day counts as recorded."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)

"""Days, dates and lists in English words; all reports speak through it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import cast

from diplostate.talks.dates import Edtf, Moment, as_edtf, day_of

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
GLUE = "\N{NO-BREAK SPACE}"
"""Keeps what belongs together on one line; the renderer writes it as a space."""


def joined(items: Iterable[str], last: str = "and") -> str:
    """A list as people write it: ``Ukraine, Russia and Türkiye``."""
    *most, end = items
    return f"{', '.join(most)} {last} {end}" if most else end


def counted(number: int, thing: str) -> str:
    """A number of things: ``1 event``, ``2 events``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def unglued(text: str) -> str:
    """The text with plain spaces, as data."""
    return text.replace(GLUE, " ")


def capital(text: str) -> str:
    """The text with a capital letter first."""
    return text[:1].upper() + text[1:]


def day_words(day: date, now: date | None = None) -> str:
    """A day in words; its year is left out where it is the year of ``now``."""
    year = "" if now is not None and day.year == now.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}".replace(" ", GLUE)


def with_days(text: str, now: date | None = None) -> str:
    """A text in which each day by ISO 8601 is put into words."""
    return _ISO_DAY.sub(lambda found: day_words(date.fromisoformat(found[0]), now), text)


_ISO_DAY = re.compile(r"(?<![\d/-])[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![\dTX/?~%-])")


def moment_words(moment: Moment) -> str:
    """A day, or an instant with its offset, in words."""
    if not isinstance(moment, datetime):
        return day_words(moment)
    offset = moment.utcoffset()
    zone = "UTC" if not offset else moment.strftime("%z")
    return f"{day_words(moment.date())}, {moment:%H:%M} {zone}".replace(" ", GLUE)


def days_words(days: int) -> str:
    """A number of days in words."""
    return f"{days:,}{GLUE}{'day' if days == 1 else 'days'}"


def ago(day: date, now: Moment) -> str:
    """How long ago a day was, or how far ahead it is."""
    days = (day_of(now) - day).days
    if days == 0:
        return "today"
    return f"{days_words(days)}{GLUE}ago" if days > 0 else f"in{GLUE}{days_words(-days)}"


def date_words(value: Edtf, now: date | None = None) -> str:
    """A date in words, as imprecise as it was written; the year of ``now`` is left out of exact days."""
    if value.text == "..":
        return "an open end"
    if "/" in value.text:
        return _interval_words(value, now)
    if value.instant is not None and value.earliest is not None:
        return f"{day_words(value.earliest, now)}, {_clock(value.text)}"
    return _qualified(value.text, now)


def _clock(text: str) -> str:
    clock = text.partition("T")[2]
    for sign in "Z+-":
        time, found, offset = clock.partition(sign)
        if found:
            return f"{time}{GLUE}UTC" if sign == "Z" else f"{time}{GLUE}({sign}{offset})"
    return f"{clock}{GLUE}UTC"


def _qualified(text: str, now: date | None) -> str:
    mark = text[-1] if text[-1] in "?~%" else ""
    words = _calendar_words(text.rstrip("?~%"), now)
    return f"{'about ' if mark in ('~', '%') else ''}{words}{' (uncertain)' if mark in ('?', '%') else ''}"


def _calendar_words(text: str, now: date | None) -> str:
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    if "X" in year:
        return f"some year from {year.replace('X', '0')} to {year.replace('X', '9')}"
    if not month or month == "XX":
        return f"some day of {year}" if month else str(int(year))
    if month in SEASONS:
        return f"{SEASONS[month]} {_season_year(month, int(year))}"
    if not day or day == "XX":
        return f"{'some day of ' if day else ''}{MONTHS[int(month) - 1]}{GLUE}{int(year)}"
    return day_words(date(int(year), int(month), int(day)), now)


def _season_year(season: str, year: int) -> str:
    return f"{year}/{(year + 1) % 100:02}" if season == "24" else str(year)


def _interval_words(value: Edtf, now: date | None) -> str:
    start, _, end = value.text.partition("/")
    if start in ("", ".."):
        return f"until {date_words(as_edtf(end), now)}"
    if end in ("", ".."):
        return f"from {date_words(as_edtf(start), now)} on"
    first, last = as_edtf(start), as_edtf(end)
    if first.is_exact and last.is_exact and not {"?", "~", "%"} & {start[-1], end[-1]}:
        return _days_words(cast("date", first.earliest), cast("date", last.earliest), now)
    return f"{date_words(first, now)} to {date_words(last, now)}"


def _days_words(first: date, last: date, now: date | None) -> str:
    if first.weekday() == 0 and last - first == timedelta(days=6):
        return f"week of {day_words(first, now)}"
    if first == last:
        return day_words(first, now)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_words(last, now)}"
    opening = day_words(first, last if first.year == last.year else now)
    return f"{opening} – {day_words(last, now)}"


def on_words(value: Edtf, now: date | None = None) -> str:
    """A date as it stands in a sentence: ``on 19 July``, ``in the week of 21 July``, ``from 21 July on``."""
    words = date_words(value, now)
    if words.startswith(("about", "from", "until", "some")):
        return words
    if words.startswith("week"):
        return f"in the {words}"
    return f"on {words}" if value.is_exact or "–" in words else f"in {words}"

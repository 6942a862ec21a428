"""GDELT event exports, version 1.0 with and without addresses, and version 2.0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from diplostate.codings.cameo import Codebook
from diplostate.codings.files import opened, shortened
from diplostate.codings.parties import party
from diplostate.codings.rows import IN_PASSING, PRIVATE, Cells, Codes, Days, Row, Tally, pair, wrong_width
from diplostate.errors import Fault, InvalidLog
from diplostate.talks.dates import end_of


class _Version(NamedTuple):
    """Where the columns stand that differ between the versions; the first 35 are the same in all of them."""

    name: str
    place: int
    """Where the action took place (ActionGeo_FullName)."""
    added: int
    """DATEADDED: the day, in version 2.0 the quarter of an hour in UTC."""
    url: int | None


_VERSIONS: Mapping[int, _Version] = {
    57: _Version("GDELT 1.0 without addresses", 50, 56, None),
    58: _Version("GDELT 1.0", 50, 56, 57),
    61: _Version("GDELT 2.0", 52, 59, 60),
}
"""By the number of columns: the exports have no header."""
_DATE, _ROOT, _CODE = 1, 25, 26
_ACTORS = ((5, 6, 7, 8, slice(12, 15)), (15, 16, 17, 18, slice(22, 25)))
"""Of either actor the places of its code, name, country, known group, and types."""
_STATE_TYPES = frozenset({"GOV", "MIL", "SPY", "LEG", "IGO"})
"""The types of actors that speak for a country or an organisation (CAMEO actor codes); who has none is named by the country."""


def read(path: Path, book: Codebook, tally: Tally, by: str) -> Iterator[Row]:
    """The rows of an export that may have to do with talks; raises `InvalidLog`.

    Each line is read by the version that its width tells. A day other than the one on which the row was added is marked as a
    guess: GDELT works it out from words such as "a year ago".
    """
    codes, days = Codes(path, book, tally), Days(path)
    for line, cells, version in _lines(path, tally):
        code = codes.find(cells[_CODE], "", line)
        if code is None:
            continue
        day, recorded = _day(cells[_DATE]), _instant(cells[version.added])
        added = "" if recorded is None else recorded.date().isoformat()
        if not (days.check(day, line) and days.check(added, line)):
            continue
        if cells[_ROOT] == "0":
            tally.left[IN_PASSING] += 1
            continue
        if by != "actor" and not all(_speaks(*cells[types]) for *_, types in _ACTORS):
            tally.left[PRIVATE] += 1
            continue
        parties = pair(tally, _names(cells), _countries(tally, cells), by)
        if parties is not None and recorded is not None:
            yield Row(
                day, *parties, code, cells[_CODE], *_names(cells), path.name, line,
                url=None if version.url is None else cells[version.url] or None,
                recorded=recorded, is_dated_by_guess=added != day,
            )  # fmt: skip
    codes.settle()
    days.settle()


def _lines(path: Path, tally: Tally) -> Iterator[tuple[int, Cells, _Version]]:
    """The lines with their versions; where the version changes within a file, a warning names the line."""
    faults: list[Fault] = []
    before = None
    with opened(path) as stream:
        for number, line in enumerate(stream, 1):
            cells = line.rstrip("\r\n").split("\t")
            version = _VERSIONS.get(len(cells))
            if version is None:
                if cells != [""]:
                    faults.append(wrong_width(path, number, len(cells), "57, 58 (GDELT 1.0) or 61 (GDELT 2.0)"))
                continue
            if before is not None and version is not before:
                said = f"goes on as {version.name} after {before.name}: each line is read by its own width"
                tally.warn(Fault(said, file=path.name, line=number, column=1, severity="warning"))
            before = version
            tally.read += 1
            yield number, cells, version
    if faults:
        raise InvalidLog(shortened(faults))


@cache
def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


@cache
def _instant(text: str) -> datetime | None:
    """When a row was added; None where that is no time."""
    try:
        if len(text) == 8:
            return end_of(datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date())
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


@cache
def _speaks(*types: str) -> bool:
    return not any(types) or not _STATE_TYPES.isdisjoint(types)


def _names(cells: Cells) -> tuple[str, str]:
    first, second = (cells[name] or cells[code] or "?" for code, name, *_ in _ACTORS)
    return first, second


def _countries(tally: Tally, cells: Cells) -> tuple[str | None, str | None]:
    first, second = (_country(tally, cells[country], cells[group]) for _, _, country, group, _ in _ACTORS)
    return first, second


def _country(tally: Tally, country: str, group: str) -> str | None:
    known = country or group
    found = party(known) if known else None
    if found is None and known:
        tally.strangers[known] += 1
    return found

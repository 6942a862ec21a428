"""Rows of coded data as all codings give them, and the tally of what was read and what was left out."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import attrs

from diplostate.codings.cameo import Code, Codebook, Reading
from diplostate.codings.files import MOST_FAULTS, opened, shortened
from diplostate.codings.parties import name_of
from diplostate.errors import Fault, InvalidLog

Cells = Sequence[str]


class Row(NamedTuple):
    """One coded row between two parties that may have to do with talks."""

    day: str
    """YYYY-MM-DD, as the data says."""
    by: str
    to: str
    code: Code
    said: str
    """The code as the data has it, which in another codebook may have another number."""
    actor: str
    """As the data names the one who acts."""
    target: str
    file: str
    line: int
    outlet: str | None = None
    url: str | None = None
    recorded: datetime | None = None
    """When it was published or coded, where the data says so."""
    venue: str | None = None
    is_dated_by_guess: bool = False
    """Whether the day seems to be worked out from words such as "last month"."""


@attrs.define
class Tally:
    """What was read, and what was left out and why; grows while files are read."""

    read: int = 0
    left: Counter[str] = attrs.field(factory=Counter)
    """Rows by the reason for which they were left out."""
    merged: Counter[str] = attrs.field(factory=Counter)
    """Rows by the reason for which they became part of what another one said."""
    codes: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    """Events by code and kind."""
    strangers: Counter[str] = attrs.field(factory=Counter)
    """Actors and countries for which no party is known."""
    warnings: list[Fault] = attrs.field(factory=list)
    """The first ones of all warnings."""
    warned: int = 0
    """How many warnings there are."""
    names: dict[str, str] = attrs.field(factory=dict)
    """What people call the parties that the data names itself."""

    def warn(self, fault: Fault) -> None:
        """Keep a warning; after the first ones they are only counted."""
        self.warned += 1
        if len(self.warnings) < MOST_FAULTS:
            self.warnings.append(fault)

    def name(self, code: str) -> str:
        """What people call a party."""
        return self.names.get(code) or name_of(code)


NOT_ABOUT_TALKS = "not about talks"
NO_PARTY = "an actor of no known country"
ONE_PARTY = "both actors of one party"
IN_PASSING = "mentioned in passing, not what its article is about"
PRIVATE = "an actor who speaks for no party"
UNKNOWN_CODE = "a code that is in no codebook"


@attrs.frozen(kw_only=True)
class Layout:
    """Which columns a table has, and which of them are needed."""

    header: tuple[str, ...]
    """The names that the first line must hold, in any order."""
    hint: str
    """What a file of this coding looks like."""
    bare: tuple[str, ...] = ()
    """The columns of a table without a header, the day at last; empty where there is always a header."""

    def columns(self, first: list[str]) -> tuple[list[str], bool]:
        """The columns of a table, by its first line, and whether that is a header."""
        is_bare = len(first) == len(self.bare) and _DAY.fullmatch(first[-1]) is not None
        return (list(self.bare), False) if is_bare else (first, True)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def table(path: Path, layout: Layout, tally: Tally) -> Iterator[tuple[int, Cells, Mapping[str, int]]]:
    """The lines of a tab-separated table, each with its number and with the place of every column.

    Raises `InvalidLog` with all lines that have another number of cells than the first one.
    """
    faults: list[Fault] = []
    with opened(path) as stream:
        first = stream.readline()
        columns, has_header = layout.columns(first.rstrip("\r\n").split("\t"))
        places = {name: place for place, name in enumerate(columns)}
        need(path, columns, layout)
        width = len(columns)
        lines = enumerate(stream, 2) if has_header else enumerate(chain([first], stream), 1)
        for number, line in lines:
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) == width:
                tally.read += 1
                yield number, cells, places
            elif cells != [""]:
                faults.append(wrong_width(path, number, len(cells), f"{width}, as in the first line"))
    if faults:
        raise InvalidLog(shortened(faults))


def need(path: Path, columns: Sequence[str], layout: Layout) -> None:
    """Raise `InvalidLog` where a file is empty, or its first line does not name the columns that are needed."""
    missing = [name for name in layout.header if name not in columns]
    if missing:
        problem = f"has no column {', '.join(map(repr, missing))}" if any(columns) else "is empty"
        raise InvalidLog([Fault(f"{problem}: {layout.hint}", file=path.name, line=1, column=1)])


def wrong_width(path: Path, line: int, found: int, expected: str) -> Fault:
    """The fault of a line with a wrong number of cells."""
    cells = "1 cell" if found == 1 else f"{found} cells"
    return Fault(f"has {cells}, not {expected}: the line is damaged", file=path.name, line=line, column=1)


@attrs.define
class Codes:
    """Looks up the codes of one file, each distinct pair of code and label once, and keeps what is wrong with them."""

    path: Path
    book: Codebook
    tally: Tally
    faults: list[Fault] = attrs.field(factory=list)
    _seen: dict[tuple[str, str], Code | None] = attrs.field(factory=dict)

    def find(self, code: str, label: str, line: int) -> Code | None:
        """The code, where it has to do with talks; else the row is counted as left out."""
        try:
            found = self._seen[code, label]
        except KeyError:
            found = self._seen[code, label] = self._judged(code, label, line)
        if found is None:
            self.tally.left[UNKNOWN_CODE] += 1
        elif found.reads_as is Reading.NONE:
            self.tally.left[NOT_ABOUT_TALKS] += 1
            return None
        return found

    def _judged(self, code: str, label: str, line: int) -> Code | None:
        known = code in self.book.codes
        problem = self.book.mislabelled(code, label) if known and label else self.book.fault(code)
        if problem is not None:
            self.faults.append(self._fault(problem, line))
        if known:
            return self.book.codes[code]
        self.tally.warn(self._fault(f"code {code!r} is in no codebook: its rows are left out", line, "warning"))
        return None

    def _fault(self, problem: str, line: int, severity: str = "error") -> Fault:
        return Fault(problem, file=self.path.name, line=line, column=1, severity=severity)

    def settle(self) -> None:
        """Raise `InvalidLog` where the file is numbered by another codebook or has lost its zeros."""
        if self.faults:
            raise InvalidLog(shortened(self.faults))


@attrs.define
class Days:
    """Checks the days of one file, each distinct one once, and keeps what is wrong with them."""

    path: Path
    faults: list[Fault] = attrs.field(factory=list)
    _seen: dict[str, bool] = attrs.field(factory=dict)

    def check(self, day: str, line: int) -> bool:
        """Whether this is a day as YYYY-MM-DD; a fault of the file otherwise."""
        known = self._seen.get(day)
        if known is None:
            known = self._seen[day] = _is_day(day)
        if not known:
            self.faults.append(Fault(f"{day!r} is no day: YYYY-MM-DD is expected", file=self.path.name, line=line, column=1))
        return known

    def settle(self) -> None:
        """Raise `InvalidLog` where something was no day."""
        if self.faults:
            raise InvalidLog(shortened(self.faults))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def pair(tally: Tally, actors: tuple[str, str], countries: tuple[str | None, str | None], by: str) -> tuple[str, str] | None:
    """The two parties of a row, in the grouping asked for; None where it is left out, which is counted."""
    first, second = (_named(tally, actors[0]), _named(tally, actors[1])) if by == "actor" else countries
    if first is None or second is None:
        tally.left[NO_PARTY] += 1
        return None
    if first == second:
        tally.left[ONE_PARTY] += 1
        return None
    return first, second


def _named(tally: Tally, actor: str) -> str:
    code = slug(actor).upper()
    if len(code) > 32:
        code = f"{code[:23]}-{zlib.crc32(actor.encode()):08X}"
    tally.names.setdefault(code, actor)
    return code


def slug(text: str) -> str:
    """A text as part of a track id: small letters of ASCII, digits and ``-``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-") or f"x{zlib.crc32(text.encode()):08x}"


Reader = Callable[[Path, Codebook, Tally, str], Iterator[Row]]
"""Reads a file of one coding: the path, the codebook, the tally that it fills, and the grouping."""

"""MEND, the Mediation Event and Negotiators Database: each row a meeting of mediators, by conflict and process."""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from diplostate.codings.files import opened, shortened
from diplostate.codings.parties import name_of, party
from diplostate.codings.provenance import MOST_SOURCES, places
from diplostate.codings.rows import Layout, Tally, need, slug
from diplostate.errors import Fault, InvalidDate, InvalidLog
from diplostate.talks.dates import Edtf, end_of
from diplostate.talks.events import Described, Event, Held, Noted, Party
from diplostate.talks.sources import Source
from diplostate.talks.words import Role

_LAYOUT = Layout(
    header=(
        "med_event_ID", "conflict_country", "med_location - MULTISELECT", "med_loc_cty", "Day", "Month", "Year", "third_party",
        "individual_med_named", "groupings_mechanisms", "local_parties", "if_loc_belig", "agmt", "agmt_name", "Summary",
        "source_urls", "shuttle", "med_type",
    ),
    hint="MEND is published as a comma-separated table with a header",
)  # fmt: skip
_MEDIATION = "M"
"""The type of rows in which somebody mediates; the others (MR, I) are related to it, such as mediators among themselves."""
_BETWEEN = re.compile(r";(?=\s*https?://)|\s+")
"""What stands between addresses; a semicolon alone may belong to one."""
_LONGEST_SUMMARY = 1_000
"""Characters of the summary that an event keeps."""
_SHORTEST_NAME = 2

BLANK = "empty but for its id"
SAME_MEETING = "the same meeting, with another party"
DAY_UNKNOWN = "a day that the calendar does not have"


class _Row(NamedTuple):
    line: int
    cells: Mapping[str, str]
    day: Edtf

    def text(self, column: str) -> str:
        return " ".join(self.cells[column].split())

    def names(self, column: str) -> list[str]:
        return [name for name in (" ".join(part.split()) for part in self.cells[column].split(";")) if name]


def read(files: Iterable[Path], tally: Tally, by: str) -> dict[str, list[Event]]:
    """The events of all files by track: a process of a conflict, or with ``by`` conflict all of its processes.

    Raises `InvalidLog` with the faults of all files.
    """
    tracks: dict[str, list[tuple[Path, _Row]]] = {}
    titles: dict[str, str] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            for row in _rows(file, tally):
                for track, title in _homes(row, by):
                    tracks.setdefault(track, []).append((file, row))
                    titles.setdefault(track, title)
        except InvalidLog as error:
            faults += error.faults
    if faults:
        raise InvalidLog(faults)
    return {track: _events(track, titles[track], tracks[track], tally) for track in sorted(tracks)}


def _rows(path: Path, tally: Tally) -> Iterator[_Row]:
    faults: list[Fault] = []
    with opened(path) as stream:
        for line, header, cells in _records(path, stream):
            if len(cells) != len(header):
                said = f"has {len(cells)} cells, not {len(header)}, as in the header: the row is damaged"
                faults.append(Fault(said, file=path.name, line=line, column=1))
                continue
            tally.read += 1
            row = dict(zip(header, cells, strict=True))
            if row["conflict_country"].strip():
                yield _Row(line, row, _date(path, line, row, tally))
            else:
                tally.left[BLANK] += 1
    if faults:
        raise InvalidLog(shortened(faults))


def _records(path: Path, stream: IO[str]) -> Iterator[tuple[int, list[str], list[str]]]:
    """The line on which each record begins, the header, and the cells of the record; some run over several lines."""
    table = csv.reader(stream, strict=True)
    line = 1
    try:
        header = next(table, [])
        need(path, header, _LAYOUT)
        line = table.line_num + 1
        for cells in table:
            if cells:
                yield line, header, cells
            line = table.line_num + 1
    except csv.Error as error:
        said = f"is no comma-separated table from here on ({error})"
        raise InvalidLog([Fault(said, file=path.name, line=line, column=1)]) from None


def _date(path: Path, line: int, row: Mapping[str, str], tally: Tally) -> Edtf:
    """The date as precisely as it is known; a day or a month that cannot be is left open, with a warning."""
    year, month, day = (row[name].strip() for name in ("Year", "Month", "Day"))
    for text in (f"{year}-{month:0>2}-{day:0>2}", f"{year}-{month:0>2}-XX", f"{year}-XX-XX"):
        try:
            found = Edtf.parse(text)
        except InvalidDate:
            continue
        if day and "XX" in text:
            said = f"{year}-{month}-{day} is no day: it is read as {text}"
            tally.warn(Fault(said, file=path.name, line=line, column=1, severity="warning"))
        return found
    raise InvalidLog([Fault(f"{year!r} is no year", file=path.name, line=line, column=1)])


def _homes(row: _Row, by: str) -> Iterator[tuple[str, str]]:
    """The tracks of a row, each with its title."""
    conflict = row.text("conflict_country")
    processes = row.names("groupings_mechanisms") if by == "process" else []
    for process in dict.fromkeys(processes):
        yield f"mend-{slug(conflict)}-{slug(process)}"[:128], f"{conflict}: {process}, as coded by MEND"
    if not processes:
        yield f"mend-{slug(conflict)}", f"{conflict}, as coded by MEND"


def _events(track: str, title: str, rows: Sequence[tuple[Path, _Row]], tally: Tally) -> list[Event]:
    meetings: dict[tuple[str, str, str, str], list[tuple[Path, _Row]]] = {}
    for file, row in rows:
        kind = row.text("med_type")
        key = (row.day.text, kind, row.text("third_party"), row.text("Summary") or row.text("med_event_ID"))
        meetings.setdefault(key, []).append((file, row))
    tally.merged[SAME_MEETING] += len(rows) - len(meetings)
    events = [_event(track, some, tally) for some in meetings.values()]
    events.sort(key=lambda event: (event.day, event.id))
    return [_described(track, title, [row for _, row in rows], events), *events]


def _event(track: str, rows: Sequence[tuple[Path, _Row]], tally: Tally) -> Event:
    """A meeting, from one or more rows; its id changes with what it says, so that a corrected row is a new event."""
    first = rows[0][1]
    venue = next(filter(None, map(_venue, (row for _, row in rows))), None)
    agreement = "; ".join(dict.fromkeys(row.text("agmt_name") or "agreement" for _, row in rows if row.text("agmt") == "1"))
    said = _said([row for _, row in rows])
    is_held = first.text("med_type") == _MEDIATION and any(row.names("local_parties") for _, row in rows)
    facts = zlib.crc32(repr((first.day.text, venue, agreement, said, is_held)).encode())
    day = first.day.latest
    assert day is not None, "every year ends"
    shared: dict[str, Any] = {
        "id": f"{_short(track)}/{slug(first.text('med_event_ID'))[:30]}/{facts:08x}",
        "track": track,
        "occurred": first.day,
        "recorded": end_of(day),
        "note": f"{said} {_summary(first)}".strip(),
        "sources": _sources(rows),
    }
    kind = Held if is_held else Noted
    tally.codes[first.text("med_type") or "-", kind.kind] += 1
    if is_held:
        return Held(venue=venue, agreement=agreement or None, **shared)
    return Noted(text=f"Related to mediation{f', in {venue}' if venue else ''}; moves nothing.", **shared)


def _short(track: str) -> str:
    """A track as part of an id, which has at most 128 characters."""
    return track if len(track) <= 80 else f"{track[:71]}-{zlib.crc32(track.encode()):08x}"


def _venue(row: _Row) -> str | None:
    place, country = row.text("med_location - MULTISELECT"), row.text("med_loc_cty")
    if place.casefold() in ("", "unknown", "various", "virtual", "online") and not country:
        return place if place.casefold() in ("virtual", "online") else None
    return ", ".join(part for part in (place if place.casefold() != "unknown" else "", _country(country)) if part) or None


def _country(code: str) -> str:
    return name_of(code) if re.fullmatch("[A-Z]{3}", code) else code


def _said(rows: Sequence[_Row]) -> str:
    """Who mediated between whom."""
    mediators = _joined(name for row in rows for name in row.names("third_party"))
    people = _joined(name for row in rows for name in row.names("individual_med_named"))
    parties = _joined(name for row in rows for name in row.names("local_parties"))
    shuttle = "; one side at a time" if rows[0].text("shuttle") == "1" else ""
    by = f"{mediators or 'not named'}{f' ({people})' if people else ''}"
    return f"Mediators: {by}. Parties: {parties or 'none present'}{shuttle}."


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _summary(row: _Row) -> str:
    text = row.text("Summary")
    return text if len(text) <= _LONGEST_SUMMARY else f"{text[:_LONGEST_SUMMARY].rstrip()}…"


def _sources(rows: Sequence[tuple[Path, _Row]]) -> tuple[Source, ...]:
    """One source for each address that the rows give, each with the rows."""
    file = rows[0][0]
    ids = _joined(row.text("med_event_ID") for _, row in rows)
    note = f"imported from MEND: {ids}; {places(file.name, [row.line for _, row in rows])}"
    parts = (part.rstrip(";,") for _, row in rows for part in _BETWEEN.split(row.cells["source_urls"]))
    urls = dict.fromkeys(part for part in parts if part.startswith(("http://", "https://")))
    if not urls:
        return (Source(outlet="MEND", attribution="inferred", note=note),)
    return tuple(Source(outlet="MEND", url=url, attribution="media", note=note) for url in list(urls)[:MOST_SOURCES])


def _described(track: str, title: str, rows: Sequence[_Row], events: Sequence[Event]) -> Described:
    """What the track is; with other parties it is described anew."""
    roles = {_code(name): (name, role) for column, role in _ROLES for row in rows for name in row.names(column)}
    parties = [Party(code=code, name=name[:100], role=role) for code, (name, role) in sorted(roles.items())]
    return Described(
        id=f"{_short(track)}/described/{zlib.crc32(repr(parties).encode()):08x}",
        track=track,
        occurred=min(event.day for event in events),
        recorded=min(event.known for event in events),
        title=title,
        parties=parties,
    )


_ROLES = (("third_party", Role.MEDIATOR), ("local_parties", Role.PRINCIPAL))
"""Who is both a mediator and a party is a party."""


def _code(name: str) -> str:
    """The code of a party; one that is in no table is called by its own name."""
    short = name.partition(":")[0].strip()
    known = party(name) or party(short)
    if known is not None:
        return known
    code = slug(short if len(short) > _SHORTEST_NAME else name).upper()
    return code if len(code) <= 32 else f"{code[:23]}-{zlib.crc32(name.encode()):08X}"

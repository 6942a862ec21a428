"""Where an imported event comes from: its sources with code, codebook, file and rows, and how they are read back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from diplostate.codings.rows import Row
from diplostate.talks.dates import end_of
from diplostate.talks.events import Event
from diplostate.talks.sources import Source

MOST_SOURCES = 5
"""Sources that one event names; further ones say the same."""
MOST_ROWS = 8
"""Row numbers that one source names."""

_ROWS = re.compile(r"rows? [0-9][0-9, ]*(?:and [0-9]+ more )?of ([^;]+)$")


def sources(rows: Sequence[Row], title: str, codebook: str) -> tuple[Source, ...]:
    """The sources of an event: one for each publisher, address and file, with its codes and rows."""
    groups: dict[tuple[str | None, str | None, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.outlet, row.url, row.file), []).append(row)
    made = []
    for (outlet, url, file), some in list(groups.items())[:MOST_SOURCES]:
        codes = tallied(row.said for row in some)
        note = f"imported from {title}, CAMEO {codebook}: {codes}; {places(file, [row.line for row in some])}"
        attribution = "inferred" if outlet is None and url is None else "media"
        made.append(Source(outlet=outlet or title, url=url, attribution=attribution, note=note))
    return tuple(made)


def places(file: str, lines: Sequence[int]) -> str:
    """The rows of a file, as text: ``rows 3, 17 of icews.tab``."""
    more = f" and {len(lines) - MOST_ROWS} more" if len(lines) > MOST_ROWS else ""
    return f"row{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines[:MOST_ROWS]))}{more} of {file}"


def file_of(event: Event) -> str | None:
    """The file from which an event was imported; None for one that was not."""
    for source in event.sources:
        found = _ROWS.search(source.note or "")
        if found:
            return found[1]
    return None


def tallied(codes: Iterable[str]) -> str:
    """Codes with how often each occurs: ``036 ×2, 046``."""
    return ", ".join(f"{code} ×{count}" if count > 1 else code for code, count in sorted(Counter(codes).items()))


def known(rows: Iterable[Row], day: date) -> datetime:
    """When these rows were known: the latest publication or coding that the data gives, else the end of the day."""
    return max((row.recorded for row in rows if row.recorded is not None), default=end_of(day))

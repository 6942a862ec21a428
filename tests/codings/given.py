"""Invented rows in the formats of coded data, and what an import makes of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from diplostate.codings.bring import Brought, import_coded, read_coded
from diplostate.codings.cameo import table
from diplostate.ledger.protocol import Ledger

TODAY = date(2026, 1, 15)


def decoded(*rows: str) -> str:
    """A decoded benchmark: each row is ``date|source|relation|target``."""
    header = "date\tsource\trelation\ttarget"
    return "\n".join([header, *(row.replace("|", "\t") for row in rows)]) + "\n"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def brought(ledger: Ledger, coding: str, *files: Path, **more: object) -> Brought:
    return import_coded(ledger, read_coded(coding, files, **more), today=TODAY)  # type: ignore[arg-type]


def kinds(ledger: Ledger, track: str) -> list[str]:
    """The events of a track as ``date symbol``, without what describes it."""
    return [f"{event.occurred} {event.symbol}" for event in ledger.events(track) if event.kind != "described"]


ICEWS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity",
    "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City", "District",
    "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip


def icews(*rows: dict[str, str]) -> str:
    """A published table; what a row does not say is NA."""
    lines = ["\t".join(ICEWS), *("\t".join(row.get(name, "NA") for name in ICEWS) for row in rows)]
    return "\n".join(lines) + "\n"


def coded(day: str, source: str, code: str, target: str, **more: str) -> dict[str, str]:
    """A row of ICEWS between two countries; ``more`` names columns with ``_`` for a space."""
    label = table()[code].label if code in table() else "Something"
    said = {"Event Date": day, "CAMEO Code": code, "Event Text": label or "Something", "Publisher": "The Invented Times"}
    said |= {"Source Name": source, "Source Country": source, "Target Name": target, "Target Country": target}
    return said | {name.replace("_", " "): value for name, value in more.items()}


def gdelt(
    day: str, first: str, code: str, second: str, *, added: str = "", version: int = 61, types: str = "", root: str = "1"
) -> str:
    """A line of an export; ``types`` is the type of the first actor."""
    cells = [""] * version
    cells[0], cells[1], cells[25], cells[26] = "1", day, root, code
    cells[5], cells[6], cells[7], cells[12] = first, first, first, types
    cells[15], cells[16], cells[17] = second, second, second
    cells[56 if version < 61 else 59] = added or (day if version < 61 else f"{day}221500")
    if version > 57:
        cells[-1] = "https://news.example/story"
    return "\t".join(cells) + "\n"


MEND = (
    "med_event_ID", "conflict_country", "med_location - MULTISELECT", "med_loc_cty", "Day", "Month", "Year", "third_party",
    "individual_med_named", "groupings_mechanisms", "local_parties", "if_loc_belig", "agmt", "agmt_name", "Summary",
    "source_urls", "shuttle", "med_type",
)  # fmt: skip


def mend(*rows: dict[str, str]) -> str:
    """A table of MEND, with a byte order mark as it is published."""
    text = io.StringIO()
    writer = csv.DictWriter(text, MEND, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + text.getvalue()


def mediated(name: str, day: str, **more: str) -> dict[str, str]:
    """A meeting of MEND on a day ``YYYY-M-D``, of which parts may be empty."""
    year, month, date_ = day.split("-")
    said = {"med_event_ID": name, "conflict_country": "Ruritania", "Year": year, "Month": month, "Day": date_, "agmt": "0"}
    said |= {
        "third_party": "Norway",
        "local_parties": "Reds; Blues",
        "med_type": "M",
        "Summary": f"They met ({name}).",
        "shuttle": "0",
    }
    return said | more

"""Invented rows in the formats of coded data, and what an import makes of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from diplostate.codings.bring import Brought, import_coded, read_coded
from diplostate.ledger.protocol import Ledger

TODAY = date(2026, 1, 15)


def decoded(*rows: str, countries: bool = False) -> str:
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

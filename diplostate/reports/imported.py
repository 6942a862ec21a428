"""What an import came to: how much was new, and which anomalies came in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from diplostate.ledger.transfer import Imported
from diplostate.reports.facts import anomaly_data
from diplostate.reports.render import Field, Line, Page, Section, Span, View
from diplostate.reports.sentences import anomaly_words
from diplostate.reports.words import capital, counted, day_words


def view(found: Imported, *, dry_run: bool = False) -> View:
    """What an import came to, as a report; ``dry_run`` where it only would have."""
    return View(name="import", page=lambda: page(found, dry_run=dry_run), data=lambda: data(found, dry_run=dry_run))


def page(found: Imported, *, dry_run: bool = False) -> Page:
    """What an import came to, as a text."""
    would = "Would import" if dry_run else "Imported"
    lead = f"{would} {counted(_count(found), 'new event')} in {counted(len(found.new), 'track')}; known already: {found.known}"
    fields = [Field("Anomalies", list(_anomalies(found)))] if found.anomalies else []
    return Page(lead=[lead], sections=[Section(fields=fields)] if fields else [])


def _count(found: Imported) -> int:
    return sum(found.new.values())


def _anomalies(found: Imported) -> Iterator[Line]:
    for track, anomaly in found.anomalies:
        said = f"{capital(anomaly_words(anomaly, str))}, {day_words(anomaly.day)} ({track}, event {anomaly.event_id})"
        yield [Span(said, "warning")]


def data(found: Imported, *, dry_run: bool = False) -> dict[str, Any]:
    """What an import came to, as plain data."""
    return {
        "schema": "diplostate.import/1",
        "dry_run": dry_run,
        "new": _count(found),
        "known": found.known,
        "tracks": dict(found.new),
        "anomalies": [{"track": track, **anomaly_data(anomaly)} for track, anomaly in found.anomalies],
        "warnings": [str(fault) for fault in found.warnings],
    }

"""What an import came to: how much was new, and which anomalies came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from diplostate.ledger.transfer import Imported
from diplostate.reports.facts import anomaly_data
from diplostate.reports.render import Field, Line, Page, Section, Span, View
from diplostate.reports.words import anomaly_words, capital, counted, day_words


def view(found: Imported, *, dry_run: bool = False) -> View:
    """What an import came to, as a report; ``dry_run`` where it only would have."""
    return View(name="import", page=lambda: page(found, dry_run=dry_run), data=lambda: data(found, dry_run=dry_run))


def page(found: Imported, *, dry_run: bool = False) -> Page:
    """What an import came to, as a text."""
    tracks = len({event.track for event in found.new})
    would = "Would import" if dry_run else "Imported"
    lead = f"{would} {counted(len(found.new), 'new event')} in {counted(tracks, 'track')}; known already: {found.known}"
    fields = [Field("Anomalies", list(_anomalies(found)))] if found.anomalies else []
    return Page(lead=[lead], sections=[Section(fields=fields)] if fields else [])


def _anomalies(found: Imported) -> Iterator[Line]:
    for track, anomaly in found.anomalies:
        said = f"{capital(anomaly_words(anomaly, str))}, {day_words(anomaly.day)} ({track}, event {anomaly.event_id})"
        yield [Span(said, "warning")]


def data(found: Imported, *, dry_run: bool = False) -> dict[str, Any]:
    """What an import came to, as plain data."""
    return {
        "schema": "diplostate.import/1",
        "dry_run": dry_run,
        "new": len(found.new),
        "known": found.known,
        "tracks": dict(Counter(event.track for event in found.new)),
        "anomalies": [{"track": track, **anomaly_data(anomaly)} for track, anomaly in found.anomalies],
        "warnings": [str(fault) for fault in found.warnings],
    }

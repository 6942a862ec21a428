"""Checking log files: all their faults at once, as text, as JSON, or as GitHub shows them beside the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from diplostate.errors import Fault, InvalidLog, LedgerError, dotted
from diplostate.ledger.folder import open_logs
from diplostate.ledger.log_text import Located
from diplostate.ledger.logfile import locate
from diplostate.ledger.transfer import files_of
from diplostate.reports.sentences import anomaly_words
from diplostate.reports.visible import visible
from diplostate.reports.words import counted, day_words, unglued
from diplostate.talks.events import Event
from diplostate.talks.fold import reduce
from diplostate.talks.status import Anomaly


@attrs.frozen(kw_only=True)
class Check:
    """What was found in some log files."""

    files: tuple[str, ...]
    events: int
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that keep a log from being read."""
        return tuple(fault for fault in self.faults if fault.severity == "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is legal, but most likely a slip."""
        return tuple(fault for fault in self.faults if fault.severity != "error")

    def summary(self) -> str:
        """What was found, in a line."""
        found = [counted(len(self.errors), "error"), counted(len(self.warnings), "warning")]
        said = ", ".join(found) if self.faults else "no faults"
        return f"{counted(len(self.files), 'file')}, {counted(self.events, 'event')}: {said}"


def check(paths: Iterable[str | Path]) -> Check:
    """Check log files, and all logs in folders; never raises for what is wrong with them."""
    given = tuple(map(Path, paths))
    files = files_of(given)
    found = [_checked(file) for file in files]
    faults = [fault for _, wrong in found for fault in wrong]
    if not any(fault.severity == "error" for fault in faults):
        faults += (fault for folder in given if folder.is_dir() for fault in _together(folder))
    return Check(files=tuple(map(str, files)), events=sum(len(events) for events, _ in found), faults=tuple(faults))


def _checked(file: Path) -> tuple[list[Located], list[Fault]]:
    events: list[Located] = []
    faults: list[Fault] = []
    try:
        for found in locate(file):
            events.append(found) if isinstance(found, Located) else faults.append(found)
    except LedgerError as error:
        faults.append(Fault(str(error), file=str(file)))
    if not any(fault.severity == "error" for fault in faults):
        faults += _anomalies(events, file)
    return events, faults


def _together(folder: Path) -> Iterable[Fault]:
    """What is wrong with the logs of a folder only where they are read together."""
    try:
        open_logs(folder).close()
    except InvalidLog as error:
        return error.faults
    except LedgerError as error:
        return [Fault(str(error), file=str(folder))]
    return ()


def _anomalies(located: Sequence[Located], file: Path) -> Iterator[Fault]:
    """The answers to which there is no proposal, in the order of their lines."""
    tracks: dict[str, list[Event]] = {}
    for place in located:
        tracks.setdefault(place.event.track, []).append(place.event)
    statuses = (reduce(record, evidence=name) for record in tracks.values() for name in ("reported", "official"))
    found = {anomaly.event_id: anomaly for status in statuses for anomaly in status.anomalies}
    for place in located:
        if place.event.id in found:
            said = _anomaly(found[place.event.id])
            yield Fault(said, file=str(file), line=place.line, column=place.column, severity="warning")


def _anomaly(anomaly: Anomaly) -> str:
    said = f"{anomaly_words(anomaly, str)} (event {anomaly.event_id}, {day_words(anomaly.day)})"
    return f"an anomaly: {unglued(said)}; check the order of the dates, or add the proposal"


def text(found: Check) -> str:
    """One fault on each line: ``file:line:column: severity: what is wrong``."""
    return "".join(f"{visible(fault.where)}: {fault.severity}: {visible(_message(fault))}\n" for fault in found.faults)


def _message(fault: Fault) -> str:
    """The message, behind the path of the field where the line does not tell it."""
    return fault.message if fault.line or not fault.path else f"{dotted(fault.path)}: {fault.message}"


def github(found: Check) -> str:
    """Workflow commands of GitHub Actions, which show each fault beside its line."""
    return "".join(map(_command, found.faults))


def _command(fault: Fault) -> str:
    places = {"file": visible(fault.file), "line": fault.line, "col": fault.column}
    said = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in places.items() if value)
    return f"::{fault.severity} {said}::{_escaped(visible(_message(fault)))}\n"


def _escaped(value: str, more: str = "") -> str:
    for char in f"%{more}":
        value = value.replace(char, f"%{ord(char):02X}")
    return value


def data(found: Check) -> dict[str, Any]:
    """What was found as plain data."""
    return {
        "schema": "diplostate.validate/1",
        "files": list(found.files),
        "events": found.events,
        "errors": len(found.errors),
        "warnings": len(found.warnings),
        "faults": [_fault_data(fault) for fault in found.faults],
    }


def _fault_data(fault: Fault) -> dict[str, Any]:
    return {
        "file": fault.file,
        "line": fault.line or None,
        "column": fault.column or None,
        "path": dotted(fault.path) or None,
        "severity": fault.severity,
        "message": fault.message,
    }

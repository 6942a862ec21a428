"""What is installed, and whether a ledger is sound: its file, its order, and the statuses that it keeps ready."""

from __future__ import annotations

import platform
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from typing import Any

import attrs

from diplostate._version import __version__
from diplostate.errors import DiplostateError
from diplostate.ledger import ask
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.protocol import Examined, Ledger, Rebuilt
from diplostate.reports.render import Field, Line, Page, Section, Span, View
from diplostate.reports.words import counted

OK, NOTE, FAULT = "ok", "note", "fault"
"""Levels: all is well; worth knowing; wrong."""


@attrs.frozen
class Finding:
    """One thing that was looked at."""

    name: str
    level: str
    """One of `OK`, `NOTE` and `FAULT`."""
    said: str


@attrs.frozen(kw_only=True)
class Examination:
    """What was found; ``ledger`` is empty where none was named."""

    installed: tuple[Finding, ...]
    ledger: tuple[Finding, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is wrong."""
        return tuple(finding for finding in (*self.installed, *self.ledger) if finding.level == FAULT)


def examine(opened: Callable[[], Ledger] | None = None, *, rebuild: bool = False) -> Examination:
    """Look at what is installed, and at the ledger that ``opened`` opens; never raises for what is wrong with them.

    With ``rebuild``, the statuses that the ledger keeps ready are made anew from its events before one looks.
    """
    return Examination(installed=tuple(installed()), ledger=tuple(_opened(opened, rebuild)) if opened else ())


# What is installed.

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


def installed() -> Iterator[Finding]:
    """The versions of diplostate, Python, SQLite and the packages that are needed, and which extras are there."""
    yield Finding("diplostate", OK, __version__)
    yield Finding("Python", OK, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Finding("SQLite", OK, sqlite3.sqlite_version)
    for extra, packages in _requirements().items():
        versions = {package: _version(package) for package in packages}
        missing = [package for package, version in versions.items() if version is None]
        there = ", ".join(f"{package} {version}" for package, version in versions.items() if version)
        if extra is None:
            level, said = (FAULT, f"{', '.join(missing)} missing: pip install diplostate") if missing else (OK, there)
            yield Finding("packages", level, said)
        elif missing:
            yield Finding(f"extra {extra}", NOTE, f"{', '.join(missing)} missing: pip install 'diplostate[{extra}]'")
        else:
            yield Finding(f"extra {extra}", OK, there)


def _requirements() -> Mapping[str | None, list[str]]:
    """The packages that diplostate needs (None), and those of each extra, as its metadata says."""
    found: dict[str | None, list[str]] = {}
    for requirement in _declared():
        extra, name = _EXTRA.search(requirement), _NAME.match(requirement)
        if name is not None and name[0] != "diplostate":  # an extra made of others
            found.setdefault(extra and extra[1], []).append(name[0])
    return found


def _declared() -> Sequence[str]:
    try:
        return metadata.requires("diplostate") or ()
    except metadata.PackageNotFoundError:  # it runs from a folder
        return ()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


# A ledger.


def _opened(opened: Callable[[], Ledger], rebuild: bool) -> Iterator[Finding]:
    try:
        ledger = opened()
    except DiplostateError as error:
        yield Finding("opens", FAULT, str(error))
        return
    with ledger:
        yield Finding("opens", OK, ledger.url)
        if rebuild:
            yield _rebuilt(ledger)
        yield from health(ledger)


def _rebuilt(ledger: Ledger) -> Finding:
    if not isinstance(ledger, Rebuilt):
        return Finding("rebuilt", NOTE, "it keeps no statuses: they are made when they are asked for")
    try:
        return Finding("rebuilt", OK, f"the statuses of {counted(ledger.rebuild(), 'track')}")
    except DiplostateError as error:
        return Finding("rebuilt", FAULT, str(error))


def health(ledger: Ledger) -> Iterator[Finding]:
    """Whether a ledger is sound; reads all of it. What cannot even be looked at is a fault too."""
    checks: dict[str, Callable[[Ledger], Iterable[Finding]]] = {
        "place": _place,
        "events": _events,
        "statuses": _statuses,
        "anomalies": _anomalies,
        "links": _links,
    }
    for name, check in checks.items():
        try:
            yield from check(ledger)
        except DiplostateError as error:
            yield Finding(name, FAULT, str(error))


def _place(ledger: Ledger) -> Iterator[Finding]:
    if isinstance(ledger, Examined):
        yield from (Finding(name, OK if sound else FAULT, said) for name, sound, said in ledger.examine())


def _events(ledger: Ledger) -> Iterator[Finding]:
    """One reading of the whole ledger: whether places in it, and in its tracks, count up from 1, and times go forward."""
    versions: Counter[str] = Counter()
    gaps: list[str] = []
    back, latest = 0, None
    for place, event in enumerate(ledger.read(), 1):
        versions[event.track] += 1
        if event.position != place:
            gaps.append(f"event {event.id} has position {event.position} in place {place}")
        if event.version != versions[event.track]:
            gaps.append(f"event {event.id} has version {event.version} in place {versions[event.track]} of {event.track!r}")
        back += latest is not None and event.known < latest
        latest = event.known if latest is None else max(latest, event.known)
    named = {track: ledger.version(track) for track in ledger.tracks()}
    yield Finding("events", OK, f"{versions.total()} in {counted(len(versions), 'track')}, all readable")
    if named != versions or ledger.head != versions.total():
        gaps.append("the tracks and versions that it names are not those of its events")
    yield Finding("order", FAULT if gaps else OK, gaps[0] if gaps else "positions and versions count up without gaps")
    if back:
        yield Finding("recorded", NOTE, f"{counted(back, 'event')} recorded earlier than one before, as imported ones may be")


def _statuses(ledger: Ledger) -> Iterator[Finding]:
    """Whether what is kept beside each track is what its events come to now."""
    project = StatusProjector().project
    kept = list(ledger.projections())
    wrong = [track for track, projection in kept if project(ledger.events(track)) != projection]
    if wrong:
        named = ", ".join(wrong[:5])
        advice = "do not rely on it; diplostate doctor --rebuild makes all anew"
        yield Finding("statuses", FAULT, f"{len(wrong)} of {len(kept)} not what its events come to ({named}): {advice}")
    else:
        yield Finding("statuses", OK, f"{len(kept)}, each what its events come to")


def _anomalies(ledger: Ledger) -> Iterator[Finding]:
    found = {
        (track, anomaly.event_id)
        for evidence in ("official", "reported")
        for track, status in ask.statuses(ledger, evidence=evidence)
        for anomaly in status.anomalies
    }
    tracks = ", ".join(sorted({track for track, _ in found}))
    said = (
        f"{counted(len(found), 'answer')} without a proposal ({tracks}): diplostate why TRACK tells more" if found else "none"
    )
    yield Finding("anomalies", NOTE if found else OK, said)


def _links(ledger: Ledger) -> Iterator[Finding]:
    statuses = dict(ask.statuses(ledger))
    linked = {link.track for status in statuses.values() for link in status.description.links}
    strangers = sorted(linked - statuses.keys())
    if strangers:
        yield Finding("links", NOTE, f"some lead to tracks that are not in this ledger: {', '.join(strangers)}")


# As a report.


def view(found: Examination) -> View:
    """What was found, as a report."""
    return View(name="doctor", page=lambda: page(found), data=lambda: data(found))


def page(found: Examination) -> Page:
    """What was found, as a text."""
    sections = [Section(heading=["Installed"], fields=map(_field, found.installed))]
    if found.ledger:
        sections.append(Section(heading=["Ledger"], fields=map(_field, found.ledger)))
    faults = len(found.faults)
    verdict = counted(faults, "fault") if faults else "no fault"
    return Page(sections=[*sections, Section(lead=[[Span(f"Found {verdict}.", "warning" if faults else "heading")]])])


def _field(finding: Finding) -> Field:
    if finding.level == OK:
        return Field(finding.name, [finding.said])
    line: Line = [Span(f"{finding.level}:", "warning" if finding.level == FAULT else "reported"), f" {finding.said}"]
    return Field(finding.name, [line])


def data(found: Examination) -> dict[str, Any]:
    """What was found, as plain data."""
    return {
        "schema": "diplostate.doctor/1",
        "installed": [attrs.asdict(finding) for finding in found.installed],
        "ledger": [attrs.asdict(finding) for finding in found.ledger],
        "faults": len(found.faults),
    }

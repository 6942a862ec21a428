"""What an import of coded events came to: what was read, merged, mapped, left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diplostate.codings.bring import Brought
from diplostate.codings.cameo import table
from diplostate.codings.rows import Tally
from diplostate.reports.render import Field, Line, Page, Section, Span, View
from diplostate.reports.words import counted
from diplostate.talks.events import Event

_MOST_STRANGERS = 5


def view(found: Brought, *, dry_run: bool = False) -> View:
    """What an import of coded events came to, as a report; ``dry_run`` where it only would have."""
    return View(name="import", page=lambda: page(found, dry_run=dry_run), data=lambda: data(found, dry_run=dry_run))


def page(found: Brought, *, dry_run: bool = False) -> Page:
    """What an import of coded events came to, as a text."""
    new, gone, back = (_count(events) for events in (found.change.new, found.change.gone, found.change.back))
    would = "Would import" if dry_run else "Imported"
    lead = (
        f"{would} {counted(new, 'new event')} in {counted(len(found.change.new), 'track')}; known already: {found.change.known}"
    )
    tally = found.coded.tally
    fields = [
        Field("Read", [f"{tally.read:,} rows; talks in {counted(len(found.coded.tracks), 'track')}"]),
        Field("Merged", list(_reasons(tally.merged))),
        Field("Left out", list(_reasons(tally.left))),
        Field("Strangers", list(_strangers(tally.strangers))),
        Field("Read as", list(_readings(tally.codes))),
        Field("Retracted", [f"{counted(gone, 'event')} that the newer vintage does not have"] if gone else []),
        Field("Returned", [f"{counted(back, 'event')} that an earlier vintage had lost"] if back else []),
        Field("Warnings", list(_warnings(tally))),
    ]
    return Page(lead=[lead], sections=[Section(fields=[field for field in fields if field.lines])])


def _count(events: Mapping[str, Sequence[Event]]) -> int:
    return sum(map(len, events.values()))


def _reasons(reasons: Counter[str]) -> Iterator[Line]:
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        if count:
            yield [Span(f"{count:,} {reason}")]


def _strangers(strangers: Counter[str]) -> Iterator[Line]:
    most = ", ".join(f"{name} ({count:,})" for name, count in strangers.most_common(_MOST_STRANGERS))
    if most:
        yield [Span(f"no party is known for {counted(len(strangers), 'name')}, most often {most}")]


def _warnings(tally: Tally) -> Iterator[Line]:
    for fault in tally.warnings:
        yield [Span(str(fault), "warning")]
    if tally.warned > len(tally.warnings):
        yield [Span(f"and {tally.warned - len(tally.warnings):,} more", "warning")]


def _readings(codes: Counter[tuple[str, str]]) -> Iterator[Line]:
    kinds: dict[str, Counter[str]] = {}
    for (code, kind), count in codes.items():
        kinds.setdefault(code, Counter())[kind] += count
    for code in sorted(kinds, key=lambda code: -kinds[code].total()):
        label = table()[code].label if code in table() else ""
        said = ", ".join(f"{kind} {count:,}" for kind, count in kinds[code].most_common())
        yield [Span(f"{code} {label}: {said}")]


def data(found: Brought, *, dry_run: bool = False) -> dict[str, Any]:
    """What an import of coded events came to, as plain data."""
    tally, change = found.coded.tally, found.change
    return {
        "schema": "diplostate.import-coded/1",
        "dry_run": dry_run,
        "coding": found.coded.coding,
        "read": tally.read,
        "merged": dict(tally.merged),
        "left_out": {reason: count for reason, count in tally.left.items() if count},
        "strangers": dict(tally.strangers.most_common()),
        "read_as": [{"code": code, "kind": kind, "rows": count} for (code, kind), count in sorted(tally.codes.items())],
        "tracks": {track: len(events) for track, events in change.new.items()},
        "new": _count(change.new),
        "known": change.known,
        "retracted": _count(change.gone),
        "returned": _count(change.back),
        "warnings": [str(fault) for fault in tally.warnings],
    }

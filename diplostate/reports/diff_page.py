"""What is different, in its shapes: a page for people, tables, and data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import attrs

from diplostate.ledger.codec import to_dict
from diplostate.reports.diff import Cause, Change, Diff
from diplostate.reports.facts import entry_data, iso, status_data
from diplostate.reports.question import Question, evidence_words, moment_text
from diplostate.reports.render import Field, Line, Page, Section, Span, Table, View, heading
from diplostate.reports.sentences import effect_words, sentence
from diplostate.reports.timeline import source_line
from diplostate.reports.words import capital, date_words, day_words, days_words, moment_words, on_words, unglued
from diplostate.talks.dates import Moment, as_edtf, day_of
from diplostate.talks.events import Event, Noted, Retracted
from diplostate.talks.status import Status


def view(diff: Diff) -> View:
    """The differences as a report."""
    return View(
        name="diff", page=lambda: page(diff), table=lambda: table(diff), rows=lambda: rows(diff), data=lambda: data(diff)
    )


# As a page.


_MINOR = frozenset({"title", "parties", "links", "latest note"})
"""What can differ though the talks themselves stand where they stood."""
_TOLD_ANYWAY = frozenset({"status", "since", "latest event"})
"""What a page tells with the statuses themselves, and with the events."""


def page(diff: Diff) -> Page:
    """The differences as a text: the tracks that moved in full, behind them those that were only described or noted.

    In hindsight, the latest day comes first: it is what was shown at the time.
    """
    told = {track: [change for change in diff.changes if change.track == track] for track in diff.changed}
    quiet = {track: changes for track, changes in told.items() if all(map(_is_minor, changes))}
    sections = [part for track, changes in told.items() if track not in quiet for part in _track(track, changes, diff)]
    return Page(
        lead=[[Span(_summary(diff, len(told) - len(quiet)), "dim")]],
        sections=[*sections, *([_quiet(quiet, diff)] if quiet else [])],
    )


def _is_minor(change: Change) -> bool:
    return all(difference.name in _MINOR for difference in change.differences)


_VERBS = {"happened": "moved", "known": "shown otherwise", "branch": "would move"}
_LABELS = {
    "happened": ("Was", "Is", "Moved by"),
    "known": ("We showed", "We know", "Because"),
    "branch": ("Is", "Would be", "If"),
}
"""How the statuses and what makes the difference are called on each axis."""


def _summary(diff: Diff, moved: int) -> str:
    verb = _VERBS[diff.axis]
    counted = (
        f"{moved or 'none'} of {len(diff.tracks)} tracks {verb}"
        if len(diff.tracks) != 1
        else f"{'' if moved else 'not '}{verb}"
    )
    return f"{capital(_asked(diff))}, on {evidence_words(diff.later.evidence)}: {counted}"


def _asked(diff: Diff) -> str:
    """What is compared, in words."""
    earlier, later = diff.earlier, diff.later
    if diff.axis == "branch":
        known = f", as known on {moment_words(later.known_at)}" if later.known_at else ""
        return f"hypothetical, on a branch{f', as of {moment_words(later.as_of)}' if later.as_of else ''}{known}"
    if diff.is_hindsight:
        as_of = f"as of {moment_words(earlier.as_of)}, " if earlier.as_of else ""
        shown = moment_words(earlier.known_at or earlier.now)
        return f"{as_of}as shown on {shown}, and as known on {moment_words(later.known_at or later.now)}"
    known = f", as known on {moment_words(later.known_at)}" if later.known_at else ""
    return f"from {moment_words(earlier.as_of or earlier.now)} to {moment_words(later.as_of or later.now)}{known}"


def _quiet(quiet: Mapping[str, Sequence[Change]], diff: Diff) -> Section:
    title = "Described or noted otherwise" if diff.is_hindsight else "Only described or noted"
    return Section(heading=[title], fields=[Field(track, changed(changes[0])) for track, changes in quiet.items()])


def _track(track: str, changes: Sequence[Change], diff: Diff) -> Iterator[Section]:
    """The track; in hindsight what was shown at the time in full, and the days before it in brief."""
    title = heading(changes[0].after.description.title, track)
    if not diff.is_hindsight:
        yield attrs.evolve(_section(changes[0], diff), heading=title)
        return
    yield Section(heading=title)
    yield _section(changes[0], diff)
    if len(changes) > 1:
        yield Section(heading=["Earlier days"], fields=_earlier(changes))


MOST_SPANS = 12
"""Earlier spans of days of which a page tells."""


def _earlier(changes: Sequence[Change]) -> Iterator[Field]:
    """Each span of days: what was shown, what is known, and the reason where it has not been told yet."""
    for later, change in pairwise(changes[: MOST_SPANS + 1]):
        was, became = (status.headline(change.later.now) for status in (change.before, change.after))
        told = [f"{capital(was)} → {became}"] if was != became else changed(change)
        known = {id(cause.event) for cause in later.causes}
        new = [cause for cause in change.causes if id(cause.event) not in known]
        yield Field(span_words(change), [*told, *(_in_brief(cause, change) for cause in new)])
    if more := len(changes[MOST_SPANS + 1 :]):
        yield Field("…", [f"and {more} earlier spans of days"])


def _in_brief(cause: Cause, change: Change) -> Line:
    event = cause.event
    said = f"{date_words(event.occurred)}: {sentence(event, change.after.description.name)}"
    return [Span("because", "dim"), f" {said} (recorded on {moment_words(event.known)}; event {event.id})"]


def changed(change: Change) -> list[str]:
    """What is said differently; what is minor only where there is nothing else."""
    found = [one for one in change.differences if one.name not in _TOLD_ANYWAY]
    major = [one for one in found if one.name not in _MINOR]
    return [f"{one.name}: {one.before} → {one.after}" for one in major or found]


def _section(change: Change, diff: Diff) -> Section:
    labels = _LABELS[diff.axis]
    causes = [line for cause in change.causes for line in _cause(cause, change, diff)]
    fields = [
        Field(labels[0], [headline(change.before, change.earlier.now)]),
        Field(labels[1], [headline(change.after, change.later.now)]),
        Field("Changed", changed(change)),
        Field(labels[2], causes),
    ]
    return Section(
        heading=[f"As of {span_words(change)}"] if diff.is_hindsight else (), fields=[field for field in fields if field.lines]
    )


def span_words(change: Change) -> str:
    """The days as of which a status was shown otherwise."""
    until = change.later.as_of
    if until is None or change.since is None or change.since == day_of(until):
        return moment_words(until or change.later.now)
    return date_words(as_edtf(f"{change.since}/{day_of(until)}"))


def headline(status: Status, now: Moment) -> Line:
    """A status in a line."""
    since = f", since {day_words(status.since)}" if status.since else ""
    return [Span(capital(status.headline(now)), f"phase.{status.phase}"), since]


def _cause(cause: Cause, change: Change, diff: Diff) -> Iterator[Line | str]:
    """An event and what it did; in hindsight also when it was recorded, who said it, and where to find it."""
    event, description = cause.event, change.after.description
    yield [Span(f"{date_words(event.occurred)}: {sentence(event, description.name)}", "heading")]
    if cause.about is not None:
        yield f"That event: {sentence(cause.about, description.name)}, {on_words(cause.about.occurred)}"
    if did := did_words(cause, change):
        yield [Span(capital(did), "effect")]
    if diff.is_hindsight:
        yield f"Recorded on {moment_words(event.known)}{_late(event, diff)}"
        yield from (source_line(source, cause.told.entry, description) for source in cause.told.entry.sources)
        yield [Span(f"event {event.id}", "dim")]


def did_words(cause: Cause, change: Change) -> str:
    """What an event did to the status, or to the event of which it speaks; empty for mere context."""
    event = cause.event
    if cause.told.step is not None:
        return effect_words(cause.told.step, change.later.now)
    if isinstance(event, Retracted):
        return "takes that event out of the record"
    if isinstance(event, Noted) and event.confirms:
        return "adds its sources to that event"
    return "denies that event" if isinstance(event, Noted) and event.denies else ""


def _late(event: Event, diff: Diff) -> str:
    days = (event.known.date() - day_of(diff.earlier.known_at or diff.earlier.now)).days
    return f", {days_words(days)} after what we showed" if days > 0 else ""


# As rows.

_TABLE = ("track", "as of", "was", "is", "because")
_ROWS = ("track", "since", "until", "what", "before", "after", "because")


def table(diff: Diff) -> Table:
    """A row for each change, for people."""
    return Table(_TABLE, tuple(_row(change) for change in diff.changes))


def _row(change: Change) -> tuple[str, ...]:
    because = "; ".join(sentence(cause.event, change.after.description.name) for cause in change.causes)
    was, became = change.before.headline(change.earlier.now), change.after.headline(change.later.now)
    return (change.track, span_words(change), was, became, because)


def rows(diff: Diff) -> Table:
    """A row for each thing that is said differently, for programs; ``because`` holds the ids of events."""
    found = []
    for change in diff.changes:
        until = moment_text(change.later.as_of)
        because = " ".join(cause.event.id or "" for cause in change.causes)
        for one in change.differences:
            before, after = unglued(one.before), unglued(one.after)
            found.append((change.track, iso(change.since), until, one.name, before, after, because))
    return Table(_ROWS, tuple(found))


# As data.


def data(diff: Diff) -> dict[str, Any]:
    """The differences as plain data."""
    return {
        "schema": "diplostate.diff/1",
        "axis": diff.axis,
        "from": _cuts(diff.earlier),
        "to": _cuts(diff.later),
        "evidence": diff.later.evidence.name,
        "now": moment_text(diff.later.now),
        "tracks": list(diff.tracks),
        "changes": [_change_data(change, diff) for change in diff.changes],
    }


def _cuts(question: Question) -> dict[str, str | None]:
    return {"as_of": moment_text(question.as_of), "known_at": moment_text(question.known_at)}


def _change_data(change: Change, diff: Diff) -> dict[str, Any]:
    return {
        "track": change.track,
        "title": change.after.description.title,
        "since": iso(change.since),
        "until": moment_text(change.later.as_of) if diff.is_hindsight else None,
        "before": status_data(change.before, change.earlier.now),
        "after": status_data(change.after, change.later.now),
        "differences": [
            {"what": one.name, "before": unglued(one.before), "after": unglued(one.after)} for one in change.differences
        ],
        "because": [_cause_data(cause, change) for cause in change.causes],
    }


def _cause_data(cause: Cause, change: Change) -> dict[str, Any]:
    description = change.after.description
    return {
        **entry_data(cause.told.entry, description),
        "known": cause.event.known.isoformat().replace("+00:00", "Z"),
        "says": unglued(sentence(cause.event, description.name)),
        "does": unglued(did_words(cause, change)) or None,
        "about": cause.about and to_dict(cause.about),
    }

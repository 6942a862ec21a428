"""What if: the status that a track would have, had some more happened, and what would be otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from diplostate.ledger.branch import Branch
from diplostate.ledger.codec import to_dict
from diplostate.ledger.protocol import Ledger
from diplostate.reports import status_page
from diplostate.reports.diff import Diff, branched
from diplostate.reports.diff_page import changed, headline
from diplostate.reports.facts import anomaly_data, status_data
from diplostate.reports.question import Question, evidence_words
from diplostate.reports.render import Field, Page, Section, Span, View
from diplostate.reports.sentences import sentence
from diplostate.reports.status import Brief, brief
from diplostate.reports.words import date_words, moment_words, unglued
from diplostate.talks.dates import Moment, day_of
from diplostate.talks.events import Event
from diplostate.talks.status import Status


@attrs.frozen(kw_only=True)
class WhatIf:
    """What would be, had some more happened on a track; none of it is on record."""

    track: str
    question: Question
    """How things stand: the cuts at which the branch begins."""
    later: Question
    """What is asked of the branch: all of it, seen on the day of its last event, or on that of the cuts if it is later."""
    branch: Branch
    events: tuple[Event, ...]
    """What would have happened, marked as hypothetical."""
    before: Status
    brief: Brief
    """The status that would be, in full."""
    diff: Diff


def what_if(
    ledger: Ledger, track: str, events: Sequence[Event], question: Question | None = None, *, strict: bool = True
) -> WhatIf:
    """The status that a track would have, had these events happened, one after the other; the ledger stays as it is.

    The question says where things stand: ``as_of`` and ``known_at`` cut what is on record. Raises `TrackNotFound`,
    `InvalidEvent`, and, where ``strict``, `NotAllowed` for an answer for which there would be no proposal.
    """
    asked = question or Question.of()
    ledger.events(track)
    base = ledger.branch(at=asked.known_at, axis="known") if asked.known_at is not None else ledger
    branch = Branch(base, at=asked.as_of)
    stored = tuple(one for event in events for one in branch.append([event], strict=strict))
    now = max(filter(None, (asked.as_of, asked.known_at, *(event.day for event in branch.events(track)))), key=_day)
    later = Question.of(evidence=asked.evidence, now=now)
    diff = branched(branch, [track], evidence=asked.evidence, now=now)
    below = branch.branch(at=branch.fork)
    was = brief(track, below.events(track) if below.version(track) else (), later)
    would_be = brief(track, branch.events(track), later)
    return WhatIf(
        track=track, question=asked, later=later, branch=branch, events=stored, before=was.status, brief=would_be, diff=diff
    )


def _day(moment: Moment) -> int:
    return day_of(moment).toordinal()


def view(found: WhatIf) -> View:
    """It as a report, which says in every form that it is hypothetical."""
    return View(name="what if", page=lambda: page(found), data=lambda: data(found))


def page(found: WhatIf) -> Page:
    """It as a text: what would be otherwise, and the status that would be."""
    asked = found.question
    cuts = f", as of {moment_words(asked.as_of)}" if asked.as_of else ""
    cuts += f", as known on {moment_words(asked.known_at)}" if asked.known_at else ""
    begins = (
        f"Begins with what is on record{cuts}; seen on {moment_words(found.later.now)}, on {evidence_words(asked.evidence)}"
    )
    lead = Span("Hypothetical: what would happen is not on record", "warning")
    return Page(lead=[[lead], [Span(begins, "dim")]], sections=[_changes(found), status_page.section(found.brief)])


def _changes(found: WhatIf) -> Section:
    """What would have happened, and what would be otherwise."""
    now, after = found.later.now, found.brief.status
    told = [f"{date_words(event.occurred)}: {sentence(event, found.brief.name)}" for event in found.events]
    differences = [line for change in found.diff.changes for line in changed(change)]
    return Section(
        heading=["What if"],
        fields=[
            Field("If", told),
            Field("Is", [headline(found.before, now)]),
            Field("Would be", [headline(after, now)]),
            Field("Changes", differences or ["nothing else" if found.diff.changes else "nothing"]),
        ],
    )


def data(found: WhatIf) -> dict[str, Any]:
    """It as plain data, in the envelope of the question that it begins with."""
    now = found.later.now
    change = found.diff.changes[0] if found.diff.changes else None
    return attrs.evolve(found.question, now=now).envelope(
        "whatif",
        hypothetical=True,
        track=found.track,
        title=found.brief.status.description.title,
        events=[to_dict(event) for event in found.events],
        before=status_data(found.before, now),
        after=status_data(found.brief.status, now),
        differences=[
            {"what": one.name, "before": unglued(one.before), "after": unglued(one.after)}
            for one in (change.differences if change else ())
        ],
        anomalies=[anomaly_data(anomaly) for anomaly in found.brief.status.anomalies],
    )

"""A walk through a ledger as it is told: each event, and what it did, as lines for people or as a line of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from diplostate.ledger.codec import to_dict
from diplostate.reports.facts import status_data
from diplostate.reports.question import moment_text
from diplostate.reports.render import WIDEST, Field, Page, Section, Span, page_lines
from diplostate.reports.sentences import changes, sentence
from diplostate.reports.visible import json_line
from diplostate.reports.words import capital, moment_words, unglued
from diplostate.simulation.play import Played
from diplostate.talks.dates import Moment

Lines = Iterable[tuple[Span, ...]]


def told(walk: Iterable[Played], tracks: Iterable[str], *, width: int = WIDEST) -> Iterator[tuple[Moment, Lines]]:
    """Each step of a walk over these tracks, its moment first, as lines of styled pieces; a moment is said when it comes."""
    now, widest = None, max(map(len, tracks), default=0)
    for step in walk:
        heading = [Span(moment_words(step.now), "heading")] if step.now != now else ()
        is_first, now = now is None, step.now
        lines = page_lines(Page(sections=[Section(heading=heading, fields=[_field(step, widest)])]), width)
        yield step.now, lines if is_first or not heading else ((), *lines)


def _field(step: Played, widest: int) -> Field:
    said = [Span(sentence(step.event, step.after.description.name))]
    if step.event.hypothetical:
        said.append(Span(" (hypothetical)", "warning"))
    return Field(step.event.track.ljust(widest), [said, *([Span(capital(change), "effect")] for change in _changes(step))])


def _changes(step: Played) -> list[str]:
    return list(changes(step.before, step.after, step.now))


def line(step: Played) -> str:
    """A step as a line of JSON, with its line end."""
    return json_line(data(step))


def data(step: Played) -> dict[str, Any]:
    """A step as plain data."""
    return {
        "schema": "diplostate.play/1",
        "now": moment_text(step.now),
        "track": step.event.track,
        "event": to_dict(step.event),
        "says": unglued(sentence(step.event, step.after.description.name)),
        "changes": [unglued(change) for change in _changes(step)],
        "before": status_data(step.before, step.now),
        "after": status_data(step.after, step.now),
    }

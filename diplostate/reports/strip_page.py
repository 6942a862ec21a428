"""Phases over time in words, as rows and as data; the drawings of them are beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from diplostate.reports.facts import iso
from diplostate.reports.render import Cell, Field, Line, Page, Section, Span, Table, View, heading
from diplostate.reports.sentences import sentence
from diplostate.reports.strip import FATES, Lane, Mark, Plan, Spell, Strip, Strips
from diplostate.reports.words import capital, date_words, day_words, joined, on_words, unglued
from diplostate.talks.dates import Edtf
from diplostate.talks.events import Held


def view(found: Strips) -> View:
    """The report, ready to be rendered."""
    return View(
        name="timeline",
        page=partial(page, found),
        table=partial(table, found),
        rows=partial(rows, found),
        data=partial(data, found),
    )


# In words.


def page(found: Strips) -> Page:
    """The phases over time as a text."""
    sections = [section for strip in found.drawn for section in _sections(strip)]
    return Page(lead=[[Span(found.question.words(), "dim")]], sections=[*sections, *quiet_sections(found)])


def _sections(strip: Strip) -> Iterator[Section]:
    title = list(heading(strip.description.title, strip.track))
    for place, lane in enumerate(strip.lanes):
        said = [Span("Reported, not official", "reported")] if place else title
        spells = [spell for spell in lane.spells if not place or spell not in strip.lanes[0].spells]
        yield Section(heading=said, fields=[_field(spell, strip) for spell in spells])
    if meetings := sorted(_meetings(strip), key=lambda meeting: meeting[0]):
        yield Section(heading=["Meetings"], fields=[Field(date_words(when), [said]) for _, when, said in meetings])


def _field(spell: Spell, strip: Strip) -> Field:
    lines: list[Line | str] = [[Span(capital(spell.headline), f"phase.{spell.phase}")]]
    if spell.awaiting:
        lines.append(f"awaited: {joined(map(strip.description.name, spell.awaiting))}")
    if spell.earliest != spell.begin:
        lines.append(f"the date is imprecise: it began {on_words(spell.event.occurred)}")
    return Field(spell_words(spell), lines)


def spell_words(spell: Spell) -> str:
    """From when until when."""
    return f"{day_words(spell.begin, spell.end)} – {day_words(spell.end)}" if spell.end else f"since {day_words(spell.begin)}"


def _meetings(strip: Strip) -> Iterator[tuple[date, Edtf, str]]:
    """The meetings that were held, and those that were set and not held: from which day, when, and what of them."""
    for mark in strip.marks:
        if isinstance(mark.entry.event, Held):
            yield mark.entry.day, mark.entry.event.occurred, mark_words(mark, strip)
    for plan in strip.plans:
        if plan.fate != "held" and plan.event.on is not None:
            yield plan.event.on.earliest or plan.event.day, plan.event.on, plan_words(plan, strip)


def mark_words(mark: Mark, strip: Strip) -> str:
    """What an event says, without its date."""
    said = sentence(mark.entry.event, strip.description.name)
    return said if mark.counts else f"{said} (reported, not official)"


def plan_words(plan: Plan, strip: Strip) -> str:
    """A meeting that was set, and what came of it."""
    said = f"{sentence(plan.event, strip.description.name)}; {FATES[plan.fate]}"
    return said if plan.counts else f"{said} (reported, not official)"


def quiet_sections(found: Strips) -> list[Section]:
    """The tracks of which there is nothing to draw."""
    fields = [Field(strip.track, [strip.description.title or "without a title"]) for strip in found.quiet]
    return [Section(heading=["No talks proposed"], fields=fields)] if fields else []


# As rows and as data.


def table(found: Strips) -> Table:
    """A row for each spell, for people."""
    columns = ("track", "evidence", "from", "to", "days", "status", "awaited")
    return Table(columns, tuple(_row(found, strip, lane, spell) for strip, lane, spell in _all(found)))


def _all(found: Strips) -> Iterator[tuple[Strip, Lane, Spell | None]]:
    """Every spell; None for a lane that has none."""
    return ((strip, lane, spell) for strip in found.strips for lane in strip.lanes for spell in lane.spells or (None,))


def _row(found: Strips, strip: Strip, lane: Lane, spell: Spell | None) -> tuple[Cell, ...]:
    if spell is None:
        return strip.track, lane.evidence, None, None, None, lane.status.headline(), None
    inexact = f" ({spell.event.occurred})" if spell.earliest != spell.begin else ""
    awaited = ", ".join(map(strip.description.name, spell.awaiting)) or None
    begin, end = f"{iso(spell.begin)}{inexact}", iso(spell.end) or "goes on"
    return strip.track, lane.evidence, begin, end, _days(spell, found), spell.headline, awaited


def _days(spell: Spell, found: Strips) -> int:
    return max(((spell.end or found.question.today) - spell.begin).days, 0)


def rows(found: Strips) -> Table:
    """A row for each spell, for programs."""
    columns = (
        "track", "title", "evidence", "from", "to", "days", "phase", "headline", "awaiting", "earliest", "occurred", "event",
    )  # fmt: skip
    return Table(columns, tuple(_values(found, strip, lane, spell) for strip, lane, spell in _all(found)))


def _values(found: Strips, strip: Strip, lane: Lane, spell: Spell | None) -> tuple[Cell, ...]:
    said = _spell_data(spell, found) if spell else {"phase": lane.status.phase.value, "headline": lane.status.headline()}
    names = ("from", "to", "days", "phase", "headline", "awaiting", "earliest", "occurred", "event")
    cells = {**said, "awaiting": " ".join(said.get("awaiting", ())) or None}
    return strip.track, strip.description.title, lane.evidence, *(cells.get(name) for name in names)


def data(found: Strips) -> dict[str, Any]:
    """Everything as plain data, in its envelope; ``to`` is the day on which the next phase began, null while one lasts."""
    return found.question.envelope("timeline", tracks=[_strip_data(strip, found) for strip in found.strips])


def _strip_data(strip: Strip, found: Strips) -> dict[str, Any]:
    return {
        "track": strip.track,
        "title": strip.description.title,
        "lanes": [
            {"evidence": lane.evidence, "spells": [_spell_data(spell, found) for spell in lane.spells]} for lane in strip.lanes
        ],
        "events": [_mark_data(mark, strip) for mark in strip.marks],
        "meetings": [_plan_data(plan, strip) for plan in strip.plans],
    }


def _spell_data(spell: Spell, found: Strips) -> dict[str, Any]:
    return {
        "from": iso(spell.begin),
        "to": iso(spell.end),
        "days": _days(spell, found),
        "phase": spell.phase.value,
        "headline": spell.headline,
        "awaiting": list(spell.awaiting),
        "earliest": iso(spell.earliest),
        "occurred": str(spell.event.occurred),
        "event": spell.event.id,
    }


def _mark_data(mark: Mark, strip: Strip) -> dict[str, Any]:
    event = mark.entry.event
    return {
        "event": event.id,
        "kind": event.kind,
        "symbol": event.symbol,
        "occurred": str(event.occurred),
        "earliest": iso(event.occurred.earliest),
        "latest": iso(event.occurred.latest),
        "day": iso(mark.entry.day),
        "standing": mark.entry.standing.value,
        "counts": mark.counts,
        "says": unglued(mark_words(mark, strip)),
    }


def _plan_data(plan: Plan, strip: Strip) -> dict[str, Any]:
    on = plan.event.on
    return {
        "event": plan.event.id,
        "on": str(on) if on else None,
        "earliest": iso(on.earliest) if on else None,
        "latest": iso(on.latest) if on else None,
        "fate": plan.fate,
        "counts": plan.counts,
        "says": unglued(plan_words(plan, strip)),
    }

"""How long talks wait, as a report: in words, as a table, as rows and data, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from diplostate.reports.chart import Chart, Points, stacked, stepped
from diplostate.reports.chart import Curve as Drawn
from diplostate.reports.facts import iso
from diplostate.reports.question import Question, evidence_words
from diplostate.reports.render import Cell, Field, Page, Section, Span, Table, View
from diplostate.reports.words import capital, counted, day_words, days_words, joined, moment_words
from diplostate.simulation.spells import ANSWER, Spell
from diplostate.simulation.survival import Curve, Point, Wait, at
from diplostate.simulation.waiting import ENOUGH, Waiting
from diplostate.talks.machine import Phase

_MILESTONES = (1, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650)
"""Days of which a table tells."""
_SHARES = {0.25: "a quarter", 0.5: "half", 0.75: "three quarters"}


def view(found: Waiting, question: Question) -> View:
    """The report, ready to be rendered."""
    return View(
        name="stats",
        page=partial(page, found, question),
        table=partial(table, found),
        rows=partial(rows, found),
        data=partial(data, found, question),
    )


# In words.


def page(found: Waiting, question: Question) -> Page:
    """The estimates as a text."""
    fields = [Field(_counted(found), list(_sample(found)))]
    if found.ended:
        fields += [Field(capital(aim_words(found)), list(_waits(found))), Field("By day", list(_days(found)))]
    return Page(
        lead=[[Span(question.words(), "dim")]],
        sections=[Section(heading=[title(found)], lead=list(_warnings(found, question)), fields=fields)],
    )


def title(found: Waiting) -> str:
    """What is told."""
    if found.to == ANSWER:
        return "How long proposals wait for an answer"
    return f"How long it takes from {found.start} to {found.to}"


def aim_words(found: Waiting) -> str:
    """What was waited for, as a participle."""
    return "answered" if found.to == ANSWER else f"came to {found.to}"


def _counted(found: Waiting) -> str:
    return "Proposals" if found.to == ANSWER else "Spells"


def _sample(found: Waiting) -> Iterator[str]:
    tracks = len({spell.track for spell in found.spells})
    yield f"{len(found.spells):,} on {counted(tracks, 'track')}"
    ended = [f"{found.ended[cause]:,} {cause}" for cause in found.by_cause if found.ended[cause]]
    if ended:
        yield f"ended: {joined(ended)}"
    if found.open:
        yield f"{found.open:,} still open on {day_words(found.as_of)}"


def _warnings(found: Waiting, question: Question) -> Iterator[str]:
    if not found.spells:
        yield _nothing(question)
    elif not found.is_enough:
        yield f"The sample is too small to rely on: {found.ended.total()} have ended, {ENOUGH} would be the least."
    last = max((spell.end for spell in found.spells if spell.cause is not None), default=None)
    if last is not None and (found.as_of - last).days > 365 and question.as_of is None:
        yield (
            f"The last of them ended on {day_words(last)}; if the record was not kept up since, what is open only seems to "
            "last: name its last day by --as-of."
        )


def _nothing(question: Question) -> str:
    """What to ask for instead."""
    known = f"was known on {moment_words(question.known_at)}" if question.known_at else "is on record"
    hints = [
        "" if question.evidence.name == "reported" else "--evidence reported counts what no official said",
        "for a record that was written down later there is --known-at with a later day" if question.known_at else "",
    ]
    more = capital("; ".join(hint for hint in hints if hint))
    return f"Nothing of this kind {known}, on {evidence_words(question.evidence)}.{f' {more}.' if more else ''}"


def _waits(found: Waiting) -> Iterator[str]:
    for share, name in _SHARES.items():
        wait = found.wait(share)
        if wait is None:
            final = found.reached[-1]
            yield f"{name}: never so many; {share_words(final)} after {days_words(int(final.time))}"
            return
        yield f"{name} within {wait_words(wait)}{_allowed(found, share)}"


def wait_words(wait: Wait) -> str:
    """A time with its interval: ``23 days [18–31]``."""
    low = "0" if wait.lower is None else f"{wait.lower:g}"
    return f"{days_words(int(wait.days))} [{low}–{'…' if wait.upper is None else f'{wait.upper:g}'}]"


def _allowed(found: Waiting, share: float) -> str:
    """What imprecise dates leave open."""
    if all(spell.shortest == spell.days == spell.longest for spell in found.spells):
        return ""
    short, long = (next((point.time for point in curve if point.estimate >= share), None) for curve in found.bounds)
    return (
        f"; imprecise dates allow {short:g}–{'…' if long is None else f'{long:g}'}"
        if short != long and short is not None
        else ""
    )


def _days(found: Waiting) -> Iterator[str]:
    for days in milestones(found):
        yield (
            f"after {days_words(days)}: {share_words(at(found.reached, days))} {aim_words(found)}, "
            f"{share_words(at(found.lasting, days))} still waiting"
        )


def share_words(point: Point) -> str:
    """A share with its interval, in hundredths: ``81 % [77–85]``."""
    return f"{point.estimate:.0%} [{100 * point.lower:.0f}–{100 * point.upper:.0f}]"


def milestones(found: Waiting) -> tuple[int, ...]:
    """The days of which a table tells: as far as somebody was still waiting."""
    seen = [point.time for point in found.lasting if point.at_risk > 1]
    return tuple(days for days in _MILESTONES if seen and days <= seen[-1])


# As a table, as rows and as data.


def table(found: Waiting) -> Table:
    """The shares by day, for people."""
    columns = ("after days", "at risk", "waiting", aim_words(found), *_others(found))
    return Table(columns, tuple(_told(found, days) for days in milestones(found)))


def _others(found: Waiting) -> Mapping[str, Curve]:
    """The ends that are not all that is asked for."""
    return {cause: curve for cause, curve in found.by_cause.items() if {cause} != found.wanted}


def _told(found: Waiting, days: int) -> tuple[Cell, ...]:
    curves = (found.lasting, found.reached, *_others(found).values())
    return (days, _at_risk(found, days), *(share_words(at(curve, days)) for curve in curves))


def rows(found: Waiting) -> Table:
    """Every step of the estimates, for programs."""
    names = ("waiting", "reached", *found.by_cause)
    columns = ("days", "at_risk", "ended", "censored", *(f"{name}{end}" for name in names for end in ("", "_lower", "_upper")))
    curves = (found.lasting, found.reached, *found.by_cause.values())
    return Table(columns, tuple(_step(points) for points in zip(*curves, strict=True)))


def _step(points: tuple[Point, ...]) -> tuple[Cell, ...]:
    first = points[0]
    shares = (repr(value) for point in points for value in (point.estimate, point.lower, point.upper))
    return (f"{first.time:g}", first.at_risk, first.ended, first.censored, *shares)


def data(found: Waiting, question: Question) -> dict[str, Any]:
    """The estimates as data: every step, and the spells from which they come."""
    return question.envelope(
        "stats",
        start=found.start.value,
        to=str(found.to),
        level=found.level,
        enough=found.is_enough,
        spells=[_spell(spell) for spell in found.spells],
        ended={cause: found.ended[cause] for cause in found.by_cause},
        open=found.open,
        waits={f"{share:g}": wait_data(found.wait(share)) for share in _SHARES},
        kaplan_meier=_curve(found.lasting),
        aalen_johansen={"reached": _curve(found.reached), **{name: _curve(curve) for name, curve in found.by_cause.items()}},
        bounds={name: _curve(curve) for name, curve in zip(("shortest", "longest"), found.bounds, strict=True)},
    )


def _spell(spell: Spell) -> dict[str, Any]:
    return {
        "track": spell.track,
        "begin": iso(spell.begin),
        "end": iso(spell.end),
        "days": spell.days,
        "shortest": spell.shortest,
        "longest": spell.longest,
        "cause": spell.cause,
        "began_with": spell.began_with,
        "ended_with": spell.ended_with,
    }


def wait_data(wait: Wait | None) -> dict[str, Any] | None:
    """A time with its interval, as data."""
    return None if wait is None else {"days": wait.days, "lower": wait.lower, "upper": wait.upper}


def _curve(curve: Curve) -> list[dict[str, Any]]:
    names = ("at_risk", "ended", "censored", "estimate", "lower", "upper")
    return [{"days": point.time, **{name: getattr(point, name) for name in names}} for point in curve]


# As a picture.

_COLOURS = {
    "accepted": Phase.ACCEPTED,
    "countered": Phase.PENDING,
    "declined": Phase.DECLINED,
    "scheduled": Phase.SCHEDULED,
    "held": Phase.HELD,
    "lapsed": Phase.STALLED,
    "stalled": Phase.STALLED,
    "concluded": Phase.CONCLUDED,
    "pending": Phase.PENDING,
}
"""The phase in whose colours an end is drawn."""


def chart(found: Waiting, question: Question) -> Chart:
    """How many ended how, one on the other, and above them those that still wait."""
    last = float(_horizon(found))
    ticks = tuple((float(days), str(days)) for days in _ticks(last))
    layers = [
        (cause, _COLOURS.get(cause, Phase.IDLE), _steps(curve, last))
        for cause, curve in found.by_cause.items()
        if found.ended[cause]
    ]
    return Chart(
        title=title(found),
        lead=(f"{question.words()}: {'; '.join(_sample(found))}", *_warnings(found, question)),
        told=". ".join((*_sample(found), *_waits(found), *_days(found))) if found.ended else "Nothing has ended.",
        last=last,
        ticks=ticks,
        axis="days since the beginning",
        share="share that ended, by how it ended; above the line, those that still wait",
        areas=stacked(layers),
        curves=tuple(_lines(found, last)),
        beneath=(("still waiting", tuple(str(_at_risk(found, days)) for days, _ in ticks)),),
    )


def _horizon(found: Waiting) -> int:
    """The last day that is drawn: beyond it fewer than one in twenty were followed."""
    followed = (days for days in milestones(found) if 20 * _at_risk(found, days) >= len(found.spells))
    return max(followed, default=1)


def _at_risk(found: Waiting, days: float) -> int:
    """How many lasted at least so long."""
    return sum(spell.days >= days for spell in found.spells)


def _lines(found: Waiting, last: float) -> Iterator[Drawn]:
    ended = [(point.time, 1 - point.estimate) for point in found.lasting]
    low = [(point.time, 1 - point.upper) for point in found.lasting]
    high = [(point.time, 1 - point.lower) for point in found.lasting]
    if found.ended:
        band = (stepped(low, last), stepped(high, last))
        yield Drawn(name=f"all that ended, with {found.level:.0%} band", points=stepped(ended, last), band=band)


def _steps(curve: Curve, last: float) -> Points:
    return stepped([(point.time, point.estimate) for point in curve], last)


def _ticks(last: float) -> Iterator[int]:
    step = next(step for step in (1, 2, 5, 7, 10, 15, 30, 60, 90, 180, 365, 730, 3650) if last / step <= 13)
    yield from range(0, int(last) + 1, step)

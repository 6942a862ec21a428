"""Futures of talks as a report: in words, as a table, as rows and data, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from diplostate.reports.chart import Chart, stacked
from diplostate.reports.facts import iso
from diplostate.reports.question import Question
from diplostate.reports.render import Cell, Field, Page, Section, Span, Table, View, heading
from diplostate.reports.words import counted, days_words, joined
from diplostate.simulation.futures import Future, Futures
from diplostate.talks.machine import Phase

_MILESTONES = (7, 14, 30, 60, 90, 180, 365)
_LEAST = 0.005
"""Probabilities below this are not told in words."""
_MEANING = "Percentages are shares of these runs: how such talks usually went on. Nothing is known of what anyone has decided."


def view(found: Futures, question: Question) -> View:
    """The report, ready to be rendered."""
    return View(
        name="simulate",
        page=partial(page, found, question),
        table=partial(table, found),
        rows=partial(rows, found),
        data=partial(data, found, question),
    )


# In words.


def page(found: Futures, question: Question) -> Page:
    """The probability of each phase as a text."""
    titles = {start.track: start.status.description.title for start in found.plan.starts}
    sections = [_section(future, titles[future.track], days(found)) for future in found.futures]
    return Page(lead=[[Span(question.words(), "dim")], basis(found), _MEANING, *untold(found)], sections=sections)


def basis(found: Futures) -> str:
    """How it was simulated."""
    plan = found.plan
    return (
        f"{days_words(plan.horizon_days)} ahead, {plan.runs:,} runs with seed {plan.seed}, learned from "
        f"{counted(found.learned, 'event')}"
    )


def untold(found: Futures) -> Iterator[str]:
    """The tracks without a future."""
    if found.plan.untold:
        yield f"Left out, for too little is known of them: {joined(found.plan.untold)}"


def days(found: Futures) -> tuple[int, ...]:
    """The days ahead of which a table tells."""
    horizon = found.plan.horizon_days
    return (*(day for day in _MILESTONES if day < horizon), horizon)


def _section(future: Future, title: str | None, ahead: tuple[int, ...]) -> Section:
    told = [Field(f"In {days_words(day)}", [[*_told(future, day)]]) for day in ahead]
    lead = f"{future.phase} today; {counted(future.own, 'event')} of its own; {future.events:.1f} events to come in a run"
    return Section(heading=heading(title, future.track), lead=[lead], fields=told)


def _told(future: Future, day: int) -> Iterator[Span | str]:
    likely = sorted(future.shares, key=lambda phase: -future.shares[phase][day][0])
    parts = [phase for phase in likely if future.shares[phase][day][0] >= _LEAST]
    for place, phase in enumerate(parts):
        yield Span(str(phase), f"phase.{phase}")
        yield f" {share_words(future.shares[phase][day])}{', ' if place < len(parts) - 1 else ''}"


def share_words(share: tuple[float, float, float]) -> str:
    """A probability with its interval, in hundredths: ``41% [35–47]``."""
    mean, lower, upper = share
    return f"{mean:.0%} [{100 * lower:.0f}–{100 * upper:.0f}]"


# As a table, as rows and as data.


def table(found: Futures) -> Table:
    """A row for each track and some days, for people."""
    phases = [phase for phase in Phase if any(share[0] >= _LEAST for one in found.futures for share in one.shares[phase])]
    told: Iterator[tuple[Cell, ...]] = (
        (future.track, day, *(share_words(future.shares[phase][day]) for phase in phases))
        for future in found.futures
        for day in days(found)
    )
    return Table(("track", "in days", *(phase.lower() for phase in phases)), tuple(told))


def rows(found: Futures) -> Table:
    """A row for each track, day and phase, for programs."""
    told: Iterator[tuple[Cell, ...]] = (
        (future.track, day, phase.value, *map(repr, share))
        for future in found.futures
        for phase, shares in future.shares.items()
        for day, share in enumerate(shares)
    )
    return Table(("track", "day", "phase", "probability", "lower", "upper"), tuple(told))


def data(found: Futures, question: Question) -> dict[str, Any]:
    """The probabilities as data: a list of each phase, with a value for each day from today."""
    plan = found.plan
    return question.envelope(
        "simulate",
        horizon_days=plan.horizon_days,
        runs=plan.runs,
        seed=plan.seed,
        learned=found.learned,
        left_out=list(plan.untold),
        tracks=[
            {
                "track": future.track,
                "today": iso(future.today),
                "phase": future.phase.value,
                "own": future.own,
                "events": future.events,
                "phases": {
                    phase.value: {
                        name: [share[place] for share in shares] for place, name in enumerate(("probability", "lower", "upper"))
                    }
                    for phase, shares in future.shares.items()
                },
            }
            for future in found.futures
        ],
    )


# As a picture.

_ORDER = (
    Phase.CONCLUDED, Phase.HELD, Phase.SCHEDULED, Phase.ACCEPTED, Phase.PENDING, Phase.DECLINED, Phase.STALLED, Phase.IDLE,
)  # fmt: skip
"""From the bottom up, talks that go well below those that do not."""


def chart(found: Futures, question: Question) -> Chart:
    """The phases over time, one on the other: the probabilities of one track, or the mean of several."""
    several = len(found.futures) > 1
    horizon = found.plan.horizon_days
    means = {phase: [_mean(found, phase, day) for day in range(horizon + 1)] for phase in _ORDER}
    whose = f"{len(found.futures)} tracks" if several else "".join(future.track for future in found.futures)
    step = next(step for step in (1, 2, 5, 7, 10, 15, 30, 60, 90, 180, 365, 3650) if horizon / step <= 13)
    return Chart(
        title=f"Where talks may stand: {whose}",
        lead=(question.words(), basis(found), _MEANING, *untold(found)),
        told=" ".join(_sentence(future, horizon) for future in found.futures[:20]),
        last=float(horizon),
        ticks=tuple((float(day), str(day)) for day in range(0, horizon + 1, step)),
        axis=f"days from {question.today.isoformat()}",
        share="expected share of the tracks in each phase" if several else "probability of each phase",
        areas=stacked(
            (phase.lower(), phase, list(enumerate(means[phase]))) for phase in _ORDER if max(means[phase], default=0) >= _LEAST
        ),
    )


def _mean(found: Futures, phase: Phase, day: int) -> float:
    return sum(future.shares[phase][day][0] for future in found.futures) / max(len(found.futures), 1)


def _sentence(future: Future, horizon: int) -> str:
    return f"{future.track} in {days_words(horizon)}: {''.join(_text(part) for part in _told(future, horizon))}."


def _text(part: Span | str) -> str:
    return part if isinstance(part, str) else part.text

"""What forecasts are worth, as a report: in words, as a table, as rows and data, and as a picture of their calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import attrs

from diplostate.reports.chart import Chart, Curve, Dot
from diplostate.reports.facts import iso
from diplostate.reports.question import Question
from diplostate.reports.render import Cell, Field, Page, Section, Span, Table, View
from diplostate.reports.words import counted, day_words, joined
from diplostate.simulation import met, next_event
from diplostate.simulation.backtest import Backtest, Meeting, NextEvent
from diplostate.simulation.scores import Bin, Choice, YesNo, error


def view(found: Backtest, question: Question) -> View:
    """The report, ready to be rendered."""
    return View(
        name="backtest",
        page=partial(page, found, question),
        table=partial(table, found),
        rows=partial(rows, found),
        data=partial(data, found, question),
    )


# In words.


def page(found: Backtest, question: Question) -> Page:
    """The scores as a text, and what they come to."""
    return Page(
        lead=[[Span(question.words(), "dim")], period(found)],
        sections=[_next(found.next_event), *map(_meeting, found.meetings)],
    )


def period(found: Backtest) -> str:
    """What was learned from, and what it was tried on."""
    return (
        f"Learned from {counted(found.next_event.learned, 'event')} that became known from {day_words(found.first)} until "
        f"{day_words(found.split)}, tried from that day until {day_words(found.last)}"
    )


def _next(found: NextEvent) -> Section:
    came = joined([f"{count:,} {name}" for name, count in found.came.items()])
    return Section(
        heading=["The next event of a track, one of six types"],
        lead=[f"{found.cases:,} events on {counted(found.tracks, 'track')}: {came}"],
        fields=[
            *(Field(name, [_choice_words(score, found.within[name])]) for name, score in found.overall.items()),
            Field("Verdict", list(_verdict(found))),
            Field("Calibration", [_calibration_words(found.calibration)]),
        ],
    )


def _choice_words(score: Choice, within: Choice) -> str:
    return (
        f"log loss {score.log_loss:.3f} (mean of tracks {within.log_loss:.3f}), accuracy {score.accuracy:.3f} "
        f"({within.accuracy:.3f}), mean reciprocal rank {score.reciprocal_rank:.3f} ({within.reciprocal_rank:.3f})"
    )


def _verdict(found: NextEvent) -> Iterator[str]:
    """Where the regression beats the simple models, and where it does not."""
    for words, scores in (("over all events", found.overall), ("as the mean of tracks", found.within)):
        for field, is_loss in (("log_loss", True), ("accuracy", False)):
            simple = {name: getattr(scores[name], field) for name in next_event.BASELINES}
            best = (min if is_loss else max)(simple, key=simple.__getitem__)
            yield _compared(
                field.replace("_", " "), words, getattr(scores[next_event.MODEL], field), simple[best], best, is_loss
            )


def _compared(score: str, words: str, own: float, other: float, name: str, is_loss: bool) -> str:
    better = own < other if is_loss else own > other
    return (
        f"{score} {words}: {'better' if better else 'no better'} than the best of the others, {name} ({own:.3f}, {other:.3f})"
    )


def _meeting(found: Meeting) -> Section:
    simple = {name: found.scores[name].brier for name in met.BASELINES}
    best = min(simple, key=simple.__getitem__)
    own = found.scores[met.MODEL].brier
    return Section(
        heading=[f"Whether a proposal meets a negotiation within {found.within} days"],
        lead=[f"{found.cases:,} proposals on {counted(found.tracks, 'track')}; {found.rate:.0%} did"],
        fields=[
            *(Field(name, [_yes_no_words(score)]) for name, score in found.scores.items()),
            Field("Verdict", [_compared("Brier score", "over all proposals", own, simple[best], best, True)]),
            Field("Calibration", [_calibration_words(found.calibration)]),
        ],
    )


def _yes_no_words(score: YesNo) -> str:
    return f"Brier score {score.brier:.3f}, AUC {_number(score.auc)}, within tracks {_number(score.auc_within)}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _calibration_words(bins: Sequence[Bin]) -> str:
    held = sum(found.lower <= found.foretold <= found.upper for found in bins)
    return (
        f"on average {error(bins):.1%} between what was foretold and what came; in {held} of {len(bins)} bins what was "
        "foretold lies within the interval of what came"
    )


# As a table, as rows and as data.

_SCORES = ("accuracy", "mrr", "log loss", "brier", "auc", "auc within")


def table(found: Backtest) -> Table:
    """A row for each model and question, for people."""
    columns = ("question", "model", *_SCORES)
    return Table(columns, tuple((row[0], row[1], *map(_shown, row[4:])) for row in _all(found)))


def _shown(value: float | None) -> Cell:
    return None if value is None else f"{value:.3f}"


def rows(found: Backtest) -> Table:
    """The same for programs."""
    columns = ("question", "model", "cases", "tracks", *(name.replace(" ", "_") for name in _SCORES))
    return Table(
        columns, tuple((*row[:4], *("" if value is None else repr(value) for value in row[4:])) for row in _all(found))
    )


Scored = tuple[str, str, int, int, float | None, float | None, float | None, float | None, float | None, float | None]


def _all(found: Backtest) -> Iterator[Scored]:
    following = found.next_event
    for question, scores in (("next event", following.overall), ("next event, mean of tracks", following.within)):
        for name, one in scores.items():
            shares = (one.accuracy, one.reciprocal_rank, one.log_loss, one.brier)
            yield question, name, following.cases, following.tracks, *shares, None, None
    for meeting in found.meetings:
        for name, two in meeting.scores.items():
            asked = f"meeting within {meeting.within} days"
            yield asked, name, meeting.cases, meeting.tracks, None, None, None, two.brier, two.auc, two.auc_within


def data(found: Backtest, question: Question) -> dict[str, Any]:
    """The scores as data, with the tables of calibration."""
    following = found.next_event
    return question.envelope(
        "backtest",
        split=iso(found.split),
        first=iso(found.first),
        last=iso(found.last),
        next_event={
            "learned": following.learned,
            "cases": following.cases,
            "tracks": following.tracks,
            "came": dict(following.came),
            "overall": {name: attrs.asdict(score) for name, score in following.overall.items()},
            "mean_of_tracks": {name: attrs.asdict(score) for name, score in following.within.items()},
            "calibration": [attrs.asdict(found) for found in following.calibration],
        },
        meetings=[
            {
                "within": meeting.within,
                "cases": meeting.cases,
                "tracks": meeting.tracks,
                "rate": meeting.rate,
                "scores": {name: attrs.asdict(score) for name, score in meeting.scores.items()},
                "calibration": [attrs.asdict(found) for found in meeting.calibration],
            }
            for meeting in found.meetings
        ],
    )


# As a picture.

_TICKS = tuple((share / 10, f"{share * 10}%") for share in range(0, 11, 2))


def chart(found: Backtest, question: Question) -> Chart:
    """Foretold against came: for the longest question about meetings, else for the next event."""
    named = [(f"a negotiation within {meeting.within} days of a proposal", meeting.calibration) for meeting in found.meetings]
    what, bins = named[-1] if named else ("the next event, each of six types", found.next_event.calibration)
    return Chart(
        title=f"Calibration: {what}",
        lead=(question.words(), period(found)),
        told=f"{_calibration_words(bins)}. " + " ".join(map(_bin_words, bins)),
        last=1.0,
        ticks=_TICKS,
        axis="foretold probability",
        share="share that came, with its 95% interval",
        curves=(Curve(name="perfect calibration", points=((0.0, 0.0), (1.0, 1.0)), dashed=True),),
        dots=tuple(
            Dot(x=bin_.foretold, y=bin_.came, lower=bin_.lower, upper=bin_.upper, says=_bin_words(bin_)) for bin_ in bins
        ),
    )


def _bin_words(found: Bin) -> str:
    return f"Foretold with {found.foretold:.1%}: {found.came:.1%} of {found.cases:,} came."

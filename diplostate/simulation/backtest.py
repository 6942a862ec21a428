"""Whether forecasts are any good: learned before a day, tried after it, against models that know next to nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.simulation import met, next_event
from diplostate.simulation.extra import numpy
from diplostate.simulation.scores import Bin, Choice, YesNo, calibration, choice, choice_within, yes_no
from diplostate.simulation.sequences import TYPES, Happened

HORIZONS = (14, 30)
"""Days within which a proposal may meet a negotiation."""
_SHARE = 0.75
"""Of the events, what is learned from where no day is named."""
LEAST = 30
"""Events that there must be on either side of the split."""


@attrs.frozen(kw_only=True)
class NextEvent:
    """How well the next event of a track was foretold, by each model."""

    learned: int
    """Events from which the models were learned."""
    cases: int
    tracks: int
    came: Mapping[str, int]
    """How often each type came."""
    overall: Mapping[str, Choice]
    within: Mapping[str, Choice]
    """The mean over tracks, each counting alike."""
    calibration: tuple[Bin, ...]
    """Of the regression, over all types."""


@attrs.frozen(kw_only=True)
class Meeting:
    """How well it was foretold whether a proposal meets a negotiation, by each model."""

    within: int
    """Days."""
    cases: int
    tracks: int
    rate: float
    """The share that did."""
    scores: Mapping[str, YesNo]
    calibration: tuple[Bin, ...]
    """Of the regression."""


@attrs.frozen(kw_only=True)
class Backtest:
    """What forecasts are worth on a record."""

    split: date
    """The first day of the test."""
    first: date
    last: date
    next_event: NextEvent
    meetings: tuple[Meeting, ...]


def backtest(found: Sequence[Happened], *, split: date | None = None) -> Backtest:
    """Learn from what became known before ``split`` (None: the day that leaves a quarter), and try what came after.

    Raises `MissingExtra` without numpy, and `Invalid` where either side of the split has fewer than `LEAST` events.
    """
    numpy()
    days = [event.day for event in found]
    cut = split.toordinal() if split is not None else days[int(_SHARE * len(days))] if days else 0
    before = sum(day < cut for day in days)
    if min(before, len(days) - before) < LEAST:
        raise Invalid([Fault(_too_few(before, len(days) - before, cut))])
    asked = met.asked(found)
    return Backtest(
        split=date.fromordinal(cut),
        first=date.fromordinal(days[0]),
        last=date.fromordinal(days[-1]),
        next_event=_next_event(found, cut, before),
        meetings=tuple(meeting for within in HORIZONS for meeting in _meeting(asked, within=within, split=cut, last=days[-1])),
    )


def _too_few(before: int, after: int, cut: int) -> str:
    day = f" {date.fromordinal(cut)}" if cut else ""
    return (
        f"{before} events became known before the split{day} and {after} from then on, {LEAST} on either side are the least: "
        "choose another day, other evidence, or, where a record was written down later, hindsight by known_at (--known-at)"
    )


def _next_event(found: Sequence[Happened], cut: int, before: int) -> NextEvent:
    np = numpy()
    cases = next_event.cases(found, cut)
    future = cases.since(cut)
    if not len(future.types) or not len(cases.since(0, cut).types):
        raise Invalid([Fault("no track has an event before and one after another: there is nothing to foretell")])
    shares = next_event.forecast(cases, cut)
    came = np.eye(len(TYPES))[future.types]
    return NextEvent(
        learned=before,
        cases=len(future.types),
        tracks=len(set(future.tracks)),
        came={name: int((future.types == place).sum()) for place, name in enumerate(TYPES)},
        overall={name: choice(share, future.types) for name, share in shares.items()},
        within={name: choice_within(share, future.types, future.tracks) for name, share in shares.items()},
        calibration=calibration(shares[next_event.MODEL].ravel(), came.ravel()),
    )


def _meeting(asked: met.Asked, *, within: int, split: int, last: int) -> tuple[Meeting, ...]:
    """At most one: none where there was no proposal to foretell."""
    answers = met.forecast(asked, within=within, split=split, last=last)
    if not len(answers.met):
        return ()
    return (
        Meeting(
            within=within,
            cases=len(answers.met),
            tracks=len(set(answers.tracks)),
            rate=float(answers.met.mean()),
            scores={name: yes_no(share, answers.met, answers.tracks) for name, share in answers.shares.items()},
            calibration=calibration(answers.shares[met.MODEL], answers.met),
        ),
    )

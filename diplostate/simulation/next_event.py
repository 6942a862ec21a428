"""What comes next on a track: six types of events, by simple models and by a regression that weighs their opinions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby

import attrs

from diplostate.simulation.extra import numpy
from diplostate.simulation.logistic import Array, Chooser, chosen_by
from diplostate.simulation.sequences import TYPES, Happened

_K = len(TYPES)
_HALF_LIVES = (15.0, 60.0, 365.0)
"""Days after which what happened on a track weighs half: the news, the season, the character of a relation."""
_RECENT, _OWN_STEPS, _AROUND = 30.0, 180.0, 60.0
"""Half-lives of how busy a track is, of what followed what on it, and of what its parties do elsewhere."""
_SHRINK = {"one": 2.0, "two": 3.0, "three": 5.0, "own": 1.5, "steps": 3.0, "around": 3.0}
"""How many events of the more general estimate each estimate is mixed with."""
_STRENGTHS = ((30.0, 1000.0), (10.0, 200.0), (10.0, 50.0), (5.0, 20.0), (1.0, 5.0))
"""Precisions of the prior among which the training period decides, the strongest first."""

BASELINES = ("majority", "own frequencies", "Markov-1", "Markov-2")
"""Models without any regression: the shares of all types, those of the track itself, and what followed the last one or two."""
MODEL = "weighed opinions"
"""The regression."""


@attrs.frozen(kw_only=True)
class Cases:
    """Events to be foretold, each with what was known when the one before it on its track had become known."""

    days: Array
    tracks: tuple[str, ...]
    types: Array
    """What came, as places in `TYPES`."""
    opinions: Array
    """Log probabilities, (cases, models, types)."""
    context: Array
    baselines: Mapping[str, Array]
    """Probabilities, (cases, types), of each of `BASELINES`."""

    def since(self, day: int, until: float = math.inf) -> Cases:
        """Those from one day on until another."""
        np = numpy()
        mask = (self.days >= day) & (self.days < until)
        return (
            Cases(
                days=self.days[mask],
                tracks=tuple(track for track, is_in in zip(self.tracks, mask, strict=True) if is_in),
                types=self.types[mask],
                opinions=self.opinions[mask],
                context=self.context[mask],
                baselines={name: shares[mask] for name, shares in self.baselines.items()},
            )
            if not np.all(mask)
            else self
        )


def cases(found: Sequence[Happened], split: int) -> Cases:
    """Every event with one before it on its track; what all tracks have in common is learned before ``split`` (an ordinal)."""
    np = numpy()
    world = _World()
    rows: list[tuple[Happened, Array, list[float], tuple[Array, ...]]] = []
    for day, group in groupby(found, key=lambda event: event.day):
        todays = list(group)
        for event in todays:
            track = world.tracks[event.track]
            if track.count:
                rows.append((event, *world.opinions(event.track)))
            world.learn(event, pool=day < split)
    return Cases(
        days=np.array([event.day for event, *_ in rows], dtype=int),
        tracks=tuple(event.track for event, *_ in rows),
        types=np.array([event.type for event, *_ in rows], dtype=int),
        opinions=np.array([opinions for _, opinions, _, _ in rows]).reshape(len(rows), -1, _K),
        context=np.array([context for _, _, context, _ in rows]).reshape(len(rows), -1),
        baselines={
            name: np.array([shares[place] for *_, shares in rows]).reshape(-1, _K) for place, name in enumerate(BASELINES)
        },
    )


def forecast(all_cases: Cases, split: int) -> Mapping[str, Array]:
    """The probabilities that each model gives to the events from ``split`` on; nothing of these is used to fit any.

    How strong the prior is, the last third of the training period decides, foretold from its first two thirds.
    """
    np = numpy()
    past, future = all_cases.since(0, split), all_cases.since(split)
    inner = int(np.quantile(past.days, 2 / 3))
    early, late = past.since(0, inner), past.since(inner)
    strengths = chosen_by(lambda strengths: _loss(early, late, strengths), _STRENGTHS)
    model = Chooser(past.opinions, past.context, past.types, strengths=strengths)
    return {**future.baselines, MODEL: model.probabilities(future.opinions, future.context)}


def _loss(early: Cases, late: Cases, strengths: tuple[float, float]) -> float:
    np = numpy()
    if not len(early.types) or not len(late.types):
        return 0.0  # nothing to decide by: the first, which is the strongest
    model = Chooser(early.opinions, early.context, early.types, strengths=strengths)
    shares = model.probabilities(late.opinions, late.context)
    return float(-np.log(shares[np.arange(len(late.types)), late.types]).mean())


class _Fading:
    """Counts of types that fade: one row for each half-life."""

    __slots__ = ("counts", "day", "halves")

    def __init__(self, *halves: float) -> None:
        np = numpy()
        self.halves = np.array(halves)[:, None]
        self.counts = np.zeros((len(halves), _K))
        self.day = 0

    def at(self, day: int) -> Array:
        """The counts on a day, which must not be before an earlier one."""
        if day > self.day:
            self.counts *= 0.5 ** ((day - self.day) / self.halves)
            self.day = day
        return self.counts

    def add(self, day: int, type_: int) -> None:
        """Count one."""
        self.at(day)[:, type_] += 1


class _Track:
    """What has happened on one track."""

    __slots__ = ("count", "day", "fading", "gap", "last", "on_day", "parties", "steps")

    def __init__(self) -> None:
        self.count, self.day, self.gap, self.on_day = 0, 0, 400, 0
        self.last: tuple[int, ...] = (_K, _K, _K)
        """The last three types, the latest one at the end; K where there was none."""
        self.parties: tuple[str, ...] = ()
        self.fading = _Fading(*_HALF_LIVES, _RECENT)
        self.steps: defaultdict[int, _Fading] = defaultdict(lambda: _Fading(_OWN_STEPS))


class _World:
    """What has happened on all tracks."""

    def __init__(self) -> None:
        np = numpy()
        self.tracks: defaultdict[str, _Track] = defaultdict(_Track)
        self.around: defaultdict[str, _Fading] = defaultdict(lambda: _Fading(_AROUND))
        self.all = np.full(_K, 0.5)
        self.after: defaultdict[tuple[int, ...], Array] = defaultdict(lambda: np.zeros(_K))
        """What followed the last one, two and three."""

    def learn(self, event: Happened, *, pool: bool) -> None:
        """Take an event in; ``pool`` counts it for all tracks too."""
        track = self.tracks[event.track]
        if pool:
            self.all[event.type] += 1
            for length in (1, 2, 3):
                self.after[track.last[-length:]][event.type] += 1
        if track.count:
            track.steps[track.last[-1]].add(event.day, event.type)
            track.gap = event.day - track.day
        for party in event.parties:
            self.around[party].add(event.day, event.type)
        track.fading.add(event.day, event.type)
        track.on_day = track.on_day + 1 if event.day == track.day else 1
        track.count, track.day, track.parties = track.count + 1, event.day, event.parties
        track.last = (*track.last[1:], event.type)

    def opinions(self, name: str) -> tuple[Array, list[float], tuple[Array, ...]]:
        """What simple models say of a track on the day of its last event: log probabilities, context, and the baselines."""
        np = numpy()
        track = self.tracks[name]
        whole = self.all / self.all.sum()
        one = _mixed(self.after[track.last[-1:]], whole, _SHRINK["one"])
        two = _mixed(self.after[track.last[-2:]], one, _SHRINK["two"])
        three = _mixed(self.after[track.last], two, _SHRINK["three"])
        fading = track.fading.at(track.day)
        own = [_mixed(counts, whole, _SHRINK["own"]) for counts in fading[:-1]]
        steps = _mixed(track.steps[track.last[-1]].at(track.day)[0], one, _SHRINK["steps"])
        around = [np.log(_mixed(self.around[party].at(track.day)[0], whole, _SHRINK["around"])) for party in track.parties] or [
            np.log(whole)
        ]
        opinions = np.vstack([np.log([one, two, three, *own, steps]), np.mean(around, axis=0)])
        return opinions, _context(track, float(fading[-1].sum())), (whole, own[-1], *self._markov(track))

    def _markov(self, track: _Track) -> tuple[Array, Array]:
        """What followed the last one and the last two, each count one larger than it is (Laplace's rule)."""
        one, two = ((counts + 1) / (counts.sum() + _K) for counts in (self.after[track.last[-1:]], self.after[track.last[-2:]]))
        return one, two


def _mixed(counts: Array, general: Array, weight: float) -> Array:
    """Counts as shares, mixed with so many of a more general estimate."""
    return (counts + weight * general) / (counts.sum() + weight)


def _context(track: _Track, recent: float) -> list[float]:
    """How long and how busy a track is, and its last two events."""
    lasts = [float(last == type_) for last in track.last[:0:-1] for type_ in range(_K)]
    told = [1.0, math.log1p(track.count), math.log1p(track.gap), float(track.gap == 0), math.log1p(recent)]
    return [*told, float(track.on_day > 1), *lasts]

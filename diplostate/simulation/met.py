"""Whether a proposal meets a negotiation: the probability of a meeting within some days, by recency counts."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

import attrs

from diplostate.simulation.extra import numpy
from diplostate.simulation.logistic import Array, Judge, chosen_by
from diplostate.simulation.sequences import HELD, PROPOSED, TYPES, Happened

WINDOWS = (7, 30, 90)
"""Days behind within which the events of each type are counted."""
_STRENGTHS = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3)
"""Precisions of the prior among which the training period decides, the strongest first."""
_OWN = 4.0
"""How many proposals of all tracks the rate of a track itself is mixed with."""
_LONGEST = 400
"""Days since something that never was."""

BASELINES = ("base rate", "own rate", "Markov-1", "Markov-2")
"""Models without regression: the share of all proposals, of those of the track, of those after the same one or two events."""
MODEL = "recency counts"
"""The regression."""


@attrs.frozen(kw_only=True)
class Asked:
    """Days on which a proposal was made on a track, with what was known at the end of that day."""

    days: Array
    tracks: tuple[str, ...]
    contexts: tuple[tuple[int, ...], ...]
    """The last two types before it."""
    features: Array
    waits: Array
    """Days until a meeting became known, beyond the day itself; infinite where none did."""


def asked(found: Sequence[Happened]) -> Asked:
    """Every day with a proposal on a track; what comes after that day is used for ``waits`` alone."""
    np = numpy()
    tracks: defaultdict[str, _Past] = defaultdict(_Past)
    around: defaultdict[str, _Past] = defaultdict(_Past)
    rows: list[tuple[int, str, tuple[int, ...], list[float]]] = []
    for day, group in groupby(found, key=lambda event: event.day):
        todays = list(group)
        for event in todays:
            tracks[event.track].add(event)
            for party in event.parties:
                around[party].add(event)
        for name, parties in {event.track: event.parties for event in todays if event.type == PROPOSED}.items():
            past = tracks[name]
            elsewhere = [around[party].counts(day)[-1] for party in parties]
            rows.append((day, name, past.before(day), past.features(day, elsewhere)))
    meetings = _meetings(found)
    return Asked(
        days=np.array([day for day, *_ in rows], dtype=int),
        tracks=tuple(name for _, name, *_ in rows),
        contexts=tuple(context for *_, context, _ in rows),
        features=np.array([features for *_, features in rows]).reshape(len(rows), -1),
        waits=np.array([_wait(meetings[name], day) for day, name, *_ in rows]),
    )


def _meetings(found: Sequence[Happened]) -> Mapping[str, list[int]]:
    days: defaultdict[str, list[int]] = defaultdict(list)
    for event in found:
        if event.type == HELD:
            days[event.track].append(event.day)
    return days


def _wait(days: list[int], day: int) -> float:
    return min((later - day for later in days if later > day), default=math.inf)


class _Past:
    """The events of the last days, and how long ago each type was seen."""

    __slots__ = ("events", "ever", "last")

    def __init__(self) -> None:
        self.events: deque[Happened] = deque(maxlen=400)
        self.last: dict[int, int] = {}
        self.ever = [0] * len(TYPES)

    def add(self, event: Happened) -> None:
        self.events.append(event)
        self.last[event.type] = event.day
        self.ever[event.type] += 1

    def before(self, day: int) -> tuple[int, ...]:
        """The last two types before a day."""
        return tuple(event.type for event in [event for event in self.events if event.day < day][-2:])

    def counts(self, day: int) -> list[list[int]]:
        """How many of each type there were within each window."""
        while self.events and day - self.events[0].day > WINDOWS[-1]:
            self.events.popleft()
        counts = [[0] * len(TYPES) for _ in WINDOWS]
        for event in self.events:
            for place, window in enumerate(WINDOWS):
                counts[place][event.type] += day - event.day <= window
        return counts

    def features(self, day: int, elsewhere: list[list[int]]) -> list[float]:
        """Recency counts and days since, on the scale of logarithms."""
        recent = [math.log1p(count) for counts in self.counts(day) for count in counts]
        since = [math.log1p(min(day - self.last.get(type_, day - _LONGEST), _LONGEST)) for type_ in range(len(TYPES))]
        others = [math.log1p(sum(counts[type_] for counts in elsewhere)) for type_ in (PROPOSED, HELD)]
        ever = [math.log1p(self.ever[type_]) for type_ in (PROPOSED, HELD)]
        return [1.0, *recent, *since, *others, *ever, math.log1p(sum(self.ever))]


_K, _W = len(TYPES), len(WINDOWS)
_FOLDS = (0.4, 0.6, 0.8, 1.0)
"""Where the training period is parted to choose."""
_FEW = (
    0,
    *(1 + window * _K + type_ for window in range(_W) for type_ in (PROPOSED, HELD)),
    *(1 + _W * _K + type_ for type_ in (PROPOSED, HELD)),
    -1,
)
"""The features that tell most: counts of proposals and meetings, how long ago they were, how often proposals here met one."""


@attrs.frozen(kw_only=True)
class Answers:
    """The proposals of the test, whether each met a meeting in time, and the probability that each model gave."""

    tracks: tuple[str, ...]
    met: Array
    shares: Mapping[str, Array]


def forecast(found: Asked, *, within: int, split: int, last: int) -> Answers:
    """The probability of a meeting ``within`` so many days, for proposals from ``split`` on (ordinals).

    Learned from the proposals of which it was known before ``split`` whether they met one in time; those of the last days
    before ``last``, the end of the record, are left out, for nobody knows yet.
    """
    np = numpy()
    met = (found.waits <= within).astype(float)
    past = np.flatnonzero(found.days + within < split)
    future = np.flatnonzero((found.days >= split) & (found.days + within <= last))
    if not len(past) or not len(future):
        return Answers(tracks=(), met=np.zeros(0), shares={})
    shares = _baselines(found, met, past, future)
    features = np.column_stack([found.features, _own_rates(found, met, within)])
    columns, strength = _chosen(found, features, met, past, within)
    model = Judge(features[past][:, columns], met[past], strength=strength)
    return Answers(
        tracks=tuple(found.tracks[place] for place in future),
        met=met[future],
        shares={**shares, MODEL: model.probabilities(features[future][:, columns])},
    )


def _own_rates(found: Asked, met: Array, within: int) -> Array:
    """For each proposal the log odds that those before it on its track met a meeting, as far as that was known by then."""
    np = numpy()
    own: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    all_, waiting, odds = [1.0, 2.0], deque[int](), []
    for place, day in enumerate(found.days):
        while waiting and found.days[waiting[0]] + within < day:
            known = waiting.popleft()
            for counts in (own[found.tracks[known]], all_):
                counts[0] += met[known]
                counts[1] += 1
        waiting.append(place)
        yes, count = own[found.tracks[place]]
        share = (yes + _OWN * all_[0] / all_[1]) / (count + _OWN)
        odds.append(math.log(share / (1 - share)))
    return np.array(odds)


def _chosen(found: Asked, features: Array, met: Array, past: Array, within: int) -> tuple[Sequence[int], float]:
    """The features and the strength of the prior that foretell the later parts of the training period best, each from what was
    known before it; where there is little, few features and a strong prior."""
    np = numpy()
    folds = []
    for share, until in pairwise(_FOLDS):
        inner, end = np.quantile(found.days[past], [share, until])
        early = past[found.days[past] + within < inner]
        late = past[(found.days[past] >= inner) & (found.days[past] <= end)]
        if len(early) and len(late):
            folds.append((early, late))
    every = (_FEW, tuple(range(features.shape[1])))
    if not folds:
        return every[0], _STRENGTHS[0]

    def loss(candidate: tuple[Sequence[int], float]) -> float:
        columns, strength = candidate
        return sum(_squares(features[:, columns], met, early, late, strength) for early, late in folds)

    return chosen_by(loss, [(columns, strength) for columns in every for strength in _STRENGTHS])


def _squares(features: Array, met: Array, early: Array, late: Array, strength: float) -> float:
    model = Judge(features[early], met[early], strength=strength)
    return float(((model.probabilities(features[late]) - met[late]) ** 2).sum())


def _baselines(found: Asked, met: Array, past: Array, future: Array) -> dict[str, Array]:
    np = numpy()
    rate = float(met[past].mean())

    def by(keys: list[object], general: Array) -> Array:
        seen: defaultdict[object, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for place in past:
            seen[keys[place]][0] += met[place]
            seen[keys[place]][1] += 1
        pairs = [(*seen.get(keys[place], (0.0, 0.0)), general[row]) for row, place in enumerate(future)]
        return np.array([(yes + _OWN * share) / (count + _OWN) for yes, count, share in pairs])

    base = np.full(len(future), rate)
    one = by([context[-1:] for context in found.contexts], base)
    two = by(list(found.contexts), one)
    return dict(zip(BASELINES, (base, by(list(found.tracks), base), one, two), strict=True))

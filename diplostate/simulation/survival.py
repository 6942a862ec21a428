"""How long until something happens: the estimators of Kaplan and Meier and of Aalen and Johansen, with confidence bands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from statistics import NormalDist

import attrs

LEVEL = 0.95
"""The confidence level of the bands."""
_ROUNDING = 1e-12
"""A share that is reached exactly may be a little less in binary."""


@attrs.frozen(kw_only=True)
class Point:
    """The estimate from one moment on until the next, with its pointwise confidence interval."""

    time: float
    """Days since the beginning."""
    at_risk: int
    """How many had neither ended nor been lost from sight before."""
    ended: int
    """How many ended at this moment, for any of the reasons that are counted."""
    censored: int
    """How many are known to have lasted until this moment, and no more of them."""
    estimate: float
    lower: float
    upper: float


Curve = tuple[Point, ...]
"""An estimate over time: a point at 0, and one at each moment at which something ended or was lost from sight."""


def kaplan_meier(durations: Sequence[float], ended: Sequence[bool], *, level: float = LEVEL) -> Curve:
    """The share that lasts longer than each time, where some had not ended yet when they were last seen.

    ``durations`` in days, ``ended`` whether each ended then; empty for no durations. The estimator of Kaplan and Meier
    (1958); the band is Greenwood's (1926) on the scale of log(-log S), which keeps it between 0 and 1.
    """
    return tuple(_survival(_moments(durations, ended), _z(level)))


def aalen_johansen(
    durations: Sequence[float], causes: Sequence[str | None], of: Collection[str], *, level: float = LEVEL
) -> Curve:
    """The share that has ended by each time for one of the reasons ``of``, where other reasons compete.

    ``causes`` says why each ended, None for those that had not ended yet. The estimator of Aalen and Johansen (1978), exact
    for ties; its variance by the delta method (Marubini and Valsecchi 1995), the band on the scale of log(-log F).
    """
    ended = [cause is not None for cause in causes]
    wanted = Counter(time for time, cause in zip(durations, causes, strict=True) if cause in of)
    return tuple(_incidence(_moments(durations, ended), wanted, _z(level)))


Moment = tuple[float, int, int, int]
"""A time, how many were at risk then, ended then, and were last seen then."""


def _moments(durations: Sequence[float], ended: Sequence[bool]) -> Iterator[Moment]:
    ends = Counter(time for time, is_end in zip(durations, ended, strict=True) if is_end)
    seen = Counter(durations)
    at_risk = len(durations)
    for time in sorted({0, *seen}) if seen else ():
        yield time, at_risk, ends[time], seen[time] - ends[time]
        at_risk -= seen[time]


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _survival(moments: Iterator[Moment], z: float) -> Iterator[Point]:
    survival, greenwood = 1.0, 0.0
    for time, at_risk, ended, censored in moments:
        if ended:
            survival *= (at_risk - ended) / at_risk
            greenwood += ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
        error = math.sqrt(greenwood) / abs(math.log(survival)) if 0 < survival < 1 else 0.0
        lower, upper = _band(survival, error, z)
        yield Point(time=time, at_risk=at_risk, ended=ended, censored=censored, estimate=survival, lower=lower, upper=upper)


def _incidence(moments: Iterator[Moment], wanted: Counter[float], z: float) -> Iterator[Point]:
    """The variance of F(t) is the sum, over the moments i until t, of (F(t) - F(i))² g(i) + own(i) - 2 (F(t) - F(i)) h(i);
    it is kept as the sums that do not depend on t."""
    survival, share = 1.0, 0.0
    g_sum = fg_sum = ffg_sum = own_sum = h_sum = fh_sum = 0.0
    for time, at_risk, ended, censored in moments:
        count = wanted[time]
        if ended:
            share += survival * count / at_risk
            share = 1.0 if share > 1 - _ROUNDING else share
            g = ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
            h = survival * count / at_risk**2
            g_sum, fg_sum, ffg_sum = g_sum + g, fg_sum + share * g, ffg_sum + share * share * g
            own_sum += survival**2 * count * (at_risk - count) / at_risk**3
            h_sum, fh_sum = h_sum + h, fh_sum + share * h
            survival *= (at_risk - ended) / at_risk
        variance = share * share * g_sum - 2 * share * fg_sum + ffg_sum + own_sum - 2 * (share * h_sum - fh_sum)
        inside = 0 < share < 1
        error = math.sqrt(max(variance, 0.0)) / (share * abs(math.log(share))) if inside else 0.0
        lower, upper = _band(share, error, z)
        yield Point(time=time, at_risk=at_risk, ended=count, censored=censored, estimate=share, lower=lower, upper=upper)


def _band(share: float, error: float, z: float) -> tuple[float, float]:
    """The interval around a share whose log(-log) has this standard error."""
    if not 0 < share < 1:
        return share, share
    return share ** math.exp(z * error), share ** math.exp(-z * error)


@attrs.frozen(kw_only=True)
class Wait:
    """The time by which a share has ended, and its confidence interval; None for a bound that is beyond what was seen."""

    days: float
    lower: float | None
    upper: float | None


def wait(curve: Curve, share: float) -> Wait | None:
    """When an incidence reaches a share; None where it never does.

    The interval holds all times at which the band does not speak against the share (Brookmeyer and Crowley 1982).
    """
    days = _first(curve, [point.estimate for point in curve], share)
    if days is None:
        return None
    lower = _first(curve, [point.upper for point in curve], share)
    return Wait(days=days, lower=lower, upper=_first(curve, [point.lower for point in curve], share))


def _first(curve: Curve, values: Sequence[float], share: float) -> float | None:
    return next((point.time for point, value in zip(curve, values, strict=True) if value >= share - _ROUNDING), None)


def at(curve: Curve, time: float) -> Point:
    """The point that holds at a time."""
    return next(point for point in reversed(curve) if point.time <= time)


def ending(curve: Curve) -> Curve:
    """A survival curve as the share that has ended."""
    return tuple(
        attrs.evolve(point, estimate=1 - point.estimate, lower=1 - point.upper, upper=1 - point.lower) for point in curve
    )

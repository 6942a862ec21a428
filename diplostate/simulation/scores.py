"""How good forecasts were: accuracy, mean reciprocal rank, log loss, Brier score, AUC, and calibration."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from diplostate.simulation.extra import numpy
from diplostate.simulation.logistic import Array


@attrs.frozen(kw_only=True)
class Choice:
    """How well the one of several that came was foretold; the mean over cases."""

    accuracy: float
    """How often the likeliest came."""
    reciprocal_rank: float
    """One over the place of what came among all, the likeliest first; those that tie share the mean of their places."""
    log_loss: float
    """Minus the natural logarithm of the probability of what came."""
    brier: float
    """The squared distance between the probabilities and what came, over all classes (Brier 1950)."""


def choice(shares: Array, came: Array) -> Choice:
    """Score probabilities (cases, K) of which ``came`` gives the class that came."""
    np = numpy()
    return Choice(
        **{
            field.name: float(values.mean())
            for field, values in zip(attrs.fields(Choice), _each(np, shares, came), strict=True)
        }
    )


def choice_within(shares: Array, came: Array, tracks: Sequence[str]) -> Choice:
    """The same as the mean of the means of each track, so that no busy one decides."""
    np = numpy()
    _, group = np.unique(np.array(tracks), return_inverse=True)
    sizes = np.bincount(group)
    means = [float((np.bincount(group, weights=values) / sizes).mean()) for values in _each(np, shares, came)]
    return Choice(**dict(zip((field.name for field in attrs.fields(Choice)), means, strict=True)))


def _each(np: Array, shares: Array, came: Array) -> tuple[Array, Array, Array, Array]:
    rows = np.arange(len(came))
    own = shares[rows, came]
    better = (shares > own[:, None]).sum(axis=1)
    tied = (shares == own[:, None]).sum(axis=1)
    truth = np.zeros_like(shares)
    truth[rows, came] = 1
    hit = np.where(better == 0, 1 / tied, 0.0)
    return hit, 1 / (better + (tied + 1) / 2), -np.log(own), ((shares - truth) ** 2).sum(axis=1)


@attrs.frozen(kw_only=True)
class YesNo:
    """How well yes or no was foretold."""

    brier: float
    """The mean squared distance between the probability and what came."""
    auc: float | None
    """How often a case of yes had the higher probability than one of no; None without either."""
    auc_within: float | None
    """The same over pairs of cases of one track alone."""


def yes_no(shares: Array, came: Array, tracks: Sequence[str]) -> YesNo:
    """Score probabilities (cases,) of yes, where ``came`` is 1 for yes and 0 for no."""
    np = numpy()
    groups = np.unique(np.array(tracks), return_inverse=True)[1]
    wins = [_wins(shares[groups == group], came[groups == group]) for group in range(groups.max() + 1)]
    won, pairs = (sum(column) for column in zip(*wins, strict=True))
    all_won, all_pairs = _wins(shares, came)
    return YesNo(
        brier=float(((shares - came) ** 2).mean()),
        auc=all_won / all_pairs if all_pairs else None,
        auc_within=won / pairs if pairs else None,
    )


def _wins(shares: Array, came: Array) -> tuple[float, float]:
    """Of how many pairs of a yes and a no the yes had the higher probability, ties counting half."""
    np = numpy()
    yes, no = shares[came == 1], np.sort(shares[came == 0])
    below, up_to = np.searchsorted(no, yes, "left"), np.searchsorted(no, yes, "right")
    return float((below + up_to).sum() / 2), float(len(yes) * len(no))


@attrs.frozen(kw_only=True)
class Bin:
    """Cases with about the same probability."""

    cases: int
    foretold: float
    """Their mean probability."""
    came: float
    """The share of them that came."""
    lower: float
    upper: float
    """Wilson's interval (1927) around the share."""


def calibration(shares: Array, came: Array, *, bins: int = 10) -> tuple[Bin, ...]:
    """Cases in bins of about the same size, by their probability; in a forecast that is calibrated both shares are alike."""
    np = numpy()
    order = np.argsort(shares, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(_bin(float(shares[part].mean()), float(came[part].sum()), len(part)) for part in parts)


def _bin(foretold: float, hits: float, cases: int, z: float = 1.959964) -> Bin:
    share = hits / cases
    middle = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z / (1 + z * z / cases) * math.sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases))
    return Bin(cases=cases, foretold=foretold, came=share, lower=max(middle - half, 0.0), upper=min(middle + half, 1.0))


def error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: the mean distance between the probability and the share that came."""
    return sum(found.cases * abs(found.foretold - found.came) for found in bins) / max(sum(found.cases for found in bins), 1)

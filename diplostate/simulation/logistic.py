"""Logistic regression with a Gaussian prior, fitted by Newton's method: for one of several, and for yes or no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from diplostate.simulation.extra import numpy

Array = Any
"""An array of numpy, which is an extra."""

P = TypeVar("P")

_CHUNK = 8192
"""Rows whose design is held at a time."""
_MOST_STEPS = 40
_CLOSE = 1e-7


class Chooser:
    """Probabilities of K classes from two kinds of features.

    ``opinions`` (rows, J, K) are features of each class, which share one weight for all classes, such as the log probabilities
    that J simpler models give; ``context`` (rows, D) has weights of its own for each class. The prior of the first weights
    is 1/J, which is the geometric mean of the opinions, that of the others is 0; ``strengths`` are the precisions of both.
    """

    def __init__(self, opinions: Array, context: Array, chosen: Array, *, strengths: tuple[float, float]) -> None:
        np = numpy()
        rows, self.count, self.classes = opinions.shape
        width = self.count + self.classes * context.shape[1]
        prior = np.zeros(width)
        prior[: self.count] = 1 / self.count
        precision = np.full(width, strengths[1])
        precision[: self.count] = strengths[0]
        self.weights = prior.copy()
        for _ in range(_MOST_STEPS):
            slope, bend = precision * (self.weights - prior), np.diag(precision)
            for start in range(0, rows, _CHUNK):
                part = slice(start, start + _CHUNK)
                self._add(slope, bend, opinions[part], context[part], chosen[part])
            step = np.linalg.solve(bend, slope)
            self.weights = self.weights - step
            if np.abs(step).max() < _CLOSE:
                break

    def probabilities(self, opinions: Array, context: Array) -> Array:
        """The probability of each class, (rows, K)."""
        np = numpy()
        own = self.weights[self.count :].reshape(self.classes, -1)
        scores = np.einsum("njk,j->nk", opinions, self.weights[: self.count]) + context @ own.T
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        return shares / shares.sum(axis=1, keepdims=True)

    def _add(self, slope: Array, bend: Array, opinions: Array, context: Array, chosen: Array) -> None:
        """Add what some rows say to the gradient and the Hessian of the loss, block by block."""
        np = numpy()
        shares = self.probabilities(opinions, context)
        beyond = shares.copy()
        beyond[np.arange(len(chosen)), chosen] -= 1
        slope += np.concatenate([np.einsum("njk,nk->j", opinions, beyond), (beyond.T @ context).ravel()])
        mean = np.einsum("njk,nk->nj", opinions, shares)
        weighed = opinions * np.sqrt(shares)[:, None, :]
        bend[: self.count, : self.count] += np.tensordot(weighed, weighed, axes=([0, 2], [0, 2])) - mean.T @ mean
        for cls in range(self.classes):
            own = self._place(cls, context)
            cross = ((opinions[:, :, cls] - mean) * shares[:, cls, None]).T @ context
            bend[: self.count, own] += cross
            bend[own, : self.count] += cross.T
            for other in range(cls + 1):
                weight = shares[:, cls] * ((cls == other) - shares[:, other])
                block = context.T @ (context * weight[:, None])
                bend[own, self._place(other, context)] += block
                if other != cls:
                    bend[self._place(other, context), own] += block

    def _place(self, cls: int, context: Array) -> slice:
        """Where the weights of a class stand."""
        first = self.count + cls * context.shape[1]
        return slice(first, first + context.shape[1])


class Judge:
    """The probability of yes from features (rows, D); ``strength`` is the precision of the prior around 0.

    Features are put on one scale first; the first one, a constant, is free.
    """

    def __init__(self, features: Array, answers: Array, *, strength: float) -> None:
        np = numpy()
        self.mean, self.scale = features.mean(axis=0), features.std(axis=0)
        self.mean[0], self.scale[0] = 0.0, 1.0
        self.scale[self.scale == 0] = 1.0
        design = self._scaled(features)
        precision = np.full(design.shape[1], strength)
        precision[0] = 1e-6
        self.weights = np.zeros(design.shape[1])
        for _ in range(_MOST_STEPS):
            share = self.probabilities(features)
            slope = design.T @ (share - answers) + precision * self.weights
            bend = design.T @ (design * (share * (1 - share))[:, None]) + np.diag(precision)
            step = np.linalg.solve(bend, slope)
            self.weights = self.weights - step
            if np.abs(step).max() < _CLOSE:
                break

    def probabilities(self, features: Array) -> Array:
        """The probability of yes, (rows,)."""
        np = numpy()
        return 1 / (1 + np.exp(-np.clip(self._scaled(features) @ self.weights, -30, 30)))

    def _scaled(self, features: Array) -> Array:
        return (features - self.mean) / self.scale


def chosen_by(loss: Callable[[P], float], candidates: Sequence[P]) -> P:
    """The candidate with the least loss, the first of those that have it."""
    return min(candidates, key=loss)

"""The habits of talks: what tends to follow what, and after how long, learned from any record (a semi-Markov model)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from diplostate.ledger.ask import Cut, history
from diplostate.ledger.protocol import Ledger
from diplostate.simulation.automaton import NONE, SYMBOLS, Automaton
from diplostate.simulation.extra import numpy
from diplostate.simulation.logistic import Array
from diplostate.talks.dates import Moment, as_moment, day_of
from diplostate.talks.machine import Effect, Phase
from diplostate.talks.sources import Evidence

PHASES = tuple(Phase)
_PLACE = {symbol.value: place for place, symbol in enumerate(SYMBOLS)}

_ANY, _LAST, _TWO, _OWN = 0.5, 2.0, 3.0, 10.0
"""How many events each estimate is mixed with: of every symbol, of the phase, of the last event, and of all tracks."""
_PHASE_WAITS, _OWN_WAITS, _UNSEEN = 5.0, 10.0, 1.0
"""How many waits of all phases, and of all tracks, are mixed in; and one of which nothing is known: it lasts about as long
again as it has lasted already, so that nothing is sure to come, nor sure not to, where no wait was ever seen so long."""


@attrs.frozen(kw_only=True)
class Steps:
    """What happened on some tracks, one step for each event.

    ``contexts`` are (phase before, last but one, last) as places in `PHASES` and `SYMBOLS`, ``symbols`` what came;
    ``waits`` are (phase, days, whether it ended), of the last event until the day of the question too.
    """

    contexts: tuple[tuple[int, int, int], ...]
    symbols: tuple[int, ...]
    waits: tuple[tuple[int, int, bool], ...]


def steps(
    ledger: Ledger, track: str, *, as_of: Moment | str, known_at: Cut = None, evidence: Evidence | str = "official"
) -> Steps:
    """The steps of one track as it was known then, without anomalies; arguments as in `diplostate.simulation.spells.spells`."""
    last = as_moment(as_of)
    assert last is not None
    contexts, symbols, waits = [], [], []
    two, moved, phase = (NONE, NONE), None, Phase.IDLE
    for step in history(ledger, track, as_of=last, known_at=last if known_at is None else known_at, evidence=evidence):
        if step.row is None or step.row.target is Effect.ANOMALY:
            continue
        symbol = _PLACE[step.event.symbol]
        contexts.append((PHASES.index(step.before.phase), *two))
        symbols.append(symbol)
        if moved is not None:
            waits.append((PHASES.index(step.before.phase), (step.entry.day - moved).days, True))
        two, moved, phase = (two[1], symbol), step.entry.day, step.after.phase
    if moved is not None:
        waits.append((PHASES.index(phase), max((day_of(last) - moved).days, 0), False))
    return Steps(contexts=tuple(contexts), symbols=tuple(symbols), waits=tuple(waits))


def lasts(found: Steps) -> tuple[int, int]:
    """The last two symbols of a track."""
    return (NONE, NONE, *found.symbols)[-2:]  # type: ignore[return-value]  # there are always two


def together(parts: Sequence[Steps]) -> Steps:
    """The steps of several tracks."""
    return Steps(
        contexts=tuple(context for part in parts for context in part.contexts),
        symbols=tuple(symbol for part in parts for symbol in part.symbols),
        waits=tuple(wait for part in parts for wait in part.waits),
    )


@attrs.frozen(kw_only=True)
class Habits:
    """Models of what all tracks have in common, drawn from what the record leaves open."""

    symbols: Array
    """The probability of each symbol, by phase, last but one and last, (models, phases, symbols + 1, symbols + 1, symbols)."""
    lasting: Array
    """The share of waits in each phase that last longer than each number of days, (models, phases, days + 1)."""


@attrs.frozen(kw_only=True)
class Models:
    """The same for one track, as tables for drawing from."""

    choices: Array
    """For each node the cumulative probability of each symbol, (models, nodes, symbols)."""
    waits: Array
    """For each phase the probability that the next event has come by each day, (models, phases, days + 1)."""


def habits(pooled: Steps, *, seed: int, models: int, days: int) -> Habits:
    """Draw models: a Bayesian bootstrap of the steps (Rubin 1981), shrunk level by level.

    What follows is a Dirichlet draw around that of the next more general context: every symbol, the phase, the last event, the
    last two. Waits are the estimate of Kaplan and Meier under exponential weights (Lo 1993), one for each wait.
    """
    np = numpy()
    chance = np.random.default_rng(seed)
    counts = np.broadcast_to(_counted(pooled), (models, len(PHASES), NONE + 1, NONE + 1, NONE))
    any_ = _dirichlet(chance, counts.sum(axis=(2, 3)) + _ANY)
    last = _dirichlet(chance, counts.sum(axis=2) + _LAST * any_[:, :, None, :])
    two = _dirichlet(chance, counts + _TWO * last[:, :, None, :, :])
    ended, gone, number = _weighed(chance, pooled, days, models)
    general = _lasting(ended.sum(axis=1), gone.sum(axis=1))[:, None, :]
    return Habits(symbols=two, lasting=_blend(_lasting(ended, gone), general, number, _PHASE_WAITS))


def adapted(general: Habits, own: Steps, automaton: Automaton, *, seed: Sequence[int], days: int) -> Models:
    """The models of one track: those of all tracks, and around them its own steps, which weigh the more the more there are."""
    np = numpy()
    chance = np.random.default_rng(seed)
    phases = np.array([PHASES.index(phase) for phase in automaton.phases])
    before, latest = np.array(automaton.lasts).T
    counts = _counted(own).sum(axis=1)[phases, latest]
    shares = _dirichlet(chance, counts + _OWN * general.symbols[:, phases, before, latest]) * (np.array(automaton.steps) >= 0)
    choices = np.cumsum(shares / shares.sum(axis=2, keepdims=True), axis=2)
    choices[:, :, -1] = 1.0
    lasting = general.lasting[:, :, : days + 1]
    ended, gone, number = _weighed(chance, own, days, len(lasting))
    return Models(choices=choices, waits=1 - _blend(_lasting(ended, gone), lasting, number, _OWN_WAITS))


def _counted(found: Steps) -> Array:
    np = numpy()
    counts = np.zeros((len(PHASES), NONE + 1, NONE + 1, NONE))
    for context, symbol in zip(found.contexts, found.symbols, strict=True):
        counts[context][symbol] += 1
    return counts


def _dirichlet(chance: Any, counts: Array) -> Array:  # noqa: ANN401
    """Shares around counts, along the last axis."""
    np = numpy()
    drawn = chance.standard_gamma(counts) + np.finfo(float).tiny
    return drawn / drawn.sum(axis=-1, keepdims=True)


def _weighed(chance: Any, found: Steps, days: int, models: int) -> tuple[Array, Array, Array]:  # noqa: ANN401
    """The waits of each phase that ended, and all that were over, after each number of days, each wait with an exponential
    weight, (models, phases, days + 1); and how many waits there are in each phase."""
    np = numpy()
    counts = np.zeros((2, len(PHASES), days + 1))
    for phase, length, is_end in found.waits:
        counts[int(is_end and length <= days), phase, min(length, days)] += 1
    drawn = np.zeros((models, *counts.shape))
    some = counts > 0
    drawn[:, some] = chance.standard_gamma(np.broadcast_to(counts[some], (models, int(some.sum()))))  # sums of exponentials
    return drawn[:, 1], drawn.sum(axis=1), counts.sum(axis=(0, 2))[:, None]


def _lasting(ended: Array, gone: Array) -> Array:
    """The share that lasts longer than each number of days from 0, along the last axis."""
    np = numpy()
    at_risk = np.flip(np.cumsum(np.flip(gone, axis=-1), axis=-1), axis=-1)
    usual = 1 / (np.arange(gone.shape[-1]) + 2)
    return np.cumprod(1 - (ended + _UNSEEN * usual) / (at_risk + _UNSEEN), axis=-1)


def _blend(own: Array, general: Array, count: Array, weight: float) -> Array:
    return (count * own + weight * general) / (count + weight)

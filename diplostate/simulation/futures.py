"""Futures of talks: many simulated paths of a track, all of them legal, and the probability of each phase over time."""

from __future__ import annotations

import signal
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from typing import Any

import attrs

from diplostate.errors import Fault, Invalid
from diplostate.ledger.ask import Cut, status
from diplostate.ledger.branch import Branch
from diplostate.ledger.protocol import Ledger
from diplostate.simulation.automaton import SYMBOLS, Automaton, Teller, explored
from diplostate.simulation.extra import numpy
from diplostate.simulation.habits import PHASES, Habits, Steps, adapted, habits, lasts, steps, together
from diplostate.simulation.logistic import Array
from diplostate.talks.dates import Moment, as_moment, day_of
from diplostate.talks.events import Described, Event, names_party
from diplostate.talks.fold import evolve
from diplostate.talks.machine import Phase
from diplostate.talks.record import describe
from diplostate.talks.sources import Evidence
from diplostate.talks.status import Status

MODELS = 50
"""Models that are drawn from what the record leaves open; the runs are dealt out to them."""
_CHUNK = 10_000
"""Runs that are simulated at a time: what one process does at least."""
_Z = 1.959964
_FARTHEST_DAYS = 3653
"""How far ahead can be asked for. Every day takes memory, and habits of today say little of the next decade."""
_SILENT_DAYS = 18_263
"""After half a century without an event a track goes by no habit; every day of silence takes memory, too."""


@attrs.frozen(kw_only=True)
class Start:
    """A track as its future begins: what can follow, what happened on it, and how long nothing has."""

    track: str
    status: Status
    today: date
    teller: Teller
    automaton: Automaton
    steps: Steps
    elapsed: int
    """Days since its last event."""


@attrs.frozen(kw_only=True)
class Future:
    """The probability of each phase of a track on each day from today."""

    track: str
    phase: Phase
    """The phase of today."""
    today: date
    runs: int
    events: float
    """How many events a path has, on average."""
    own: int
    """Events of this track from which was learned."""
    shares: Mapping[Phase, tuple[tuple[float, float, float], ...]]
    """For each phase and day the probability, with its 95 % interval: it holds what the record leaves open, and the chance of
    the runs; not that the model itself may be wrong."""


@attrs.frozen(kw_only=True)
class Plan:
    """What is to be simulated: which tracks, by which habits, how far, how often, and with which seed."""

    starts: tuple[Start, ...]
    untold: tuple[str, ...]
    """Tracks on which nothing has happened that counts, or nothing for half a century, or of which fewer than two parties are
    known."""
    habits: Habits
    learned: int
    """Events from which the habits were learned."""
    as_of: Moment
    known_at: Moment
    horizon_days: int
    runs: int
    seed: int


Watch = Callable[[Iterable[Any], int], Iterable[Any]]
"""Sees pieces of work go by, and is told how many there are."""


def planned(
    ledger: Ledger,
    tracks: Sequence[str] | None = None,
    *,
    as_of: Moment | str,
    horizon_days: int = 90,
    runs: int = 10_000,
    seed: int = 1,
    known_at: Cut = None,
    evidence: Evidence | str = "official",
    learn_from: Ledger | None = None,
    learn_evidence: Evidence | str | None = None,
    watch: Watch = lambda items, _: items,
) -> Plan:
    """Get some tracks (None: all) ready to be simulated.

    Habits are learned from all tracks of ``learn_from`` on ``learn_evidence`` (None: the same), and from each track its own, as
    they were known at ``as_of`` (with ``known_at``: then). Raises `MissingExtra` without numpy, `TrackNotFound`, and `Invalid`
    for a horizon of no day or of more than ten years, for too few runs, and where nothing can be learned.
    """
    _refuse(horizon_days, runs)
    cut = _Cut.of(as_of, known_at, evidence)
    pooled = _pooled(learn_from or ledger, _Cut.of(as_of, known_at, learn_evidence or evidence))
    starts, untold = _starts(ledger, ledger.tracks() if tracks is None else tracks, cut, seed, watch)
    days = max((start.elapsed for start in starts), default=0) + horizon_days
    return Plan(
        starts=starts, untold=untold, habits=habits(pooled, seed=seed, models=MODELS, days=days), learned=len(pooled.symbols),
        as_of=cut.as_of, known_at=cut.known_at, horizon_days=horizon_days, runs=runs, seed=seed,
    )  # fmt: skip


def _starts(
    ledger: Ledger, tracks: Sequence[str], cut: _Cut, seed: int, watch: Watch
) -> tuple[tuple[Start, ...], tuple[str, ...]]:
    """Where each track stands, and the tracks of which too little is known."""
    tried = {track: _start(ledger, track, cut, seed) for track in watch(tracks, len(tracks))}
    untold = tuple(track for track, start in tried.items() if start is None)
    return tuple(start for start in tried.values() if start is not None), untold


def _refuse(horizon_days: int, runs: int) -> None:
    numpy()
    if horizon_days < 1:
        raise Invalid([Fault(f"a horizon of {horizon_days} days lies in no future: ask for one day or more")])
    if horizon_days > _FARTHEST_DAYS:
        raise Invalid([Fault(f"a horizon of {horizon_days} days is too far: ten years, {_FARTHEST_DAYS} days, are the most")])
    if runs < MODELS:
        raise Invalid([Fault(f"too few runs ({runs}): {MODELS} are the least, 10000 are usual")])


@attrs.frozen
class _Cut:
    """What was known when, on which evidence."""

    as_of: Moment
    known_at: Moment
    evidence: Evidence

    @classmethod
    def of(cls, as_of: Moment | str, known_at: Cut, evidence: Evidence | str) -> _Cut:
        now = as_moment(as_of)
        assert now is not None
        return cls(now, as_moment(known_at) or now, Evidence.parse(evidence))

    def steps(self, ledger: Ledger, track: str) -> Steps:
        return steps(ledger, track, as_of=self.as_of, known_at=self.known_at, evidence=self.evidence)


def _pooled(teacher: Ledger, cut: _Cut) -> Steps:
    found = together([cut.steps(teacher, track) for track in teacher.tracks()])
    if not found.symbols:
        raise Invalid([Fault(_NOTHING)])
    return found


_NOTHING = (
    "there is nothing to learn from: no event was known then that counts; name other evidence (--learn-evidence reported), "
    "a later --known-at, or another record (--learn-from)"
)


def _parties(ledger: Ledger, track: str) -> tuple[str, ...]:
    """The principals, declared or named by the events."""
    events = tuple(ledger.events(track))
    declared = describe(event for event in events if isinstance(event, Described)).principals
    return tuple(sorted(declared or {code for event in events for _, code in names_party(event)}))


def _start(ledger: Ledger, track: str, cut: _Cut, seed: int) -> Start | None:
    """A track as its future begins; None where too little is known of it."""
    own = cut.steps(ledger, track)
    parties = _parties(ledger, track)
    if not own.symbols or own.waits[-1][1] > _SILENT_DAYS or len(parties) < 2:
        return None
    teller = Teller(track=track, parties=parties, evidence=cut.evidence, says=f"simulated with seed {seed}; nobody said so")
    here, today = status(ledger, track, as_of=cut.as_of, known_at=cut.known_at, evidence=cut.evidence), day_of(cut.as_of)
    return Start(
        track=track,
        status=here,
        today=today,
        teller=teller,
        automaton=explored(here, lasts(own), teller, max(today, here.moved or today)),
        steps=own,
        elapsed=own.waits[-1][1],
    )


@attrs.frozen(kw_only=True)
class Futures:
    """The futures of some tracks."""

    futures: tuple[Future, ...]
    learned: int
    """Events from which was learned."""
    plan: Plan


@attrs.frozen
class Paths:
    """Simulated events: the run of each, its day from today, its symbol, and the nodes before and after it."""

    run: Array
    day: Array
    symbol: Array
    before: Array
    after: Array


def walked(plan: Plan, start: Start, first: int, runs: int) -> Paths:
    """The paths of a chunk of runs of a track, from the run ``first`` on."""
    np = numpy()
    seeds = [plan.seed, zlib.crc32(start.track.encode())]  # a number for a track that is the same everywhere
    tables = adapted(plan.habits, start.steps, start.automaton, seed=seeds, days=start.elapsed + plan.horizon_days)
    chance = np.random.default_rng([*seeds, first])
    phases, following = _phases(start), np.array(start.automaton.steps).ravel()
    models, nodes, symbols = tables.choices.shape
    length = tables.waits.shape[2]
    # The row of a table, and in it the place, are found by one search: every row is raised by its number.
    choices = (tables.choices + np.arange(models * nodes).reshape(models, nodes, 1)).ravel()
    waits = (tables.waits + np.arange(models * len(PHASES)).reshape(models, -1, 1)).ravel()
    run = np.arange(first, first + runs)
    run = run[np.argsort(run % models, kind="stable")]  # runs of one model look into one corner of the tables
    model, node = run % models, np.zeros(runs, dtype=int)
    seen = tables.waits[model, phases[0], start.elapsed]
    row = model * len(PHASES) + phases[0]
    share = seen + (1 - seen) * chance.random(runs)
    day = np.searchsorted(waits, share + row, side="right") - row * length - start.elapsed
    found: list[tuple[Array, ...]] = []
    while (alive := day <= plan.horizon_days).any():
        run, model, node, day = run[alive], model[alive], node[alive], day[alive]
        row = model * nodes + node
        symbol = np.searchsorted(choices, chance.random(len(run)) + row, side="right") - row * symbols
        after = following[node * symbols + symbol]
        found.append((run, day, symbol, node, after))
        node, row = after, model * len(PHASES) + phases[after]
        day = day + np.searchsorted(waits, chance.random(len(run)) + row, side="right") - row * length
    empty = np.zeros(0, dtype=int)
    return Paths(*(np.concatenate(column) for column in zip(*found, strict=True))) if found else Paths(*[empty] * 5)


def _phases(start: Start) -> Array:
    return numpy().array([PHASES.index(phase) for phase in start.automaton.phases])


Task = tuple[Start, int, int]
"""A track, the first run, and how many."""
Tally = tuple[Array, int]
"""How many runs of each model are in each phase on each day, (models, phases, days), and how many events they have."""


def _tallied(plan: Plan, task: Task) -> Tally:
    np = numpy()
    start, first, runs = task
    paths, phases = walked(plan, start, first, runs), _phases(start)
    shape = (MODELS, len(PHASES), plan.horizon_days + 1)
    rows = (paths.run % MODELS) * len(PHASES)
    came, went = (
        np.bincount((rows + phases[nodes]) * shape[2] + paths.day, minlength=shape[0] * shape[1] * shape[2])
        for nodes in (paths.after, paths.before)
    )
    change = (came - went).reshape(shape)
    change[:, phases[0], 0] += np.bincount(np.arange(first, first + runs) % MODELS, minlength=MODELS)
    return np.cumsum(change, axis=2), len(paths.run)


def simulate(plan: Plan, *, processes: int = 1, watch: Watch = lambda items, _: items) -> Futures:
    """Simulate every track of a plan; it comes to the same with any number of processes."""
    tasks = [(start, first, min(_CHUNK, plan.runs - first)) for start in plan.starts for first in range(0, plan.runs, _CHUNK)]
    counted: dict[str, list[Tally]] = {start.track: [] for start in plan.starts}
    for (start, _, _), result in zip(tasks, watch(_worked(plan, tasks, processes), len(tasks)), strict=True):
        counted[start.track].append(result)
    futures = tuple(_future(start, counted[start.track], plan.runs) for start in plan.starts)
    return Futures(futures=futures, learned=plan.learned, plan=plan)


def _worked(plan: Plan, tasks: Sequence[Task], processes: int) -> Iterator[Tally]:
    if processes == 1 or len(tasks) < 2:
        yield from (_tallied(plan, task) for task in tasks)
        return
    shared = attrs.evolve(plan, starts=())  # every task brings its own
    with ProcessPoolExecutor(processes, initializer=_share, initargs=(shared,)) as pool:
        yield from pool.map(_with_shared, tasks)


_SHARED: list[Plan] = []


def _share(plan: Plan) -> None:
    """Keep the plan in a worker, so that it is sent there once; who interrupts all, interrupts those that wait for it."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    _SHARED[:] = [plan]


def _with_shared(task: Task) -> Tally:
    return _tallied(_SHARED[0], task)


def _future(start: Start, results: Sequence[Tally], runs: int) -> Future:
    np = numpy()
    counts = sum(result for result, _ in results)
    each = counts.sum(axis=1)[:, :1, None]
    shares, mean = counts / each, counts.sum(axis=0) / runs
    by_chance = (shares * (1 - shares) / np.maximum(each - 1, 1)).mean(axis=0)
    between = np.maximum(shares.var(axis=0, ddof=1) - by_chance, 0)
    half = _Z * np.sqrt(between + mean * (1 - mean) / runs)
    lower, upper = np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1)
    return Future(
        track=start.track,
        phase=start.status.phase,
        today=start.today,
        runs=runs,
        events=sum(events for _, events in results) / runs,
        own=len(start.steps.symbols),
        shares={
            phase: tuple(zip(mean[place].tolist(), lower[place].tolist(), upper[place].tolist(), strict=True))
            for place, phase in enumerate(PHASES)
        },
    )


def events_of(plan: Plan, start: Start, run: int) -> Iterator[Event]:
    """One simulated path of a track as events in their order, marked as hypothetical."""
    np = numpy()
    first = run - run % _CHUNK
    paths = walked(plan, start, first, min(_CHUNK, plan.runs - first))
    here = start.status
    for place in np.flatnonzero(paths.run == run):
        day = start.today + timedelta(days=int(paths.day[place]))
        event = start.teller.tell(here, SYMBOLS[int(paths.symbol[place])], day)
        yield event
        here = evolve(here, event, evidence=start.teller.evidence)


def branch_of(ledger: Ledger, plan: Plan, run: int) -> Branch:
    """A branch of the ledger on which one run of every track has happened; each event is judged as strictly as by hand."""
    is_hindsight = day_of(plan.known_at) > day_of(plan.as_of)
    branch = Branch(ledger, at=plan.as_of if is_hindsight else plan.known_at, axis="happened" if is_hindsight else "known")
    for start in plan.starts:
        for event in events_of(plan, start, run):
            branch.append([event])
    return branch

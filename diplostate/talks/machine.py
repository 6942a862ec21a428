"""The machine: one declarative table of frozen rows, the only truth about how talks move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from diplostate.talks.words import Word


class Phase(Word):
    """The states of the machine."""

    IDLE = "IDLE"
    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    SCHEDULED = "SCHEDULED"
    HELD = "HELD"
    STALLED = "STALLED"
    CONCLUDED = "CONCLUDED"


class Symbol(Word):
    """What the machine reads: the kind of an event, and for ``responded`` its answer."""

    PROPOSED = "proposed"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    COUNTERED = "countered"
    DECLINED = "declined"
    SCHEDULED = "scheduled"
    HELD = "held"
    STALLED = "stalled"
    CONCLUDED = "concluded"


ANSWERS = frozenset({Symbol.ACKNOWLEDGED, Symbol.ACCEPTED, Symbol.COUNTERED, Symbol.DECLINED})
"""The symbols that need a proposal to go to."""


class Match(Word):
    """How a symbol found the proposal that it is about."""

    NO_NEED = "needs none"
    """Only answers need one."""
    OPEN = "into the open one"
    """The answer goes to the proposal that is open already."""
    OPENS = "opens another one"
    """The answer names another proposal on the table, or adopts a remembered leak; that one is open now."""
    NONE = "none addresses it"
    """No proposal that the answer could mean addresses its party."""


class Effect(Word):
    """Where a row leads when it is no fixed phase."""

    VERDICT = "verdict"
    """Any standing decline: DECLINED; else someone awaited: PENDING; else ACCEPTED."""
    ANOMALY = "anomaly"
    """The event is kept and shown, but never applied: the phase stays."""


VERDICTS = frozenset({Phase.PENDING, Phase.ACCEPTED, Phase.DECLINED})
"""Where a verdict can lead."""

Target = Phase | Effect

_PAIRS = tuple((symbol, match) for symbol in Symbol for match in Match)
_CODES = {pair: code for code, pair in enumerate(_PAIRS)}


def code(symbol: Symbol, match: Match) -> int:
    """The place of a symbol and its match in the line of a phase."""
    return _CODES[symbol, match]


@attrs.frozen
class Row:
    """In phase ``source``, on ``symbol`` that found its proposal so (``match``), go to ``target``."""

    source: Phase
    symbol: Symbol
    match: Match
    target: Target
    rule: str
    """Why, in one sentence."""
    phase: Phase | None = attrs.field(init=False, repr=False, eq=False)
    """The target where it is a fixed phase, for a quick look."""

    @phase.default
    def _phase(self) -> Phase | None:
        return self.target if isinstance(self.target, Phase) else None

    def targets(self) -> frozenset[Phase]:
        """The phases to which this row can lead."""
        if isinstance(self.target, Phase):
            return frozenset({self.target})
        return VERDICTS if self.target is Effect.VERDICT else frozenset({self.source})


@attrs.frozen
class Machine:
    """A table, checked when it is declared.

    ``closed`` names the phases in which no proposal can be open; there no answer can go ``into the open one``. Raises
    ``ValueError``, naming every fault at once, for an ambiguous row, a missing one, one that can never apply, an unknown
    word, a phase that cannot be reached from ``initial``, and a phase that cannot be left.
    """

    initial: Phase
    closed: frozenset[Phase]
    rows: tuple[Row, ...]
    lines: Mapping[Phase, tuple[Row, ...]] = attrs.field(init=False, repr=False, eq=False)
    """For each phase its rows, at the place that `code` gives to symbol and match."""

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise ValueError("this machine cannot be: " + "; ".join(faults))
        cells = {(row.source, row.symbol, row.match): row for row in self.rows}
        lines = {phase: tuple(cells.get((phase, *pair)) for pair in _PAIRS) for phase in Phase}
        object.__setattr__(self, "lines", lines)

    def row(self, phase: Phase, symbol: Symbol, match: Match) -> Row:
        """The one row that applies; the table is total over `cells`."""
        return self.lines[phase][code(symbol, match)]

    def cells(self) -> Iterator[tuple[Phase, Symbol, Match]]:
        """Every combination that can occur."""
        for phase in Phase:
            for symbol in Symbol:
                for match in self._matches(phase, symbol):
                    yield phase, symbol, match

    def _matches(self, phase: Phase, symbol: Symbol) -> tuple[Match, ...]:
        if symbol not in ANSWERS:
            return (Match.NO_NEED,)
        if phase in self.closed:
            return (Match.OPENS, Match.NONE)
        return (Match.OPEN, Match.OPENS, Match.NONE)

    def _faults(self) -> Iterator[str]:
        unknown = [row for row in self.rows if not _is_known(row)]
        if unknown:
            yield from (f"{row} holds a word that is no Phase, Symbol, Match or Effect" for row in unknown)
            return
        seen = [(row.source, row.symbol, row.match) for row in self.rows]
        possible = set(self.cells())
        for cell in sorted(set(seen)):
            if seen.count(cell) > 1:
                yield f"{_name(cell)} has {seen.count(cell)} rows"
            if cell not in possible:
                yield f"{_name(cell)} can never occur"
        yield from (f"{_name(cell)} has no row" for cell in sorted(possible - set(seen)))
        yield from self._dead_ends()

    def _dead_ends(self) -> Iterator[str]:
        reached = self.reachable(self.initial) | {self.initial}
        yield from (f"{phase} cannot be reached from {self.initial}" for phase in Phase if phase not in reached)
        yield from (f"{phase} cannot be left" for phase in Phase if self.reachable(phase) <= {phase})

    def reachable(self, phase: Phase) -> frozenset[Phase]:
        """The phases that a sequence of one or more symbols can lead to."""
        reached: set[Phase] = set()
        front = {phase}
        while front:
            after = {target for row in self.rows if row.source in front for target in row.targets()}
            front = after - reached
            reached |= after
        return frozenset(reached)


def _is_known(row: Row) -> bool:
    return (
        isinstance(row.source, Phase)
        and isinstance(row.symbol, Symbol)
        and isinstance(row.match, Match)
        and isinstance(row.target, (Phase, Effect))
    )


def _name(cell: tuple[Phase, Symbol, Match]) -> str:
    return "/".join(cell)


def _rows(
    sources: Iterable[Phase], symbols: Iterable[Symbol], match: Match, target: Target | None, rule: str
) -> tuple[Row, ...]:
    """One row for each pair; a target of None stays in the phase."""
    return tuple(
        Row(source, symbol, match, source if target is None else target, rule)
        for source in Phase
        if source in frozenset(sources)
        for symbol in Symbol
        if symbol in frozenset(symbols)
    )


_ALL = frozenset(Phase)
_CLOSED = frozenset({Phase.IDLE, Phase.HELD, Phase.CONCLUDED})
_WAITING = frozenset({Phase.PENDING, Phase.ACCEPTED, Phase.DECLINED, Phase.STALLED})
_SET = frozenset({Phase.SCHEDULED})
_ACKNOWLEDGED = frozenset({Symbol.ACKNOWLEDGED})
_DECIDED = frozenset({Symbol.ACCEPTED, Symbol.DECLINED})
_COUNTERED = frozenset({Symbol.COUNTERED})

TALKS = Machine(
    Phase.IDLE,
    _CLOSED,
    (
        *_rows(_ALL - _SET, {Symbol.PROPOSED}, Match.NO_NEED, Phase.PENDING, "a proposal awaits its answers"),
        *_rows(_SET, {Symbol.PROPOSED}, Match.NO_NEED, None, "a meeting that is set stays set"),
        *_rows(_ALL, {Symbol.SCHEDULED}, Match.NO_NEED, Phase.SCHEDULED, "a meeting is set"),
        *_rows(_ALL, {Symbol.HELD}, Match.NO_NEED, Phase.HELD, "a meeting took place and closes what was open"),
        *_rows(_ALL, {Symbol.STALLED}, Match.NO_NEED, Phase.STALLED, "talks do not move; what was open stays open"),
        *_rows(_ALL, {Symbol.CONCLUDED}, Match.NO_NEED, Phase.CONCLUDED, "the track is over and its table is cleared"),
        *_rows(_WAITING, _DECIDED, Match.OPEN, Effect.VERDICT, "an answer to the open proposal counts"),
        *_rows(_WAITING, _ACKNOWLEDGED, Match.OPEN, None, "an acknowledgement takes nothing back and decides nothing"),
        *_rows(_WAITING, _COUNTERED, Match.OPEN, Phase.PENDING, "a counter-proposal awaits its answers"),
        *_rows(
            _ALL - _SET, _ACKNOWLEDGED | _DECIDED, Match.OPENS, Effect.VERDICT, "an answer opens the proposal that it means"
        ),
        *_rows(_ALL - _SET, _COUNTERED, Match.OPENS, Phase.PENDING, "a counter-proposal awaits its answers"),
        *_rows(_SET, ANSWERS, Match.OPEN, None, "a meeting that is set stays set"),
        *_rows(_SET, ANSWERS, Match.OPENS, None, "a meeting that is set stays set"),
        *_rows(_ALL, ANSWERS, Match.NONE, Effect.ANOMALY, "an answer needs a proposal that addresses its party"),
    ),
)
"""The machine of talk tracks."""

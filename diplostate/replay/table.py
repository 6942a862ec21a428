"""The machine compiled from its rows: a whole number for each symbol and each way in which it can find its proposal."""

from __future__ import annotations

from enum import IntEnum

from diplostate.talks.machine import ANSWERS, TALKS, Effect, Machine, Match, Phase, Symbol

PHASES = tuple(Phase)
"""The phases in the order of their codes."""
CODES = {phase: code for code, phase in enumerate(PHASES)}
"""The code of every phase: three bits."""
VERDICT, STAYS = len(PHASES), len(PHASES) + 1
"""The codes of targets that are no phase: what the answers come to, and nowhere (an anomaly)."""


class Kind(IntEnum):
    """The four lowest bits of a symbol: what the event does, with all resolved that depends on other events.

    Above them are four bits for the number of the party in its track (``by``), and above these the rest: the addressees of a
    proposal and those who speak in a `SCHEDULED`, one bit for each party by its number; for `HELD` 0 where it is no round, 1
    where the round has no number, else its number and 1. From `ACKNOWLEDGED` on they are answers.
    """

    NOTHING = 0
    """It moves nothing on this evidence."""
    LEAK = 1
    """A proposal below the evidence, which a counted answer may adopt."""
    PROPOSED = 2
    SCHEDULED = 3
    HELD = 4
    STALLED = 5
    WITHDRAWN = 6
    """A stall by which its party takes its proposal back."""
    CONCLUDED = 7
    ACKNOWLEDGED = 8
    ACCEPTED = 9
    COUNTERED = 10
    DECLINED = 11


SYMBOLS = {
    Kind.PROPOSED: Symbol.PROPOSED,
    Kind.SCHEDULED: Symbol.SCHEDULED,
    Kind.HELD: Symbol.HELD,
    Kind.STALLED: Symbol.STALLED,
    Kind.WITHDRAWN: Symbol.STALLED,
    Kind.CONCLUDED: Symbol.CONCLUDED,
    Kind.ACKNOWLEDGED: Symbol.ACKNOWLEDGED,
    Kind.ACCEPTED: Symbol.ACCEPTED,
    Kind.COUNTERED: Symbol.COUNTERED,
    Kind.DECLINED: Symbol.DECLINED,
}
"""What the machine reads of each kind; of the others it reads nothing."""

OPEN, OPENS, NONE = 0, 1, 2
"""How an answer found its proposal, as it is added to the first line of its kind."""
_MATCHES = (Match.OPEN, Match.OPENS, Match.NONE)


def compiled(machine: Machine = TALKS) -> tuple[int, ...]:
    """The machine as a whole number for each line: four bits for each phase, by its code, with the code of the target.

    The lines are those of the kinds up to `Kind.CONCLUDED`, each at its own number (a kind that the machine does not read stays
    in every phase), then for every answer one for each way to find a proposal: `OPEN`, `OPENS`, `NONE`. See `first_line`.
    """
    targets = {(row.source, row.symbol, row.match): row.target for row in machine.rows}

    def line(symbol: Symbol | None, match: Match) -> int:
        found = (targets.get((phase, symbol, match), Effect.ANOMALY) if symbol else Effect.ANOMALY for phase in PHASES)
        return sum(_code(target) << 4 * place for place, target in enumerate(found))

    return tuple(line(SYMBOLS.get(kind), match) for kind in Kind for match in _ways(kind))


def first_line(kind: int) -> int:
    """The number of the first line of a kind: its own, but answers have three lines each."""
    return kind if kind < Kind.ACKNOWLEDGED else Kind.ACKNOWLEDGED + len(_MATCHES) * (kind - Kind.ACKNOWLEDGED)


def _ways(kind: Kind) -> tuple[Match, ...]:
    return _MATCHES if SYMBOLS.get(kind) in ANSWERS else (Match.NO_NEED,)


def _code(target: Phase | Effect) -> int:
    if isinstance(target, Phase):
        return CODES[target]
    return VERDICT if target is Effect.VERDICT else STAYS

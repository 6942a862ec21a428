"""One step of the fold in whole numbers: what every engine runs, in Python, through numba, or translated into SQL.

`step` is written in the part of Python that all of them share: assignments, ``if``, and arithmetic of whole numbers.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from diplostate.replay.table import CODES, STAYS, VERDICT, Kind
from diplostate.talks.machine import Phase

NEVER = -719163
"""The day on which nothing happened, in days from 1970-01-01: the one before 0001-01-01."""
START = (CODES[Phase.IDLE], 0, 0, NEVER, NEVER, 0, 0)
"""The state of a track before its first event: phase, proposal, leak, since, asked, rounds, anomalies."""
STATE = ("phase", "proposal", "leak", "since", "asked", "rounds", "anomalies")
"""The names of the parts of a state, each a whole number.

``proposal`` is the open one, 0 where there is none: 16 bits for those who are awaited, 16 for those who accepted, 16 for those
who declined, four for the number of the proposer, and one that says whether it is a counter-proposal. ``leak`` is the
remembered one in the same form. ``since`` and ``asked`` are days from 1970-01-01, `NEVER` where there is none; ``asked`` is
the day of the open proposal, whether anybody is still awaited or not.
"""

# Plain whole numbers, as numba and the translator take them.
LEAK, PROPOSED, SCHEDULED, HELD, WITHDRAWN, CONCLUDED = (
    int(kind) for kind in (Kind.LEAK, Kind.PROPOSED, Kind.SCHEDULED, Kind.HELD, Kind.WITHDRAWN, Kind.CONCLUDED)
)
ACKNOWLEDGED, ACCEPTED, COUNTERED, DECLINED = (
    int(kind) for kind in (Kind.ACKNOWLEDGED, Kind.ACCEPTED, Kind.COUNTERED, Kind.DECLINED)
)
IS_PENDING, HAS_ACCEPTED, HAS_DECLINED = CODES[Phase.PENDING], CODES[Phase.ACCEPTED], CODES[Phase.DECLINED]
IS_VERDICT, IS_ANOMALY = VERDICT, STAYS
ALL = 0xFFFF
BY, COUNTER = 48, 1 << 52
"""Where in a proposal the number of its proposer begins, and what makes it a counter-proposal."""


def step(  # noqa: C901  # one function, so that one translation of it is the whole step
    lines: Sequence[int],
    phase: int,
    proposal: int,
    leak: int,
    since: int,
    asked: int,
    rounds: int,
    anomalies: int,
    symbol: int,
    day: int,
) -> tuple[int, int, int, int, int, int, int]:
    """The state after one more symbol; ``lines`` is the compiled machine (see `diplostate.replay.table.compiled`)."""
    kind = symbol & 15
    party = symbol >> 4 & 15
    rest = symbol >> 8
    flag = 1 << party
    line = kind
    if kind >= ACKNOWLEDGED:
        line = ACKNOWLEDGED + 3 * (kind - ACKNOWLEDGED)
        if (proposal | proposal >> 16 | proposal >> 32) & flag == 0:
            if leak & flag != 0:
                proposal = leak
                leak = 0
                asked = day
                line = line + 1
            else:
                flag = 0
                line = line + 2
        if flag != 0:
            if kind == ACCEPTED:
                proposal = proposal & ~(flag | flag << 32) | flag << 16
            elif kind == DECLINED:
                proposal = proposal & ~(flag | flag << 16) | flag << 32
            elif kind == COUNTERED:
                rest = (proposal | proposal >> 16 | proposal >> 32) & ALL | 1 << (proposal >> BY & 15)
                proposal = rest & ~flag | party << BY | COUNTER
                asked = day
    elif kind == PROPOSED:
        leak = 0
        if proposal == 0 or proposal >> BY & 15 != party or proposal >> 32 & ALL != 0 or rest & ~proposal != 0:
            proposal = rest | party << BY
            asked = day
    elif kind == HELD:
        proposal = 0
        leak = 0
        if rest == 1:
            rounds = rounds + 1
        elif rest > rounds + 1:
            rounds = rest - 1
    elif kind == SCHEDULED:
        rest = rest & (proposal | proposal >> 16 | proposal >> 32)
        proposal = proposal & ~(rest | rest << 32) | rest << 16
    elif kind == LEAK:
        leak = rest | party << BY
    elif kind == WITHDRAWN:
        if proposal >> BY & 15 == party:
            proposal = 0
        if leak >> BY & 15 == party:
            leak = 0
    elif kind == CONCLUDED:
        proposal = 0
        leak = 0
    target = lines[line] >> 4 * phase & 15
    if target == IS_VERDICT:
        if proposal >> 32 & ALL != 0:
            target = HAS_DECLINED
        elif proposal & ALL != 0:
            target = IS_PENDING
        else:
            target = HAS_ACCEPTED
    if target == IS_ANOMALY:
        if kind >= ACKNOWLEDGED:
            anomalies = anomalies + 1
    elif target != phase:
        phase = target
        since = day
    return phase, proposal, leak, since, asked, rounds, anomalies


def fold_rows(
    lines: Sequence[int],
    counts: Sequence[int],
    symbols: Sequence[int],
    days: Sequence[int],
    first: int,
    track: int,
    carried: MutableSequence[int],
    told: Sequence[MutableSequence[int]],
) -> tuple[int, int, int]:
    """Fold the rows of a batch from ``first`` on into the tracks from ``track`` on, as far as both go.

    ``counts`` holds how many rows each track has; ``carried`` the `STATE` of the track that is being folded, the day of its
    last row, and how many of its rows are still to come (-1: none is being folded); ``told`` an array with a place for each
    track, for each part of a state but the leak. The next row, the next track, and the row that moves something but is dated
    before the one above it (-1: there is none).
    """
    phase, proposal, leak, since = carried[0], carried[1], carried[2], carried[3]
    asked, rounds, anomalies, last, left = carried[4], carried[5], carried[6], carried[7], carried[8]
    row = first
    while track < len(counts):
        if left < 0:
            phase, proposal, leak, since, asked, rounds, anomalies = START
            last, left = NEVER, counts[track]
        end = min(len(days), row + left)
        left -= end - row
        while row < end:
            day = days[row]
            if day < last and symbols[row] != 0:
                return row, track, row
            last = day
            phase, proposal, leak, since, asked, rounds, anomalies = step(
                lines, phase, proposal, leak, since, asked, rounds, anomalies, symbols[row], day
            )
            row += 1
        if left > 0:
            break
        told[0][track] = phase
        told[1][track] = proposal
        told[2][track] = since
        told[3][track] = asked
        told[4][track] = rounds
        told[5][track] = anomalies
        left = -1
        track += 1
    carried[0], carried[1], carried[2], carried[3] = phase, proposal, leak, since
    carried[4], carried[5], carried[6], carried[7], carried[8] = asked, rounds, anomalies, last, left
    return row, track, -1

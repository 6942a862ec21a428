"""What each rule for coded events does: agreement with public histories with and without it, and with other limits.

Needs the folder ``shared`` beside the project, with ``data/icews``; the public histories are the logs in tests/codings.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from diplostate.codings import background, dyads
from diplostate.codings.background import Background
from diplostate.codings.rows import Row
from diplostate.talks.events import Concluded
from diplostate.talks.words import Outcome
from tests.codings.agreement import CASES, Case, last_row_wins, phases, shares

DATA = Path(__file__).parents[2].parent / "shared/data"
TALKS, DAY = dyads._Talks, dyads._Day


def _counted(self: Background, day: int, counts: dict[str, int]) -> dict[str, float]:
    """Instead of the background: the most rows win."""
    return {kind: 1 / rows for kind, rows in counts.items() if rows}


def _proposal(self: Any, day: Any, rows: list[Row]) -> list[Any]:
    """Instead of the context: 036 is always a proposal of the side that has more."""
    asker = dyads._most(row.by for row in rows) or rows[0].by
    self.phase, self.opener = dyads.Phase.PENDING, asker
    return [dyads._make(self.dyad, dyads.Proposed, day, rows, f"proposed/{asker}", by=asker, to=[self.dyad.other(asker)])]


def _concluded(self: Any, day: Any, rows: list[Row]) -> list[Any]:
    """Instead of a meeting with an agreement: where signatures outnumber meetings, the track ends."""
    if 2 * sum(row.code.reads_as in dyads._SIGNED for row in rows) <= len(rows):
        return list(TALKS.read_held(self, day, rows))
    self.phase, self.opener = dyads.Phase.CONCLUDED, None
    return [dyads._make(self.dyad, Concluded, day, rows, "concluded", outcome=Outcome.AGREEMENT)]


def _visits_are_contact(self: Any, weights: dict[str, int]) -> tuple[str, ...]:
    return ("visit",) if self.phase not in dyads._AHEAD or weights["held"] > weights["prospect"] else ("held", "visit")


RULES: dict[str, list[AbstractContextManager[Any]]] = {
    "all rules": [],
    "without weighing against what is usual": [patch.object(Background, "weigh", _counted)],
    "without merging mirrored twins": [patch.object(DAY, "weight", lambda self, rows: len(list(rows)))],
    "036 always a proposal": [patch.dict(dyads._READ, {"prospect": _proposal})],
    "reports of talks need not outnumber word of them": [
        patch.object(TALKS, "_impossible", lambda self, weights: () if self.phase in dyads._AHEAD else ("visit",))
    ],
    "visits always contact": [patch.object(TALKS, "_impossible", _visits_are_contact)],
    "a refusal tells of no proposal": [patch.object(TALKS, "_refused", lambda self, day, rows: [])],
    "plans are rejected in vain": [patch.object(TALKS, "_refusals", lambda self, day: day.of(dyads.Reading.REFUSAL))],
    "an agreement ends the track": [patch.dict(dyads._READ, {"held": _concluded})],
    "breaking off counts always": [patch.object(dyads, "_UNDER_WAY", frozenset(dyads.Phase))],
    "restatement after 3 days": [patch.object(dyads, "RESTATED_DAYS", 3)],
    "restatement after 14 days": [patch.object(dyads, "RESTATED_DAYS", 14)],
    "one session within 1 day": [patch.object(dyads, "SESSION_DAYS", 1)],
    "one session within 5 days": [patch.object(dyads, "SESSION_DAYS", 5)],
}


def _limits(half_life: int, quiet: int) -> list[AbstractContextManager[Any]]:
    return [
        patch.object(background, "HALF_LIFE_DAYS", half_life),
        patch.object(background, "_MEMORY_DAYS", half_life / background.math.log(2)),
        patch.object(background, "QUIET_DAYS", quiet),
        patch.object(dyads, "QUIET_DAYS", quiet),
    ]


def _agreement(case: Case, patches: list[AbstractContextManager[Any]], public: list[str]) -> tuple[float, float, int]:
    with ExitStack() as stack:
        for one in patches:
            stack.enter_context(one)
        events = case.reported(DATA)
    return *shares(phases(events, case.days), public), len(events)


def main() -> None:
    """Print, for each case, the shares of days on which the phase agrees with the public history."""
    for case in CASES:
        public = phases(case.events, case.days)
        print(f"{case.history:<52}exact  coarse  events")
        print("{:<50}{:>7.2f}{:>8.2f}".format("the last row wins", *shares(last_row_wins(case.rows(DATA), case.days), public)))
        for name, patches in RULES.items():
            print("{:<50}{:>7.2f}{:>8.2f}{:>8}".format(name, *_agreement(case, patches, public)))
        print("\nexact and coarse by half-life (rows) and quiet days (columns)")
        quiets = (30, 45, 62, 90, 120)
        print(" " * 6 + "".join(f"{quiet:>12}" for quiet in quiets))
        for half_life in (15, 20, 30, 45, 60):
            found = [_agreement(case, _limits(half_life, quiet), public) for quiet in quiets]
            print(f"{half_life:>6}" + "".join(f"{exact:>7.2f}{coarse:>5.2f}" for exact, coarse, _ in found))
        print()


if __name__ == "__main__":
    main()

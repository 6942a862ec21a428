"""The fold, sentence by sentence as the model has it: what lies on the table, which proposal an answer means, what follows."""

from __future__ import annotations

from diplostate.talks.events import Stalled
from diplostate.talks.fold import evolve, reduce
from diplostate.testing.scenario import answered, given, proposed, rumour, told

A, B, C, D = "AAA", "BBB", "CCC", "DDD"


def test_an_adoption_is_over_with_its_answer():
    """Found by the second reading: after an adopted leak, later answers go into the open proposal like any other."""
    log = given(
        proposed("2025-07-01", A, B, sources=rumour()),
        answered("2025-07-02", B, "acknowledged"),
        told(Stalled, "2025-07-03"),
        answered("2025-07-04", B, "acknowledged"),
    )

    log.then(phase="STALLED", awaiting=(B,))
    assert reduce(log.events) == evolve(reduce(log.events[:-1]), log.events[-1])

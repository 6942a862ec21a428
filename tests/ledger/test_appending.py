"""What every store leaves to one place: ids, and what counts as known."""

from __future__ import annotations

import pytest

from diplostate.errors import IdConflict
from diplostate.ledger.appending import Batch, admit
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.projector import StatusProjector
from diplostate.testing.conformance import NOON, held


def test_a_batch_keeps_the_ids_that_were_made_for_it():
    """So that a store that heard nothing can try again, and finds what it wrote the first time."""
    ledger = MemoryLedger(clock=lambda: NOON)
    batch = Batch.of([held("2025-07-20"), held("2025-07-21", id="mine")], lambda: "made")

    def attempt():
        return admit(batch, ledger._record, StatusProjector(), clock=lambda: NOON, expected_version={"one": 0}, strict=True)

    first = attempt()
    for event in first.new:
        ledger._record.keep(event)
    again = attempt()
    assert [event.id for event in first.new] == ["made", "mine"]
    assert (again.new, again.stored) == ((), first.stored)


def test_an_id_that_is_made_twice_is_taken():
    """Where ids come from a source that repeats itself, other content under the same one is a conflict like any other."""
    with MemoryLedger(clock=lambda: NOON, new_id=lambda: "same") as ledger:
        (stored,) = ledger.append([held("2025-07-20")])

        for batch in ([held("2025-07-21")], [held("2025-07-20"), held("2025-07-22")]):
            with pytest.raises(IdConflict, match="event id 'same' is taken"):
                ledger.append(batch)
        assert ledger.append([held("2025-07-20")]) == (stored,)

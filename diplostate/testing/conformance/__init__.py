"""What every ledger promises, as checks that any store can be held to.

A store of your own joins by one line for each list::

    @pytest.mark.parametrize("check", [*CHECKS, *DURABLE], ids=lambda check: check.__name__)
    def test_my_ledger_keeps_its_promises(check, tmp_path):
        check(lambda **options: MyLedger(tmp_path / "mine", **options))

    @pytest.mark.parametrize("check", READING, ids=lambda check: check.__name__)
    def test_my_ledger_reads_what_it_holds(check, tmp_path):
        check(lambda record: my_ledger_that_holds(tmp_path, record))

A check raises ``AssertionError`` where a promise is broken.
"""

from __future__ import annotations

from diplostate.testing.conformance.appending import APPENDING
from diplostate.testing.conformance.examples import NOON, Hold, Make, every_kind, held, proposed, responded, said
from diplostate.testing.conformance.following import FOLLOWING
from diplostate.testing.conformance.lasting import DURABLE, SEALED
from diplostate.testing.conformance.reading import READING

__all__ = [
    "CHECKS",
    "DURABLE",
    "NOON",
    "READING",
    "SEALED",
    "Hold",
    "Make",
    "every_kind",
    "held",
    "proposed",
    "responded",
    "said",
]

CHECKS = (*APPENDING, *FOLLOWING)
"""For every ledger that can be written."""

"""Every ledger keeps every promise: a new one joins by one line."""

from __future__ import annotations

import pytest

from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.testing.conformance import CHECKS, DURABLE

WRITABLE = {
    "memory": lambda folder, **options: MemoryLedger(**options),
    "sqlite": lambda folder, **options: SqliteLedger(folder / "talks.sqlite", **options),
}
LASTING = ("sqlite",)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", WRITABLE)
def test_every_ledger_keeps_its_promises(name, check, tmp_path):
    check(lambda **options: WRITABLE[name](tmp_path, **options))


@pytest.mark.parametrize("check", DURABLE, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_ledger_keeps_its_record(name, check, tmp_path):
    check(lambda **options: WRITABLE[name](tmp_path, **options))

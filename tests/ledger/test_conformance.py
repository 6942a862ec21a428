"""Every ledger keeps every promise: a new one joins by one line."""

from __future__ import annotations

import contextlib
import functools

import pytest
from support_postgres import NAMES, ledger_on

from diplostate.ledger.branch import Branch
from diplostate.ledger.folder import open_logs
from diplostate.ledger.logfile import write_jsonl
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.testing.conformance import CHECKS, DURABLE, READING, SEALED
from diplostate.testing.conformance.appending import what_has_not_happened_is_refused

WRITABLE = {
    "memory": lambda folder, **options: MemoryLedger(**options),
    "sqlite": lambda folder, **options: SqliteLedger(folder / "talks.sqlite", **options),
    **{name: functools.partial(ledger_on, name) for name in NAMES},
}
BRANCHES = {
    "branch": lambda **options: Branch(MemoryLedger(), **options),
    "branch of a branch": lambda **options: Branch(Branch(MemoryLedger()), **options),
}
LASTING = ("sqlite", *NAMES)
CHAINED = tuple(WRITABLE)


def filled(name):
    def hold(folder, record):
        ledger = WRITABLE[name](folder)
        ledger.append(record, strict=False)
        return ledger

    return hold


def folder_of_logs(folder, record):
    (folder / "log.jsonl").write_text("".join(write_jsonl(record)), "utf-8")
    return open_logs(folder)


READABLE = {**{name: filled(name) for name in WRITABLE}, "folder": folder_of_logs}


@pytest.mark.parametrize("check", READING, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", READABLE)
def test_every_ledger_reads_what_it_holds(name, check, tmp_path):
    check(lambda record: READABLE[name](tmp_path, record))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", WRITABLE)
def test_every_ledger_that_can_be_written_keeps_its_promises(name, check, tmp_path):
    check(lambda **options: WRITABLE[name](tmp_path, **options))


@pytest.mark.parametrize("check", READING, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", READABLE)
def test_a_branch_of_every_ledger_reads_what_that_holds(name, check, tmp_path):
    with contextlib.ExitStack() as bases:
        check(lambda record: bases.enter_context(READABLE[name](tmp_path, record)).branch().branch(at=len(record)))


@pytest.mark.parametrize("check", [one for one in CHECKS if one is not what_has_not_happened_is_refused])
@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_keeps_the_promises_of_a_ledger(name, check):
    """All but one: what has not happened is what a branch is for."""
    check(BRANCHES[name])


@pytest.mark.parametrize("check", DURABLE, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_ledger_keeps_its_record(name, check, tmp_path):
    check(lambda **options: WRITABLE[name](tmp_path, **options))


@pytest.mark.parametrize("check", SEALED, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CHAINED)
def test_every_ledger_with_a_chain_keeps_it(name, check, tmp_path):
    check(lambda **options: WRITABLE[name](tmp_path, **options))

"""Somebody changes a SQLite ledger behind its back: it is found, and named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from diplostate.errors import Tampered
from diplostate.ledger.sealing import GENESIS, Row, chained, check_proof, prove, seal, verify
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.testing.conformance import held

WHEN = datetime(2025, 7, 22, 10, tzinfo=UTC)
GUARDS = ("events_only_next", "events_no_update", "events_no_delete")
COLUMNS = "position, id, track, version, body, content_hash, chain"


@pytest.fixture
def path(tmp_path):
    """A ledger with events ``e1`` to ``e9`` in tracks ``t0`` to ``t2``, in turn."""
    with SqliteLedger(tmp_path / "talks.sqlite") as ledger:
        ledger.append([held("2025-07-20", id=f"e{number}", track=f"t{number % 3}", note="said") for number in range(1, 10)])
    return ledger._file.path


def tamper(path, *changes):
    """Drop the guards, do it, and put them back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        guards = [sql for (sql,) in file.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
        for guard in GUARDS:
            file.execute(f"DROP TRIGGER {guard}")
        for sql, *values in changes:
            file.execute(sql, values)
        for guard in guards:
            file.execute(guard)


def rows_in(path):
    with SqliteLedger(path, create=False) as ledger:
        return list(ledger.rows())


def found(path, sealed=None):
    with SqliteLedger(path, create=False) as ledger, pytest.raises(Tampered) as caught:
        verify(ledger.rows(), seal=sealed)
    return caught.value.what, caught.value.position, caught.value.event_id


def renumbered(path, change, first, count):
    """The numbers of the events from ``first`` on moved by ``change``, so that none is missing."""
    order = range(first, first + count) if change < 0 else range(first + count - 1, first - 1, -1)
    return [("UPDATE events SET position = ? WHERE position = ?", at + change, at) for at in order]


def test_an_untouched_ledger_is_sound(path):
    with SqliteLedger(path) as ledger:
        sealed = seal(ledger.rows(), WHEN)
        ledger.append([held("2025-07-21")])
        assert verify(ledger.rows(), seal=sealed).position == 10


@pytest.mark.parametrize("position", [1, 4, 9])
def test_an_altered_text_is_found(path, position):
    tamper(path, ("UPDATE events SET body = replace(body, 'said', 'sung') WHERE position = ?", position))
    assert found(path) == ("altered", position, f"e{position}")


@pytest.mark.parametrize(
    "change",
    [
        "id = 'other'",
        "track = 'other'",
        "version = 7",
        "version = 1.5",
        "version = 'two'",
        "body = x'ff'",
        "body = CAST(x'7bff7d' AS TEXT)",
        "body = CAST(body AS BLOB)",
        "body = body || ' '",
        "content_hash = upper(content_hash)",
        "content_hash = ''",
        "chain = ''",
        "chain = CAST(x'ff' AS TEXT)",
        "chain = upper(chain)",
    ],
)
def test_every_column_that_is_sealed_counts(path, change):
    tamper(path, (f"UPDATE events SET {change} WHERE position = 4",))
    what, position, _ = found(path)
    assert (what, position) == ("altered", 4)


def test_a_removed_event_is_found(path):
    tamper(path, ("DELETE FROM events WHERE position = 4",))
    assert found(path) == ("removed", 4, None)


def test_a_removed_event_is_found_where_the_rest_is_renumbered(path):
    tamper(path, ("DELETE FROM events WHERE position = 4",), *renumbered(path, -1, 5, 5))
    assert found(path) == ("removed", 4, None)


def test_exchanged_events_are_found(path):
    swap = [("UPDATE events SET position = ? WHERE position = ?", *pair) for pair in ((0, 4), (4, 6), (6, 0))]
    tamper(path, *swap)
    assert found(path) == ("reordered", 4, "e6")


@pytest.mark.parametrize(("continues", "named"), [(False, "new"), (True, None)])
def test_an_inserted_event_is_found(path, continues, named):
    """Where it continues the chain, the place is told; which of the events there is the foreign one cannot be."""
    rows = rows_in(path)
    text = rows[0].body.replace('"e1"', '"new"').replace('"t1"', '"t9"')
    (new,) = chained([(5, "new", "t9", 1, text)], previous=rows[3].chain if continues else GENESIS)
    tamper(path, *renumbered(path, 1, 5, 5), (f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", *new))
    assert found(path) == ("inserted", 5, named)


@pytest.mark.parametrize("position", [0, -1, -(2**63)])
def test_an_event_put_in_front_of_all_is_found(path, position):
    new = Row(position, "new", "t9", 1, "{}", GENESIS, GENESIS)
    tamper(path, (f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", *new))
    assert found(path) == ("inserted", position, "new")


def test_an_event_put_far_behind_all_is_found(path):
    new = Row(2**63 - 1, "new", "t9", 1, "{}", GENESIS, GENESIS)
    tamper(path, (f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", *new))
    assert found(path) == ("removed", 10, None)


def test_cutting_off_the_newest_shows_against_a_seal_alone(path):
    with SqliteLedger(path) as ledger:
        sealed = seal(ledger.rows(), WHEN)
    tamper(path, ("DELETE FROM events WHERE position > 7",))

    with SqliteLedger(path) as ledger:
        assert verify(ledger.rows()).position == 7
    assert found(path, sealed) == ("removed", 8, None)


def test_a_history_written_anew_shows_against_a_seal_alone(path):
    rows = rows_in(path)
    sealed = seal(rows, WHEN)
    stored = [(*row[:4], row.body.replace("said", "sung") if row.position == 4 else row.body) for row in rows]
    update = "UPDATE events SET body = ?, content_hash = ?, chain = ? WHERE position = ?"
    tamper(path, *((update, row.body, row.content_hash, row.chain, row.position) for row in chained(stored)))

    with SqliteLedger(path) as ledger:
        assert verify(ledger.rows()).position == 9
    assert found(path, sealed) == ("rewritten", 9, None)


def test_an_event_is_proven_from_the_file(path):
    rows = rows_in(path)
    check_proof(prove(rows, 4, size=9), seal(rows, WHEN))


def test_handles_in_turn_write_one_chain(path):
    with SqliteLedger(path) as one, SqliteLedger(path) as other:
        for ledger in (one, other, one, other):
            ledger.append([held("2025-07-21"), held("2025-07-22", track="t1")])
        assert verify(one.rows()).position == 17

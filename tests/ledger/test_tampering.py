"""Somebody changes a ledger behind its back: it is found, and named."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import attrs
import pytest
from support_postgres import NAMES, url_for

import diplostate
from diplostate.errors import Tampered
from diplostate.ledger.protocol import Sealable
from diplostate.ledger.sealing import GENESIS, Row, chained, check_proof, prove, seal, verify
from diplostate.testing.conformance import held
from ledger.test_postgres import raw

WHEN = datetime(2025, 7, 22, 10, tzinfo=UTC)
GUARDS = ("events_only_next", "events_no_update", "events_no_delete")
COLUMNS = "position, id, track, version, body, content_hash, chain"


@attrs.frozen
class Kept:
    """A ledger, and how somebody who may do anything changes it: takes the guards away, does it, and puts them back."""

    open: Callable[[], Sealable]
    tamper: Callable[..., None]


def filled(url, tamper):
    """A ledger with events ``e1`` to ``e9`` in tracks ``t0`` to ``t2``, in turn."""
    with diplostate.open(url) as ledger:
        ledger.append([held("2025-07-20", id=f"e{number}", track=f"t{number % 3}", note="said") for number in range(1, 10)])
    return Kept(functools.partial(diplostate.open, url, create=False), tamper)


@pytest.fixture
def kept_in_a_file(tmp_path):
    path = tmp_path / "talks.sqlite"
    return filled(path, functools.partial(tamper_with_file, path))


@pytest.fixture(params=["sqlite", *NAMES])
def kept(request, tmp_path):
    if request.param == "sqlite":
        return request.getfixturevalue("kept_in_a_file")
    url = url_for(request.param, tmp_path)
    return filled(url, functools.partial(tamper_with_server, url))


def tamper_with_file(path, *changes):
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        guards = [sql for (sql,) in file.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
        for guard in GUARDS:
            file.execute(f"DROP TRIGGER {guard}")
        for sql, *values in changes:
            file.execute(sql, values)
        for guard in guards:
            file.execute(guard)


def tamper_with_server(url, *changes):
    with raw(url) as other:
        other.execute("ALTER TABLE events DISABLE TRIGGER USER")
        other.execute("ALTER TABLE events DROP CONSTRAINT events_chain_check, DROP CONSTRAINT events_content_hash_check")
        for sql, *values in changes:
            other.execute(sql.replace("?", "%s"), values or None)
        for guard in (*GUARDS, "events_no_truncate"):
            other.execute(f"ALTER TABLE events ENABLE ALWAYS TRIGGER {guard}")


def rows_in(kept):
    with kept.open() as ledger:
        return list(ledger.rows())


def found(kept, sealed=None):
    with kept.open() as ledger, pytest.raises(Tampered) as caught:
        verify(ledger.rows(), seal=sealed)
    return caught.value.what, caught.value.position, caught.value.event_id


def renumbered(change, first, count):
    """The numbers of the events from ``first`` on moved by ``change``, so that none is missing."""
    order = range(first, first + count) if change < 0 else range(first + count - 1, first - 1, -1)
    return [("UPDATE events SET position = ? WHERE position = ?", at + change, at) for at in order]


def test_an_untouched_ledger_is_sound(kept):
    with kept.open() as ledger:
        sealed = seal(ledger.rows(), WHEN)
        ledger.append([held("2025-07-21")])
        assert verify(ledger.rows(), seal=sealed).position == 10


@pytest.mark.parametrize("position", [1, 4, 9])
def test_an_altered_text_is_found(kept, position):
    kept.tamper(("UPDATE events SET body = replace(body, 'said', 'sung') WHERE position = ?", position))
    assert found(kept) == ("altered", position, f"e{position}")


@pytest.mark.parametrize(
    "change",
    [
        "id = 'other'",
        "track = 'other'",
        "version = 7",
        "body = body || ' '",
        "content_hash = upper(content_hash)",
        "content_hash = ''",
        "chain = ''",
        "chain = upper(chain)",
    ],
)
def test_every_column_that_is_sealed_counts(kept, change):
    kept.tamper((f"UPDATE events SET {change} WHERE position = 4",))
    what, position, _ = found(kept)
    assert (what, position) == ("altered", 4)


@pytest.mark.parametrize(
    "change",
    [
        "version = 1.5",
        "version = 'two'",
        "body = x'ff'",
        "body = CAST(x'7bff7d' AS TEXT)",
        "body = CAST(body AS BLOB)",
        "chain = CAST(x'ff' AS TEXT)",
    ],
)
def test_what_is_of_another_kind_than_its_column_counts(kept_in_a_file, change):
    kept_in_a_file.tamper((f"UPDATE events SET {change} WHERE position = 4",))
    what, position, _ = found(kept_in_a_file)
    assert (what, position) == ("altered", 4)


def test_a_removed_event_is_found(kept):
    kept.tamper(("DELETE FROM events WHERE position = 4",))
    assert found(kept) == ("removed", 4, None)


def test_a_removed_event_is_found_where_the_rest_is_renumbered(kept):
    kept.tamper(("DELETE FROM events WHERE position = 4",), *renumbered(-1, 5, 5))
    assert found(kept) == ("removed", 4, None)


def test_exchanged_events_are_found(kept):
    swap = [("UPDATE events SET position = ? WHERE position = ?", *pair) for pair in ((0, 4), (4, 6), (6, 0))]
    kept.tamper(*swap)
    assert found(kept) == ("reordered", 4, "e6")


@pytest.mark.parametrize(("continues", "named"), [(False, "new"), (True, None)])
def test_an_inserted_event_is_found(kept, continues, named):
    """Where it continues the chain, the place is told; which of the events there is the foreign one cannot be."""
    rows = rows_in(kept)
    text = rows[0].body.replace('"e1"', '"new"').replace('"t1"', '"t9"')
    (new,) = chained([(5, "new", "t9", 1, text)], previous=rows[3].chain if continues else GENESIS)
    kept.tamper(*renumbered(1, 5, 5), (f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", *new))
    assert found(kept) == ("inserted", 5, named)


@pytest.mark.parametrize("position", [0, -1, -(2**63)])
def test_an_event_put_in_front_of_all_is_found(kept, position):
    new = Row(position, "new", "t9", 1, "{}", GENESIS, GENESIS)
    kept.tamper((f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", *new))
    assert found(kept) == ("inserted", position, "new")


def test_an_event_put_far_behind_all_is_found(kept):
    new = Row(2**63 - 1, "new", "t9", 1, "{}", GENESIS, GENESIS)
    kept.tamper((f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", *new))
    assert found(kept) == ("removed", 10, None)


def test_cutting_off_the_newest_shows_against_a_seal_alone(kept):
    with kept.open() as ledger:
        sealed = seal(ledger.rows(), WHEN)
    kept.tamper(("DELETE FROM events WHERE position > 7",))

    with kept.open() as ledger:
        assert verify(ledger.rows()).position == 7
    assert found(kept, sealed) == ("removed", 8, None)


def test_a_history_written_anew_shows_against_a_seal_alone(kept):
    rows = rows_in(kept)
    sealed = seal(rows, WHEN)
    stored = [(*row[:4], row.body.replace("said", "sung") if row.position == 4 else row.body) for row in rows]
    update = "UPDATE events SET body = ?, content_hash = ?, chain = ? WHERE position = ?"
    kept.tamper(*((update, row.body, row.content_hash, row.chain, row.position) for row in chained(stored)))

    with kept.open() as ledger:
        assert verify(ledger.rows()).position == 9
    assert found(kept, sealed) == ("rewritten", 9, None)


def test_an_event_is_proven_from_what_is_stored(kept):
    rows = rows_in(kept)
    check_proof(prove(rows, 4, size=9), seal(rows, WHEN))


def test_handles_in_turn_write_one_chain(kept):
    with kept.open() as one, kept.open() as other:
        for ledger in (one, other, one, other):
            ledger.append([held("2025-07-21"), held("2025-07-22", track="t1")])
        assert verify(one.rows()).position == 17

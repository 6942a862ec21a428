"""A ledger in a SQLite file: what is on disk, who may change it, and what happens when something goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from support import more_room, small_disk

from diplostate.errors import LedgerBusy, LedgerError, ReadOnly, Tampered
from diplostate.ledger.ask import status
from diplostate.ledger.codec import body
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.sealing import chained, verify
from diplostate.ledger.sqlite import SCHEMA, SqliteLedger
from diplostate.talks.fold import reduce
from diplostate.testing.conformance import held, proposed, responded

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions and limits of POSIX")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "talks.sqlite"


@pytest.fixture
def ledger(path):
    with SqliteLedger(path) as opened:
        yield opened


def raw(path):
    """The file as any other program opens it."""
    return closing(sqlite3.connect(path, isolation_level=None))


def pragma(ledger, name):
    return ledger._file.read(lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0])


# What is on disk


def test_it_writes_ahead_and_waits_for_the_disk(ledger):
    assert pragma(ledger, "journal_mode") == "wal"
    assert pragma(ledger, "synchronous") == 2


def test_it_waits_less_where_that_is_chosen(path):
    with SqliteLedger(path, synchronous="normal") as ledger:
        assert pragma(ledger, "synchronous") == 1
        assert ledger.url == f"sqlite:{path}?synchronous=normal"


def test_another_way_of_writing_is_refused(path):
    with pytest.raises(LedgerError, match="'off' is no way to write to disk: synchronous is 'full' or 'normal'"):
        SqliteLedger(path, synchronous="off")

    assert not path.exists()


def test_the_file_says_whose_it_is(ledger, path):
    with raw(path) as other:
        assert other.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"dpls"),)
        assert other.execute("PRAGMA user_version").fetchone() == (3,)


def test_it_keeps_the_canonical_text(ledger, path):
    (event,) = ledger.append([proposed("UKR", "RUS", note="Türkiye")])

    with raw(path) as other:
        row = other.execute("SELECT position, track, version, id, clock, body FROM events").fetchone()
    assert row == (1, "one", 1, event.id, event.recorded.isoformat(), body(event))
    assert "version" not in json.loads(row[-1])


def test_closing_folds_the_write_ahead_log_in(path):
    with SqliteLedger(path) as ledger, SqliteLedger(path) as other:
        ledger.append([held("2025-07-20")])
        wal = Path(f"{path}-wal")
        assert wal.stat().st_size > 0
        ledger.close()
        assert wal.stat().st_size == 0
        assert other.head == 1
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_closed_ledger_says_so(path):
    ledger = SqliteLedger(path)
    ledger.close()

    with pytest.raises(LedgerError, match="was closed: open it again"):
        ledger.append([held("2025-07-20")])


# Who may change it

COLUMNS = "INTO events (position, track, version, id, body)"
CHAINED = "INTO events (position, track, version, id, body, content_hash, chain)"
HASH = "hex(zeroblob(32))"


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE events SET body = '{}'", "events never change"),
        ("UPDATE events SET position = 9 WHERE position = 2", "events never change"),
        ("UPDATE OR REPLACE events SET id = 'a'", "events never change"),
        ("DELETE FROM events", "events are never removed"),
        ("DELETE FROM events WHERE position = 2", "events are never removed"),
        (f"INSERT OR REPLACE {COLUMNS} VALUES (1, 'one', 3, 'c', '{{}}')", "not the next position"),
        (f"REPLACE {COLUMNS} VALUES (3, 'one', 1, 'c', '{{}}')", "not the next version"),
        (f"REPLACE {COLUMNS} VALUES (3, 'one', 3, 'a', '{{}}')", "this id is taken"),
        (f"INSERT OR IGNORE {COLUMNS} VALUES (2, 'one', 3, 'c', '{{}}')", "not the next position"),
        (f"INSERT {COLUMNS} VALUES (4, 'one', 3, 'c', '{{}}')", "not the next position"),
        (f"INSERT {COLUMNS} VALUES (0, 'one', 3, 'c', '{{}}')", "not the next position"),
        (f"INSERT {COLUMNS} VALUES (NULL, 'one', 3, 'c', '{{}}')", "not the next position"),
        ("INSERT INTO events (track, version, id, body) VALUES ('one', 3, 'c', '{}')", "not the next position"),
        (f"INSERT {COLUMNS} VALUES (3, 'one', 4, 'c', '{{}}')", "not the next version"),
        (f"INSERT {COLUMNS} VALUES (3, 'two', 0, 'c', '{{}}')", "not the next version"),
        (f"INSERT {COLUMNS} VALUES (1, 'one', 1, 'a', '!') ON CONFLICT DO UPDATE SET body = '!'", "not the next position"),
        (f"INSERT {COLUMNS} VALUES (3, 'one', 3, 'c', '{{}}')", "not chained, upgrade diplostate"),
        (f"INSERT {CHAINED} VALUES (3, 'one', 3, 'c', '{{}}', {HASH}, '')", "not chained"),
        (f"INSERT {CHAINED} VALUES (3, 'one', 3, 'c', '{{}}', '', {HASH})", "not chained"),
        (f"INSERT {CHAINED} VALUES (3, 'one', 3, NULL, '{{}}', {HASH}, {HASH})", "NOT NULL"),
    ],
)
@pytest.mark.parametrize("recursive", [0, 1])
def test_nobody_changes_what_was_appended(ledger, path, sql, why, recursive):
    ledger.append([held("2025-07-20", id="a"), held("2025-07-21", id="b")])
    before = list(ledger.read())

    with raw(path) as other:
        other.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError, match=why):
            other.execute(sql)
    assert list(ledger.read()) == before


def test_failed_inserts_leave_no_gap(ledger, path):
    ledger.append([held("2025-07-20", id="a")])
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute(f"INSERT {CHAINED} VALUES (2, 'one', 2, 'b', '{{}}', {HASH}, {HASH})")
        with pytest.raises(sqlite3.IntegrityError):
            other.execute(f"INSERT {CHAINED} VALUES (3, 'one', 3, 'b', '{{}}', {HASH}, {HASH})")
        other.execute("ROLLBACK")

    (event,) = ledger.append([held("2025-07-21")])
    assert (event.position, event.version) == (2, 2)


# Projections


def test_a_stale_projection_is_made_anew_when_it_is_read(ledger, path):
    ledger.append([proposed("UKR", "RUS"), held("2025-07-20", track="two")])
    fresh = dict(ledger.projections())
    with raw(path) as other:
        other.execute("UPDATE projections SET fingerprint = 'older', text = 'older'")

    assert dict(ledger.projections(["two"])) == {"two": fresh["two"]}
    with raw(path) as other:
        assert other.execute("SELECT track FROM projections WHERE text = 'older'").fetchall() == [("one",)]
    assert dict(ledger.projections()) == fresh
    with raw(path) as other:
        assert dict(other.execute("SELECT track, text FROM projections")) == fresh


def test_a_stale_projection_is_made_anew_when_the_track_goes_on(ledger, path):
    ledger.append([proposed("UKR", "RUS")])
    with raw(path) as other:
        other.execute("UPDATE projections SET fingerprint = 'older', text = 'older'")

    ledger.append([responded("RUS", "accepted")])
    with raw(path) as other:
        stored = other.execute("SELECT text, fingerprint FROM projections").fetchall()
    assert stored == [(StatusProjector().project(ledger.events("one")), StatusProjector().fingerprint)]


def test_another_projector_makes_all_projections_anew(path):
    class Counting(StatusProjector):
        fingerprint = "counting"

        def project(self, events):
            return str(len(list(events)))

    with SqliteLedger(path) as ledger:
        ledger.append([held("2025-07-20"), held("2025-07-21")])
    with SqliteLedger(path, projector=Counting()) as ledger:
        assert list(ledger.projections()) == [("one", "2")]


def test_all_projections_can_be_rebuilt(ledger, path):
    ledger.append([held("2025-07-20", track=f"t{number}") for number in range(250)])
    before = list(ledger.projections())
    with raw(path) as other:
        other.execute("DELETE FROM projections WHERE track < 't2'")
        other.execute("UPDATE projections SET text = 'wrong'")

    assert ledger.rebuild() == 250
    assert list(ledger.projections()) == before


def test_a_stale_projection_can_be_read_while_others_write(path):
    with SqliteLedger(path, busy_seconds=0.01) as ledger:
        ledger.append([proposed("UKR", "RUS")])
        with raw(path) as other:
            other.execute("UPDATE projections SET fingerprint = 'older'")
            other.execute("BEGIN IMMEDIATE")
            assert status(ledger, "one").phase == "PENDING"
            other.execute("ROLLBACK")
            assert other.execute("SELECT fingerprint FROM projections").fetchone() == ("older",)


# Schema versions

OLDER = ("ledger-v1.db", "ledger-v2.db")
"""The seeds as files of these schemas: version 1 did not say what made a projection, version 2 did not chain the events."""


@pytest.fixture(params=OLDER)
def older(request, path):
    """A ledger of an older schema."""
    shutil.copyfile(Path(__file__).parent / "fixtures" / request.param, path)
    return path


def columns(path):
    with raw(path) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {table: file.execute(f"PRAGMA table_info({table})").fetchall() for table in tables}


def triggers(path):
    with raw(path) as file:
        return dict(file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


def test_an_older_schema_is_migrated(older, tmp_path):
    with raw(older) as file:
        bodies = file.execute("SELECT position, id, track, version, body FROM events ORDER BY position").fetchall()
    with SqliteLedger(older) as ledger, SqliteLedger(tmp_path / "new.sqlite") as new:
        assert pragma(ledger, "user_version") == 3
        assert [status(ledger, track) for track in ledger.tracks()] == [
            reduce(ledger.events(track)) for track in ledger.tracks()
        ]
        assert list(ledger.rows()) == list(chained(bodies))
        new.append(list(ledger.read()), strict=False)
        assert list(new.rows()) == list(ledger.rows())
        ledger.append([held("2025-07-23")])
        assert verify(ledger.rows()).position == len(bodies) + 1 == 24
    assert columns(older) == columns(tmp_path / "new.sqlite")
    assert triggers(older) == triggers(tmp_path / "new.sqlite")


def test_a_large_ledger_is_migrated_page_by_page(path):
    with SqliteLedger(path) as ledger:
        ledger.append([held("2025-07-20", track=f"t{number % 7}") for number in range(1234)])
        rows = list(ledger.rows())
    back_to_version_2(path)

    with SqliteLedger(path) as ledger:
        assert list(ledger.rows()) == rows


@pytest.mark.parametrize("body", ["x'ff'", "CAST(x'7bff7d' AS TEXT)", "'no JSON'"])
def test_a_damaged_event_keeps_no_older_ledger_shut(path, body):
    with SqliteLedger(path) as ledger:
        ledger.append([held("2025-07-20", id="a"), held("2025-07-21", id="b")])
    back_to_version_2(path, f"UPDATE events SET body = {body} WHERE position = 2")

    with SqliteLedger(path) as ledger:
        assert next(ledger.read(limit=1)).id == "a"
        with pytest.raises(Tampered, match="altered at position 2"):
            verify(ledger.rows())


def test_who_still_writes_as_version_2_is_refused(path):
    """A process that had opened the file before it was migrated knows nothing of the chain."""
    back_to_version_2(path)
    with raw(path) as old, SqliteLedger(path) as ledger:
        insert = f"INSERT {COLUMNS} VALUES (1, 'one', 1, 'a', '{{}}')"
        with pytest.raises(sqlite3.IntegrityError, match="not chained, upgrade diplostate"):
            old.execute(insert)
        assert ledger.head == 0


def test_a_migration_that_fails_leaves_the_file_as_it_was(older, monkeypatch):
    before = triggers(older), columns(older)
    monkeypatch.setitem(SCHEMA.migrations, 2, (*SCHEMA.migrations[2], "SELECT missing FROM events"))
    with pytest.raises(LedgerError, match="no such column"):
        SqliteLedger(older)
    assert (triggers(older), columns(older)) == before


def back_to_version_2(path, *changes):
    SqliteLedger(path).close()
    with raw(path) as file:
        for sql in (
            "DROP TRIGGER events_only_next",
            "DROP TRIGGER events_no_update",
            *changes,
            "ALTER TABLE events DROP COLUMN chain",
            "ALTER TABLE events DROP COLUMN content_hash",
            "PRAGMA user_version = 2",
        ):
            file.execute(sql)


def test_an_older_schema_is_migrated_once(older):
    """Who comes second finds it done."""
    with SqliteLedger(older) as ledger, SqliteLedger(older) as other:
        ledger._file.write(ledger._file._bring_up)
        assert list(other.rows()) == list(ledger.rows())


def test_a_newer_schema_is_refused(path):
    SqliteLedger(path).close()
    with raw(path) as other:
        other.execute("PRAGMA user_version = 4")

    message = r"newer diplostate \(schema 4, this one knows 3\): upgrade it with pip install --upgrade diplostate"
    with pytest.raises(LedgerError, match=message):
        SqliteLedger(path)


# What is no ledger


def test_a_missing_file_is_not_made_by_a_reader(path):
    with pytest.raises(LedgerError, match=r"no ledger at .*talks.sqlite': check the path"):
        SqliteLedger(path, create=False)

    assert list(path.parent.iterdir()) == []


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(LedgerError, match=r"no folder .*missing' for 'talks.sqlite': make it first"):
        SqliteLedger(tmp_path / "missing" / "talks.sqlite")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file(path):
    path.mkdir()

    with pytest.raises(LedgerError, match=r"cannot be read: Is a directory|cannot be read: Permission denied"):
        SqliteLedger(path)


def test_an_empty_file_becomes_a_ledger_only_where_one_may_be_made(path):
    path.touch()

    with pytest.raises(LedgerError, match="is empty, not a ledger: check the path"):
        SqliteLedger(path, create=False)
    with SqliteLedger(path) as ledger:
        assert ledger.head == 0


def test_something_else_is_refused(path):
    path.write_text("diplostate: 1\n", "utf-8")

    with pytest.raises(LedgerError, match="is not a SQLite database: check the path"):
        SqliteLedger(path)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_of_somebody_else_is_not_touched(path, mode):
    with raw(path) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
        other.execute("CREATE TABLE events (name TEXT)")
    before = path.read_bytes()

    with pytest.raises(LedgerError, match="not a ledger of diplostate; it was not touched: choose another path"):
        SqliteLedger(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


# What goes wrong


def filled(path, count=2000):
    """A ledger of many pages."""
    with SqliteLedger(path) as ledger:
        ledger.append([held("2025-07-20", track=f"t{number % 7}", id=f"e{number}") for number in range(count)])


def test_a_lock_that_others_keep_is_reported(path):
    with SqliteLedger(path, busy_seconds=0.05) as ledger, raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusy, match=r"locked by others for 0.05 s, nothing was written: try again"):
            ledger.append([held("2025-07-20")])
        other.execute("ROLLBACK")

        assert ledger.head == 0
        ledger.append([held("2025-07-20")])


def test_a_lock_that_others_give_back_is_waited_for(ledger, path):
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=ledger.append, args=([held("2025-07-20")],))
        writer.start()
        time.sleep(0.1)
        assert list(ledger.read()) == []
        other.execute("COMMIT")
        writer.join()

    assert ledger.head == 1


def test_a_writer_takes_the_lock_before_it_reads(ledger):
    """One that reads first and locks later is refused at once where another wrote in between, however long it may wait."""
    said = []
    ledger._file.read(lambda connection: connection.set_trace_callback(said.append))
    ledger.append([held("2025-07-20")])

    assert (said[0], said[-1]) == ("BEGIN IMMEDIATE", "COMMIT")


def test_what_was_read_before_the_lock_was_taken_is_read_again(ledger, path):
    """The whole transaction is tried again, so that it never builds on what is past."""
    with SqliteLedger(path) as other:
        (first,) = other.append([held("2025-07-20")])
        (second,) = ledger.append([held("2025-07-21")])

    assert (first.position, second.position, second.version) == (1, 2, 2)


def test_damaged_pages_are_reported(path):
    filled(path)
    data = bytearray(path.read_bytes())
    for page in range(5, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)

    with SqliteLedger(path) as ledger, pytest.raises(LedgerError, match=r"is damaged: keep it as it is, .* restore a copy"):
        list(ledger.read())


def test_a_damaged_beginning_is_reported(path):
    filled(path, 1)
    data = bytearray(path.read_bytes())
    data[16:24] = b"\xff" * 8
    path.write_bytes(data)

    with pytest.raises(LedgerError, match="is no SQLite database, or its beginning is damaged"):
        SqliteLedger(path)


def test_a_file_that_ends_early_is_reported(path):
    filled(path)
    os.truncate(path, 8192)

    with pytest.raises(LedgerError, match="is damaged"), SqliteLedger(path) as ledger:
        list(ledger.read())


def tampered(path, sql, *values):
    """Something that no trigger sees."""
    with raw(path) as other:
        for (trigger,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {trigger}")
        other.execute(sql, values)


def test_a_damaged_event_is_reported(ledger, path):
    ledger.append([held("2025-07-20", id="a"), held("2025-07-21", id="b")])
    tampered(path, "UPDATE events SET body = substr(body, 1, 30) WHERE position = 2")

    with pytest.raises(LedgerError, match="the event at position 2 is damaged"):
        list(ledger.read())
    assert ledger.event("a").version == 1


def test_an_event_of_a_kind_that_nobody_knows_is_reported(ledger, path):
    ledger.append([held("2025-07-20", id="a")])
    tampered(path, "UPDATE events SET body = replace(body, '\"held\"', '\"dreamt\"')")

    with pytest.raises(LedgerError, match=r"a stored event cannot be read .* of a newer diplostate"):
        ledger.event("a")


@pytest.mark.parametrize(
    "text", ["{", "{}", "[]", '{"official": {"phase": "DREAMING"}}', '{"official": {"dreams": 1}}', "null"]
)
def test_a_damaged_projection_is_reported_and_can_be_rebuilt(ledger, path, text):
    ledger.append([held("2025-07-20")])
    tampered(path, "UPDATE projections SET text = ?", text)

    with pytest.raises(
        LedgerError, match=r"the status kept beside a track is damaged .*: diplostate doctor --rebuild makes it anew"
    ):
        status(ledger, "one")
    with pytest.raises(LedgerError, match="damaged"):
        ledger.append([held("2025-07-21")])
    ledger.rebuild()
    assert status(ledger, "one").phase == "HELD"


def test_a_table_that_is_gone_is_reported(ledger, path):
    with raw(path) as other:
        other.execute("DROP TABLE events")

    with pytest.raises(LedgerError, match=r"cannot be used: see what SQLite says \(SQLite: no such table: events\)"):
        _ = ledger.head


def test_a_disk_that_is_full_is_reported(ledger):
    ledger.append([held("2025-07-20")])
    pages = pragma(ledger, "page_count")
    pragma(ledger, f"max_page_count = {pages}")

    with pytest.raises(LedgerError, match="does not fit on its disk, nothing was written: make room, then append again"):
        ledger.append([held("2025-07-21", note="x" * 9999) for _ in range(9)])
    pragma(ledger, "max_page_count = 1000000")
    assert ledger.head == 1
    ledger.append([held("2025-07-21")])
    assert ledger.head == 2


def test_a_small_disk_that_is_full_is_reported_and_loses_nothing():
    with small_disk(1_000) as folder, SqliteLedger(folder / "talks.sqlite") as ledger:
        batch = [held("2025-07-20", note="x" * 1000) for _ in range(50)]
        with pytest.raises(LedgerError, match="does not fit on its disk, nothing was written: make room, then append again"):
            list(map(ledger.append, [batch] * 100))
        count = ledger.head
        assert verify(ledger.rows()).position == count > 0
        more_room(folder)
        assert ledger.append(batch)[0].position == count + 1
        assert verify(ledger.rows()).position == count + 50


@POSIX
def test_a_disk_that_fails_is_reported(ledger, path):
    import resource

    ledger.append([held("2025-07-20")])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(f"{path}-wal").stat().st_size + 4096, hard))
    try:
        with pytest.raises(LedgerError, match="could not be read or written: check the disk, then append the same events"):
            ledger.append([held("2025-07-21", note="x" * 9999) for _ in range(9)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ledger.head == 1
    ledger.append([held("2025-07-21")])


@pytest.fixture
def shared_folder():
    """A folder that others may enter, but not write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def as_somebody_else():
    """Without the rights of root, where the tests have them."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@POSIX
def test_a_file_that_may_only_be_read_is_read(shared_folder):
    path = shared_folder / "talks.sqlite"
    filled(path, 3)
    path.chmod(0o444)

    shared_folder.chmod(0o777)
    with as_somebody_else(), SqliteLedger(path) as ledger:
        assert ledger.head == 3
        with pytest.raises(ReadOnly, match="or its folder is read-only: get the right to write there, or copy it elsewhere"):
            ledger.append([held("2025-07-20")])


@POSIX
def test_a_file_in_a_folder_that_may_only_be_read_is_read(shared_folder):
    """As on a medium that cannot be written; also where its projections are stale."""
    path = shared_folder / "talks.sqlite"
    filled(path, 3)
    with raw(path) as other:
        other.execute("UPDATE projections SET fingerprint = 'older', text = 'older'")

    shared_folder.chmod(0o555)
    with as_somebody_else(), SqliteLedger(path) as ledger:
        assert status(ledger, "t0").phase == "HELD"
        with pytest.raises(ReadOnly):
            ledger.append([held("2025-07-20")])
    assert [file.name for file in shared_folder.iterdir()] == [path.name]


@POSIX
def test_a_file_whose_last_writes_cannot_be_read_is_refused(shared_folder, path):
    """What is in the write-ahead log must not be left out in silence."""
    with SqliteLedger(path) as ledger:
        ledger.append([held("2025-07-20")])
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", shared_folder / f"talks.sqlite{suffix}")
    shared_folder.chmod(0o555)

    with as_somebody_else(), pytest.raises(LedgerError, match=r"read-only|cannot be opened"):
        SqliteLedger(shared_folder / "talks.sqlite")


@POSIX
def test_a_file_that_may_not_be_read_is_reported(shared_folder):
    path = shared_folder / "talks.sqlite"
    filled(path, 3)
    path.chmod(0)

    with as_somebody_else(), pytest.raises(LedgerError, match="cannot be read: Permission denied"):
        SqliteLedger(path)


@POSIX
def test_a_folder_that_may_not_be_written_gets_no_ledger(shared_folder):
    with as_somebody_else(), pytest.raises(LedgerError, match="cannot be opened: see that you may read and write both"):
        SqliteLedger(shared_folder / "talks.sqlite")

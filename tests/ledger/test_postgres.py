"""A ledger in PostgreSQL: what is in the database, who may change it, and what happens when something goes wrong."""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from support import ROOT, require
from support_postgres import ledger_on

import diplostate
from diplostate.errors import InvalidEvent, LedgerBusy, LedgerError, MissingExtra, ReadOnly
from diplostate.ledger.ask import status
from diplostate.ledger.codec import body
from diplostate.ledger.projector import StatusProjector
from diplostate.ledger.sealing import verify
from diplostate.testing.conformance import held, proposed, responded

HASH = "a" * 64


def opened(url, **options):
    from diplostate.ledger.postgres import PostgresLedger

    return PostgresLedger(url, **options)


def schema_of(url):
    return url.rpartition("schema=")[2]


@contextmanager
def raw(url, **settings):
    """The schema of the ledger as any other program uses it."""
    import psycopg

    from diplostate.ledger.postgres_address import Address

    address = Address.parse(with_settings(url, search_path=schema_of(url), **settings))
    with psycopg.connect(autocommit=True, **{**address.options, "application_name": "other"}) as connection:
        yield connection


def with_settings(url, **settings):
    """The same ledger, where the server begins every session with these."""
    words = "%20".join(f"-c%20{name}%3D{value}" for name, value in settings.items())
    before, _, schema = url.rpartition("schema=")
    return f"{before}options={words}&schema={schema}"


@pytest.fixture
def role(url):
    """A role that may do nothing yet."""
    name = f"role_{schema_of(url)}"
    with raw(url) as owner:
        owner.execute(f"CREATE ROLE {name}")
        yield name
        owner.execute(f"DROP OWNED BY {name}")
        owner.execute(f"DROP ROLE {name}")


def ask(ledger, sql, *values):
    return ledger._database.read(lambda session: session.rows(sql, *values))


# What is in the database


def test_it_keeps_the_canonical_text(ledger, url):
    (event,) = ledger.append([proposed("UKR", "RUS", note="Türkiye")])

    with raw(url) as other:
        row = other.execute("SELECT position, track, version, id, clock, body, pg_typeof(body)::text FROM events").fetchone()
    assert row == (1, "one", 1, event.id, event.recorded.isoformat(), body(event), "text")
    assert "version" not in json.loads(row[-2])


def test_a_text_may_hold_what_postgresql_cannot(ledger):
    """NUL is escaped in JSON; where it is not, in names, it is refused before it is asked for."""
    (event,) = ledger.append([held("2025-07-20", note="a\0b")])

    assert ledger.event(event.id).note == "a\0b"
    for wrong in ({"track": "a\0b"}, {"id": "a\0b"}):
        with pytest.raises(InvalidEvent, match=r"a\\x00b"):
            ledger.append([held("2025-07-20", **wrong)])


def test_a_large_batch_goes_through_in_one_piece(ledger):
    """More than any buffer on the way takes at once, in both directions."""
    batch = [held("2025-07-20", id=f"e{number}", track=f"t{number % 5}", note="ü" * 2000) for number in range(1500)]

    stored = ledger.append(batch)
    assert ledger.append(batch) == stored
    assert ledger.head == 1500


def test_a_commit_waits_for_the_disk_whatever_the_database_says(ledger, url):
    with opened(with_settings(url, synchronous_commit="off")) as careless:
        assert ask(careless, "SHOW synchronous_commit") == [("on",)]
    with opened(with_settings(url, synchronous_commit="remote_write")) as careful:
        assert ask(careful, "SHOW synchronous_commit") == [("remote_write",)]


def test_writers_see_each_other_whatever_the_database_says(ledger, url):
    """A transaction with one snapshot for all its statements would take it before it has the lock."""
    with opened(with_settings(url, default_transaction_isolation="serializable")) as other:
        for number in range(3):
            ledger.append([held("2025-07-20")], expected_version={"one": 2 * number})
            other.append([held("2025-07-20")], expected_version={"one": 2 * number + 1})
        assert ledger.head == 6


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("_OF_TRACK", ["t1", 5, 10]),
        ("_OF_ALL", [5, 10]),
        ("_HISTORY", ["t1"]),
        ("_ALL_PROJECTIONS", ["f", 5, 10]),
        ("_NAMED_PROJECTIONS", ["f", ["t1", "t2"]]),
        ("_ALL_ROWS", [5, 10]),
    ],
)
def test_no_question_reads_a_whole_table(ledger, question, values):
    """Even where nobody has counted yet what the tables hold."""
    from diplostate.ledger import postgres

    ledger.append([held("2025-07-20", track=f"t{number % 300}") for number in range(900)])
    plan = "\n".join(line for (line,) in ask(ledger, f"EXPLAIN {getattr(postgres, question)}", *values))
    assert "Seq Scan on events" not in plan
    assert "Seq Scan on projections" not in plan


def writers_questions():
    from diplostate.ledger import postgres, postgres_draft

    yield postgres._ASK, [["a", "b"], "f", ["t1", "t2"]]
    yield postgres_draft._WRITE, ["f", "t1", HASH, 2, "a", "{}", "{}", "", "", "2025-07-22T12:00:00+00:00", "c"]


def test_what_a_writer_asks_reads_no_whole_table(ledger):
    ledger.append([held("2025-07-20", track=f"t{number % 300}") for number in range(900)])
    for question, values in writers_questions():
        explain = f"EXPLAIN {question}", values
        (lines,) = ledger._database.read(lambda session, explain=explain: session.begin(explain))
        plan = "\n".join(line for (line,) in lines)
        assert "Index" in plan
        assert "Join" not in plan
        assert "Seq Scan on events" not in plan
        assert "Seq Scan on projections" not in plan


# Who may change it

COLUMNS = "INTO events (position, id, track, version, body, content_hash, chain)"
CHAINED = f"'{{}}', '{HASH}', '{HASH}'"

REFUSED = [
    ("UPDATE events SET body = '{}'", "events never change"),
    ("UPDATE events SET body = '{}' WHERE position = 77", "events never change"),
    ("DELETE FROM events", "events are never removed"),
    ("TRUNCATE events", "events are never removed"),
    ("TRUNCATE events CASCADE", "events are never removed"),
    (f"INSERT {COLUMNS} VALUES (4, 'c', 'one', 3, {CHAINED})", "not the next position"),
    (f"INSERT {COLUMNS} VALUES (0, 'c', 'one', 3, {CHAINED})", "not the next position"),
    (f"INSERT {COLUMNS} VALUES (-1, 'c', 'one', 3, {CHAINED})", "not the next position"),
    (f"INSERT {COLUMNS} VALUES (3, 'c', 'one', 3, {CHAINED}), (5, 'd', 'one', 4, {CHAINED})", "not the next position"),
    (f"INSERT {COLUMNS} VALUES (3, 'c', 'one', 4, {CHAINED})", "not the next version of its track"),
    (
        f"INSERT {COLUMNS} VALUES (3, 'c', 'two', 2, {CHAINED}), (4, 'd', 'two', 1, {CHAINED})",
        "not the next version of its track",
    ),
    (f"INSERT {COLUMNS} VALUES (3, 'c', 'two', 0, {CHAINED})", "events_version_check"),
    (f"INSERT {COLUMNS} VALUES (3, 'c', 'one', 2, {CHAINED})", "events_track_version_key"),
    (f"INSERT {COLUMNS} VALUES (2, 'c', 'one', 3, {CHAINED})", "events_pkey"),
    (f"INSERT {COLUMNS} VALUES (3, 'a', 'one', 3, {CHAINED})", "events_id_key"),
    (f"INSERT {COLUMNS} VALUES (2, 'c', 'one', 3, {CHAINED}) ON CONFLICT (position) DO UPDATE SET body = '!'", "never change"),
    (f"INSERT {COLUMNS} VALUES (3, 'c', 'one', 3, '{{}}', '', '')", "events_chain_check|events_content_hash_check"),
    ("MERGE INTO events USING ledger ON true WHEN MATCHED THEN UPDATE SET body = '!'", "events never change"),
    ("MERGE INTO events USING ledger ON true WHEN MATCHED THEN DELETE", "events are never removed"),
]


@pytest.mark.parametrize(("sql", "why"), REFUSED)
@pytest.mark.parametrize("replication", ["origin", "replica"])
def test_nobody_changes_what_was_appended(ledger, url, sql, why, replication):
    """Not even its owner by accident, nor where other triggers sleep."""
    import psycopg

    ledger.append([held("2025-07-20", id="a"), held("2025-07-21", id="b")])
    before = list(ledger.rows())

    with raw(url) as other:
        other.execute(f"SET session_replication_role = {replication}")
        with pytest.raises(psycopg.IntegrityError, match=why):
            other.execute(sql)
    assert list(ledger.rows()) == before


def test_an_insert_of_nothing_does_nothing(ledger, url):
    with raw(url) as other:
        other.execute(f"INSERT {COLUMNS} SELECT 1, 'a', 'one', 1, {CHAINED} WHERE false")

    assert ledger.head == 0


def test_failed_inserts_leave_no_gap(ledger, url):
    ledger.append([held("2025-07-20", id="a")])
    with raw(url) as other:
        other.execute("BEGIN")
        other.execute(f"INSERT {COLUMNS} VALUES (2, 'b', 'one', 2, {CHAINED})")
        other.execute("ROLLBACK")

    (event,) = ledger.append([held("2025-07-21")])
    assert (event.position, event.version) == (2, 2)


def test_what_was_cut_off_by_force_is_not_numbered_again(ledger, url):
    """A reader that has seen position 2 never sees another event there."""
    ledger.append([held("2025-07-20"), held("2025-07-21")])
    with raw(url) as other:
        other.execute("ALTER TABLE events DISABLE TRIGGER USER")
        other.execute("DELETE FROM events WHERE position = 2")
        other.execute("ALTER TABLE events ENABLE ALWAYS TRIGGER events_only_next")

    (event,) = ledger.append([held("2025-07-22")])
    assert event.position == 3


ALTERING = [
    "UPDATE events SET body = '{}'",
    "DELETE FROM events",
    "TRUNCATE events",
    "UPDATE ledger SET position = 0",
    "DELETE FROM ledger",
    "INSERT INTO ledger DEFAULT VALUES",
    "DELETE FROM projections",
    "ALTER TABLE events DISABLE TRIGGER USER",
    "DROP TRIGGER events_no_update ON events",
    "CREATE TRIGGER mine BEFORE INSERT ON events EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DROP FUNCTION only_next() CASCADE",
    "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "DROP TABLE events",
    "CREATE TABLE mine (name text)",
    "SET session_replication_role = replica",
]


def test_a_writer_can_append_and_not_alter(ledger, url, role):
    """With the grants that the documentation gives."""
    import psycopg

    from diplostate.ledger.postgres_schema import grants

    with raw(url) as owner:
        for statement in grants(schema_of(url), writer=role):
            owner.execute(statement)
    with opened(with_settings(url, role=role)) as writer:
        writer.append([proposed("UKR", "RUS", id="a")])
        writer.append([responded("RUS", "accepted", id="b")])
        assert writer.rebuild() == 1
        assert verify(writer.rows()).position == 2
        assert status(writer, "one") == status(ledger, "one")
    for sql in ALTERING:
        with raw(url, role=role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute(sql)
    for sql, _ in REFUSED:
        with raw(url, role=role) as other, pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.IntegrityError)):
            other.execute(sql)


def test_a_writer_cannot_move_the_count_by_a_table_of_its_own(ledger, url, role):
    """The function that moves it has the rights of the owner, whatever table its trigger is on."""
    import psycopg

    from diplostate.ledger.postgres_schema import grants

    with raw(url) as owner:
        for statement in grants(schema_of(url), writer=role):
            owner.execute(statement)
    with raw(url, role=role) as other:
        other.execute("CREATE TEMP TABLE mine (position bigint, track text, version bigint)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"permission denied for function .*only_next"):
            other.execute(
                "CREATE TRIGGER mine AFTER INSERT ON mine REFERENCING NEW TABLE AS added"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {schema_of(url)}.only_next()"
            )


def test_the_documentation_gives_these_grants():
    from diplostate.ledger.postgres_schema import grants

    page = (ROOT / "docs" / "how-to" / "postgresql.md").read_text("utf-8")
    assert "\n".join(grants("diplostate", writer="desk", reader="readers")) in page


def test_a_reader_can_read_and_not_append(ledger, url, role):
    from diplostate.ledger.postgres_schema import grants

    ledger.append([proposed("UKR", "RUS")])
    with raw(url) as owner:
        for statement in grants(schema_of(url), reader=role):
            owner.execute(statement)
        owner.execute("UPDATE projections SET fingerprint = 'older'")
        with opened(with_settings(url, role=role)) as reader:
            assert status(reader, "one").phase == "PENDING"
            assert owner.execute("SELECT fingerprint FROM projections").fetchone() == ("older",)
            with pytest.raises(ReadOnly, match=r"does not allow this to your role: .*grants.*permission denied for table"):
                reader.append([held("2025-07-20")])
    assert ledger.head == 1


def test_a_role_without_rights_is_told_whom_to_ask(ledger, url, role):
    with pytest.raises(LedgerError, match=r"does not allow this to your role: ask its owner for the grants"):
        opened(with_settings(url, role=role))


@pytest.mark.parametrize("name", ["", "Talks", "a-b", 'a"b', "a" * 64, "é"])
def test_names_that_need_care_are_refused(server, name):
    from diplostate.ledger.postgres_schema import grants

    with pytest.raises(LedgerError, match="is no name for a schema or a role: small letters, digits and _, at most 63"):
        grants("talks", writer=name)
    with pytest.raises(LedgerError, match="is no name for a schema or a role"):
        grants(name)


# Projections


def test_a_stale_projection_is_made_anew_when_it_is_read(ledger, url):
    ledger.append([proposed("UKR", "RUS"), held("2025-07-20", track="two")])
    fresh = dict(ledger.projections())
    with raw(url) as other:
        other.execute("UPDATE projections SET fingerprint = 'older', text = 'older'")

        assert dict(ledger.projections(["two"])) == {"two": fresh["two"]}
        assert other.execute("SELECT track FROM projections WHERE text = 'older'").fetchall() == [("one",)]
        assert dict(ledger.projections()) == fresh
        assert dict(other.execute("SELECT track, text FROM projections")) == fresh


def test_a_stale_projection_is_made_anew_when_the_track_goes_on(ledger, url):
    ledger.append([proposed("UKR", "RUS")])
    with raw(url) as other:
        other.execute("UPDATE projections SET fingerprint = 'older', text = 'older'")

        ledger.append([responded("RUS", "accepted")])
        stored = other.execute("SELECT text, fingerprint FROM projections").fetchall()
    assert stored == [(StatusProjector().project(ledger.events("one")), StatusProjector().fingerprint)]


def test_all_projections_can_be_rebuilt(ledger, url):
    ledger.append([held("2025-07-20", track=f"t{number}") for number in range(250)])
    before = list(ledger.projections())
    with raw(url) as other:
        other.execute("DELETE FROM projections WHERE track < 't2'")
        other.execute("UPDATE projections SET text = 'wrong'")

    assert ledger.rebuild() == 250
    assert list(ledger.projections()) == before


def test_a_stale_projection_can_be_read_while_others_write(ledger, url):
    ledger.append([proposed("UKR", "RUS")])
    with raw(url) as other, opened(url, busy_seconds=0.01) as hasty:
        other.execute("UPDATE projections SET fingerprint = 'older'")
        with in_the_lane(url):
            assert status(hasty, "one").phase == "PENDING"
        assert other.execute("SELECT fingerprint FROM projections").fetchone() == ("older",)


@contextmanager
def in_the_lane(url):
    """Hold up all writers."""
    from diplostate.ledger.postgres_database import lane

    with raw(url) as other:
        other.execute("BEGIN")
        other.execute("SELECT pg_advisory_xact_lock(%s)", [lane(schema_of(url))])
        yield other
        other.execute("COMMIT")


# Schemas and their versions


def tables(url):
    with raw(url) as other:
        sql = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = %s ORDER BY 1"
        return [name for (name,) in other.execute(sql, [schema_of(url)])]


def test_each_schema_is_a_ledger_of_its_own(server, tmp_path):
    with ledger_on(server, "one" + str(tmp_path)) as one, ledger_on(server, "other" + str(tmp_path)) as other:
        one.append([held("2025-07-20", id="a")])
        other.append([held("2025-07-21", id="a"), held("2025-07-21", id="b")])
        assert (one.head, other.head) == (1, 2)


def test_the_schema_has_a_default():
    pytest.importorskip("psycopg")
    from diplostate.ledger.postgres_address import Address

    assert Address.parse("postgresql://host/db").schema == "diplostate"
    assert Address.parse("postgresql://host/db?schema=first&schema=last").schema == "last"


def test_a_missing_ledger_is_not_made_by_a_reader(url):
    with pytest.raises(LedgerError, match=r"no ledger in schema 'test_\w+' at postgresql://.*: check the URL"):
        opened(url, create=False)

    with raw(url) as other:
        assert other.execute("SELECT to_regnamespace(%s)", [schema_of(url)]).fetchone() == (None,)


def test_a_schema_that_was_made_for_it_is_used(url):
    with raw(url) as owner:
        owner.execute(f"CREATE SCHEMA {schema_of(url)}")

    with opened(url) as ledger:
        assert ledger.head == 0
    with opened(url, create=False) as again:
        assert again.head == 0


@pytest.mark.parametrize("table", ["events (name text)", "ledger (name text)"])
def test_tables_of_somebody_else_are_not_touched(url, table):
    with raw(url) as owner:
        owner.execute(f"CREATE SCHEMA {schema_of(url)}")
        owner.execute(f"CREATE TABLE {table}")

    with pytest.raises(
        LedgerError, match="has tables of the same names that are no ledger; nothing was touched: choose another"
    ):
        opened(url)
    assert tables(url) == [table.split()[0]]


def test_a_newer_schema_is_refused(ledger, url):
    with raw(url) as owner:
        owner.execute("UPDATE ledger SET schema_version = 99")

    message = r"newer diplostate \(schema 99, this one knows \d+\): upgrade it with pip install --upgrade diplostate"
    with pytest.raises(LedgerError, match=message):
        opened(url)


def test_where_nothing_is_to_do_nothing_is_locked(ledger, url):
    """A start must not hang behind a writer, nor behind a reader of a large table."""
    with in_the_lane(url) as other:
        other.execute("LOCK TABLE events, projections IN ACCESS EXCLUSIVE MODE")
        with opened(url, busy_seconds=0.05) as hasty:
            assert hasty.head == 0


def test_many_that_start_at_once_make_one_ledger(url):
    together = threading.Barrier(8)

    def start(number):
        together.wait()
        with opened(url) as ledger:
            return ledger.append([held("2025-07-20", track=f"t{number}")])[0].position

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(start, range(8))) == list(range(1, 9))


@pytest.fixture
def next_version(monkeypatch):
    """The product as it may be once."""
    from diplostate.ledger import postgres_database

    step = "ALTER TABLE {schema}.projections ADD COLUMN more integer"
    monkeypatch.setattr(postgres_database, "VERSION", postgres_database.VERSION + 1)
    monkeypatch.setattr(postgres_database, "MIGRATIONS", {postgres_database.VERSION - 1: (step,)})


def test_an_older_schema_is_migrated_once(ledger, url, next_version):
    ledger.append([held("2025-07-20")])

    def start(_):
        with opened(url) as again:
            return again.head

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [1] * 4
    with raw(url) as other:
        assert other.execute("SELECT more FROM projections").fetchall() == [(None,)]


def test_a_migration_that_fails_leaves_everything_as_it_was(ledger, url, next_version, monkeypatch):
    from diplostate.ledger import postgres_database

    (steps,) = postgres_database.MIGRATIONS.values()
    monkeypatch.setattr(postgres_database, "MIGRATIONS", {postgres_database.VERSION - 1: (*steps, "SELECT missing")})

    with pytest.raises(LedgerError, match="no ledger; nothing was touched"):
        opened(url)
    with raw(url) as other:
        assert other.execute("SELECT * FROM projections").description[-1].name == "fingerprint"


def test_a_writer_cannot_migrate(ledger, url, role, next_version):
    from diplostate.ledger.postgres_schema import grants

    with raw(url) as owner:
        for statement in grants(schema_of(url), writer=role):
            owner.execute(statement)

    with pytest.raises(LedgerError, match="must be owner of table projections"):
        opened(with_settings(url, role=role))


def test_a_database_that_cannot_hold_every_letter_is_refused(url):
    with raw(url) as owner:
        name = f"latin_{schema_of(url)[-20:]}"
        owner.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            before, _, after = url.partition("/postgres?")
            with pytest.raises(LedgerError, match="is in LATIN1, a ledger needs one in UTF8: make another"):
                opened(f"{before}/{name}?{after}")
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


# What goes wrong


def test_a_lane_that_others_keep_is_reported(ledger, url):
    with opened(url, busy_seconds=0.05) as hasty, in_the_lane(url):
        with pytest.raises(LedgerBusy, match=r"locked by other writers for 0.05 s, nothing was written: try again"):
            hasty.append([held("2025-07-20")])
        assert list(hasty.read()) == []

    assert ledger.append([held("2025-07-20")])[0].position == 1


def test_a_lane_that_others_leave_is_waited_for(ledger, url):
    with in_the_lane(url):
        writer = threading.Thread(target=ledger.append, args=([held("2025-07-20")],))
        writer.start()
        writer.join(0.1)
        assert writer.is_alive()
    writer.join()

    assert ledger.head == 1


def test_a_closed_ledger_says_so(ledger):
    ledger.close()

    with pytest.raises(LedgerError, match="was closed: open it again"):
        ledger.append([held("2025-07-20")])


def test_a_damaged_event_is_named(ledger, url):
    ledger.append([held("2025-07-20", id="a")])
    with raw(url) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER USER")
        owner.execute("UPDATE events SET body = '{'")

    with pytest.raises(LedgerError, match="the event at position 1 is damaged"):
        ledger.event("a")


def test_tables_that_are_gone_are_missed(ledger, url):
    with raw(url) as owner:
        owner.execute("DROP TABLE events")

    with pytest.raises(LedgerError, match="has no ledger any more: check who removed its tables"):
        list(ledger.read())


def test_a_server_that_can_only_be_read_says_so(ledger, url):
    ledger.append([proposed("UKR", "RUS")])
    with opened(with_settings(url, default_transaction_read_only="on")) as standby:
        assert status(standby, "one").phase == "PENDING"
        with pytest.raises(ReadOnly, match="can only be read: connect to the primary server, and with a role that may write"):
            standby.append([held("2025-07-20")])


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("DiskFull", "has no room on its disk, nothing was written: make room, then append again"),
        ("TooManyConnections", "has no connection left"),
        ("DataCorrupted", "is damaged: keep it as it is, and restore a backup"),
        ("IndexCorrupted", "has a damaged index"),
        ("QueryCanceled", "ended this session, or its work: try again"),
        ("FeatureNotSupported", "cannot be used: see what PostgreSQL says"),
    ],
)
def test_what_the_server_says_is_put_in_words(ledger, monkeypatch, state, words):
    import psycopg

    from diplostate.ledger.postgres_database import Session

    def fail(session, *questions):
        raise getattr(psycopg.errors, state)("the server's own words")

    monkeypatch.setattr(Session, "begin", fail)
    with pytest.raises(LedgerError, match=rf"{words}.*\(PostgreSQL: the server's own words\)"):
        ledger.append([held("2025-07-20")])


# Reaching it


@pytest.mark.parametrize(
    ("url", "shown", "schema"),
    [
        ("postgresql://me:pa%40ss@host:5432/db", "postgresql://me@host:5432/db", "diplostate"),
        ("postgres://host/db?schema=talks&sslmode=require", "postgres://host/db?schema=talks&sslmode=require", "talks"),
        ("postgresql:///db?host=/tmp&password=geheim", "postgresql:///db?host=/tmp", "diplostate"),
        ("postgresql://me:secret@[::1]:5432,other/db?sslpassword=geheim", "postgresql://me@[::1]:5432,other/db", "diplostate"),
        ("postgresql://", "postgresql://", "diplostate"),
    ],
)
def test_a_url_is_shown_without_its_secrets(server, url, shown, schema):
    from diplostate.ledger.postgres_address import Address

    address = Address.parse(url)
    assert (address.url, address.schema) == (shown, schema)
    assert address.options["client_encoding"] == "utf8"
    for text in (repr(address), address.hide("pa@ss, pa%40ss, secret\nand geheim")):
        assert not any(word in text for word in ("pa@ss", "pa%40ss") if "pa%40ss" in url)
        assert not any(word in text for word in ("secret", "geheim") if word in url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://me:sec@ret@host/db", "cannot be read: write postgresql://USER@HOST:PORT/DATABASE"),
        ("postgresql://me:sec/ret@host/db", "cannot be read: write postgresql://USER@HOST:PORT/DATABASE"),
        ("postgresql://me:sec?ret=1@host/db", "cannot be read: write postgresql://USER@HOST:PORT/DATABASE"),
        ("postgresql://host/db?secret", "cannot be read: write postgresql://USER@HOST:PORT/DATABASE"),
        ("postgresql://me:secret/db", "has a port that is no number"),
        ("postgresql://me:sec%zzret@host/db", r"cannot be read \(invalid percent-encoded token: \"\*\*\*\"\)"),
        ("postgresql://me:secret@host/db?sslmod=require", r"cannot be read \(invalid URI query parameter: \"sslmod\"\)"),
        ("postgresql://me:secret@host/db?schema=A-B", "'A-B' is no name for a schema"),
    ],
)
def test_a_url_that_cannot_be_read_gives_no_secret_away(server, url, message):
    with pytest.raises(LedgerError, match=message) as refused:
        diplostate.open(url)
    assert "sec" not in str(refused.value)
    assert "ret" not in str(refused.value)


def test_a_server_that_is_not_there_is_named(server, tmp_path):
    with pytest.raises(
        LedgerError, match=r"postgresql://me@/db\?host=.* cannot be reached, or does not let you in: check"
    ) as failed:
        diplostate.open(f"postgresql://me:secret@/db?host={tmp_path}")
    assert "secret" not in str(failed.value)


def test_a_wrong_password_is_not_repeated(url):
    require("postgres-own")
    with raw(url) as owner:
        owner.execute("DROP ROLE IF EXISTS guarded")
        owner.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    before, _, after = url.partition("postgres@")
    with pytest.raises(
        LedgerError, match=r"does not let you in.*password authentication failed for user \"guarded\""
    ) as failed:
        opened(f"{before}guarded:wrong@{after}")
    assert "wrong" not in str(failed.value)


def test_a_missing_database_is_named(url):
    with pytest.raises(LedgerError, match='database "nowhere" does not exist'):
        opened(url.replace("/postgres?", "/nowhere?"))


def test_it_is_opened_by_its_url(ledger):
    ledger.append([held("2025-07-20")])

    with diplostate.open(ledger.url) as again:
        assert (again.head, again.url) == (1, ledger.url)


def test_a_missing_driver_names_the_extra(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("psycopg", "diplostate.ledger.postgres"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(MissingExtra, match=r"this needs psycopg, which is not installed: pip install 'diplostate\[postgres\]'"):
        diplostate.open("postgresql://host/db")

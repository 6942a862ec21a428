"""One PostgreSQL ledger, many at once: threads, processes, forks, connections that are lost, and a server that stops."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from support import more_room, require, small_disk
from support_postgres import NAMES, Server, installed

from diplostate.errors import LedgerBusy, LedgerError, VersionConflict
from diplostate.ledger.projector import StatusProjector
from diplostate.testing.conformance import held, proposed, responded
from ledger.test_postgres import CHAINED, COLUMNS, ask, in_the_lane, opened, raw, schema_of, with_settings
from ledger.test_sqlite_shared import FORKS, QUIET, in_a_child, is_whole, one_of_many_wins, threads_share


class Waiting(StatusProjector):
    """Does something while its append is in the lane, once."""

    def __init__(self, meanwhile):
        super().__init__()
        self.meanwhile = meanwhile

    def admit(self, *args, **options):
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return super().admit(*args, **options)


def backends(url):
    """How many sessions its ledgers have."""
    with raw(url) as other:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        return other.execute(sql, [schema_of(url)]).fetchone()[0]


def end_all(url):
    """What an administrator does, or a server that stops: end all sessions of the ledger."""
    with raw(url) as other:
        sql = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s"
        assert other.execute(sql, [schema_of(url)]).fetchall()


# Threads and forks


def test_threads_share_a_ledger(ledger, url):
    threads_share(ledger, 12)
    assert backends(url) <= 8


def test_threads_wait_for_a_connection(url):
    with opened(url, connections=1) as ledger, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: ledger.append([held("2025-07-20", track=f"t{number}")]), range(20)))
        is_whole(ledger, 20)


def test_threads_do_not_wait_for_ever_for_a_connection(url):
    def ask_for_another():
        with pytest.raises(LedgerBusy, match="all 1 connections were in use: try again, or allow more"):
            ledger.version("one")

    with opened(url, connections=1, busy_seconds=0.1) as ledger:
        ledger._projector = Waiting(ask_for_another)
        ledger.append([held("2025-07-20")])


def test_of_writers_who_saw_the_same_version_one_wins(ledger):
    assert one_of_many_wins(ledger)


def test_a_ledger_that_is_closed_meanwhile_lets_go_of_what_it_used(url):
    ledger = opened(url)
    ledger._projector = Waiting(ledger.close)
    ledger.append([held("2025-07-20")])

    for _ in range(100):
        if not backends(url):
            break
        time.sleep(0.05)
    assert backends(url) == 0


@FORKS
@QUIET
def test_a_ledger_lives_on_after_a_fork(ledger):
    """The child has connections of its own, and those of the parent are none of its business."""
    ledger.append([held("2025-07-20", id="before")])
    session = ask(ledger, "SELECT pg_backend_pid()")

    def child():
        ledger.append([held("2025-07-21", id="in-the-child")])
        return ask(ledger, "SELECT pg_backend_pid()") == session, ledger.head

    assert in_a_child(os.fork, child) == "(False, 2)"
    assert ask(ledger, "SELECT pg_backend_pid()") == session
    ledger.append([held("2025-07-22", id="in-the-parent")])
    is_whole(ledger, 3)


def test_another_process_never_uses_the_connections_of_its_parent(ledger, monkeypatch):
    session = ask(ledger, "SELECT pg_backend_pid()")
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 0)
        other = ask(ledger, "SELECT pg_backend_pid()")
        assert ask(ledger, "SELECT pg_backend_pid()") == other != session
        ledger.close()
    ledger._database._abandoned[0].drain()  # as the parent does


def test_what_was_prepared_outlives_an_append_that_is_refused(ledger):
    """psycopg forgets, and lets the server forget, what it prepared itself."""
    for _ in range(9):
        ledger.append([held("2025-07-20")])
        with pytest.raises(VersionConflict):
            ledger.append([held("2025-07-20")], expected_version={"one": 0})
        assert ledger.events("one")
    names = ask(ledger, "SELECT name FROM pg_prepared_statements WHERE name LIKE 'together%'")
    assert len(names) == len(set(names)) > 3


# The lane


def test_no_reader_skips_what_is_held_open(ledger, url):
    """A slow writer keeps others waiting, so nothing appears behind an event that is still to come."""
    seen, is_over = [], threading.Event()
    inside, go_on = threading.Event(), threading.Event()

    def watch():
        while not is_over.is_set() or not seen or seen[-1].position < ledger.head:
            seen.extend(ledger.read(after=seen[-1].position if seen else 0))

    def stay():
        inside.set()
        go_on.wait(10)

    ledger.append([held("2025-07-20", id="first")])
    with opened(url) as slow, ThreadPoolExecutor(8) as pool:
        slow._projector = Waiting(stay)
        watcher = pool.submit(watch)
        held_open = pool.submit(slow.append, [held("2025-07-21", id="slow"), held("2025-07-21", id="slow-too")])
        inside.wait(10)
        others = [pool.submit(ledger.append, [held("2025-07-22", track=f"t{number}")]) for number in range(5)]
        time.sleep(0.2)
        assert [event.id for event in seen] == ["first"]
        assert not any(other.done() for other in others)
        go_on.set()
        assert [event.position for event in held_open.result(10)] == [2, 3]
        assert sorted(other.result(10)[0].position for other in others) == [4, 5, 6, 7, 8]
        is_over.set()
        watcher.result(10)

    assert [event.position for event in seen] == list(range(1, 9))
    assert [event.id for event in seen[:3]] == ["first", "slow", "slow-too"]


def test_a_program_that_passes_the_lane_by_is_waited_for(ledger, url):
    """Whoever inserts without the lock holds the counter until it commits; the append then goes behind it."""
    ledger.append([held("2025-07-20", id="a")])
    with raw(url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN")
        other.execute(f"INSERT {COLUMNS} VALUES (2, 'b', 'other', 1, {CHAINED})")
        append = pool.submit(ledger.append, [held("2025-07-21", id="c")])
        time.sleep(0.1)
        assert not append.done()
        other.execute("COMMIT")

        assert append.result(10)[0].position == 3


def test_a_program_that_keeps_passing_the_lane_by_is_reported(ledger, url):
    def pass_by():
        with raw(url) as other:
            count = other.execute("SELECT position FROM ledger").fetchone()[0] + 1
            other.execute(f"INSERT {COLUMNS} VALUES ({count}, 'x{count}', 'other', {count}, {CHAINED})")

    class Unlucky(StatusProjector):
        def admit(self, *args, **options):
            pass_by()
            return super().admit(*args, **options)

    ledger._projector = Unlucky()
    with pytest.raises(LedgerError, match=r"another program writes into its tables; find it and stop it \(Post"):
        ledger.append([held("2025-07-21")])
    assert ledger.head == 2


@FORKS
def test_who_is_interrupted_while_waiting_can_go_on(ledger, url):
    """Ctrl-C in the middle of a conversation with the server."""

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with in_the_lane(url):
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(KeyboardInterrupt):
                ledger.append([held("2025-07-20", id="a")])
    finally:
        signal.signal(signal.SIGALRM, before)

    assert ledger.append([held("2025-07-20", id="a")])[0].position == 1
    is_whole(ledger, 1)


# Connections that are lost


def test_a_reader_does_not_notice_that_its_session_was_ended(ledger, url):
    ledger.append([held("2025-07-20", track=f"t{number}") for number in range(1200)])
    events = ledger.read()
    first = next(events)

    end_all(url)
    assert [first, *events] == list(ledger.read())


def test_a_writer_does_not_notice_that_its_session_was_ended(ledger, url):
    ledger.append([held("2025-07-20")])
    end_all(url)

    assert ledger.append([held("2025-07-21")])[0].position == 2


def test_an_append_whose_session_is_ended_in_the_middle_is_done_again(ledger, url):
    ledger._projector = Waiting(lambda: end_all(url))
    batch = [proposed("UKR", "RUS"), responded("RUS", "accepted")]

    assert [event.position for event in ledger.append(batch, expected_version={"one": 0})] == [1, 2]
    is_whole(ledger, 2)


@pytest.mark.parametrize("size", [1, 2])
def test_an_append_whose_session_is_ended_while_it_writes_is_done_again(ledger, url, size):
    """The driver then complains about its own state, and says nothing of the loss."""
    schema = schema_of(url)
    with raw(url) as owner:
        owner.execute("CREATE SEQUENCE writes")  # it counts on where a transaction is taken back
        owner.execute(f"""
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('{schema}.writes') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
    RETURN NULL;
END $$""")
        owner.execute("CREATE TRIGGER stop AFTER INSERT ON events EXECUTE FUNCTION stop()")

    assert len(ledger.append([held("2025-07-20") for _ in range(size)])) == size
    is_whole(ledger, size)
    assert ask(ledger, f"SELECT last_value FROM {schema}.writes") == [(2,)]


def test_a_loss_at_which_the_driver_only_hints_is_a_loss(ledger, monkeypatch):
    """Where the server says good-bye, and the end of the connection has not come yet, psycopg complains about its own state."""
    import psycopg

    from diplostate.ledger.postgres_database import Session

    def hint(session, *changes):
        monkeypatch.undo()
        raise psycopg.OperationalError("cannot exit pipeline mode while busy")

    monkeypatch.setattr(Session, "commit", hint)
    assert ledger.append([held("2025-07-20")])[0].position == 1
    is_whole(ledger, 1)


class Dying:
    """A connection whose server says why it ends the session, and is gone."""

    def __init__(self, *results):
        from psycopg.pq import ConnStatus

        self.results, self.status = [*results, None], ConnStatus.BAD

    def flush(self):
        return 0

    def consume_input(self):
        pass

    def is_busy(self):
        return False

    def get_result(self):
        return self.results.pop(0)


def test_the_last_words_of_a_server_are_heard():
    pytest.importorskip("psycopg")
    from types import SimpleNamespace

    from psycopg.pq import ExecStatus
    from psycopg.waiting import Ready, Wait

    from diplostate.ledger.postgres_pipeline import _answers

    words = SimpleNamespace(status=ExecStatus.FATAL_ERROR)
    answers = _answers(Dying(words))
    assert next(answers) == Wait.R
    with pytest.raises(StopIteration) as done:
        answers.send(Ready.R)
    assert done.value.value == [words]


def test_who_follows_a_ledger_goes_on_after_its_connection_was_lost(ledger, url):
    from diplostate.ledger.postgres_feed import Bell

    bell = Bell(ledger._database.address)
    end_all(url)
    start = time.monotonic()
    bell.wait(0.05)
    assert time.monotonic() - start >= 0.05
    bell.wait(0)
    assert backends(url) == 1
    bell.close()


@pytest.fixture
def lose(monkeypatch):
    """Lose the connection at the next commits, each before or after it was done: ``lose("after", "before")``.

    What ``then`` does is done before the append is tried again.
    """
    import psycopg

    from diplostate.ledger.postgres_database import Session

    commit = Session.commit

    def arrange(*moments, then=lambda: None):
        todo = list(moments)

        def break_off(session, changes):
            moment = todo.pop(0) if todo else ""
            if moment != "before":
                commit(session, changes)
            if moment:
                session.is_committing = True
                session.connection.close()
                then()
                raise psycopg.OperationalError("the server closed the connection unexpectedly")

        monkeypatch.setattr(Session, "commit", break_off)

    return arrange


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("event_id", [None, "mine"])
def test_a_commit_of_which_nobody_heard_is_never_done_twice(ledger, lose, moment, event_id):
    """The ids are known before the first try, also those that are made here."""
    lose(moment)
    stored = ledger.append([held("2025-07-20", id=event_id), held("2025-07-21")], expected_version={"one": 0})

    assert tuple(ledger.read()) == stored
    is_whole(ledger, 2)


@pytest.mark.parametrize(("moments", "head"), [(("before", "after"), 1), (("before", "before"), 0)])
def test_where_nobody_can_tell_the_writer_is_told_what_to_look_for(ledger, lose, moments, head):
    lose(*moments)
    with pytest.raises(LedgerError, match="nobody can tell whether event 'mine' was written: append the same again"):
        ledger.append([held("2025-07-20", id="mine")])

    assert ledger.head == head
    assert ledger.append([held("2025-07-20", id="mine")])[0].position == 1


def test_of_a_batch_the_writer_is_told_the_first(ledger, lose):
    lose("before", "before")
    with pytest.raises(LedgerError, match=r"whether event 'mine' with the 2 behind it was written"):
        ledger.append([held("2025-07-20", id="mine"), held("2025-07-21"), held("2025-07-22")])


def test_what_is_refused_after_a_loss_is_refused(ledger, url, lose):
    """The second try looks again, and what it finds is certain."""

    def others_come_first():
        with raw(url) as other:
            other.execute(f"INSERT {COLUMNS} VALUES (1, 'b', 'one', 1, {CHAINED})")

    lose("before", then=others_come_first)
    with pytest.raises(VersionConflict):
        ledger.append([held("2025-07-20")], expected_version={"one": 0})
    assert ledger.head == 1


def test_where_others_keep_the_lane_after_a_loss_nobody_can_tell(url, lose):
    with opened(url, busy_seconds=0.1) as ledger, ExitStack() as stack:
        lose("before", then=lambda: stack.enter_context(in_the_lane(url)))
        with pytest.raises(LedgerError, match=r"nobody can tell whether event .* was written: .*locked by other writers"):
            ledger.append([held("2025-07-20")])


# A server that stops


@pytest.fixture(scope="module")
def own_servers():
    """Servers of their own for those tests that stop them; what they acknowledge is on disk."""
    require("postgres-own")
    servers = [Server(programs, fsync=True) for programs in installed()]
    for one in servers:
        one.start()
    yield dict(zip(NAMES, servers, strict=False))
    for one in servers:
        one.remove()


@pytest.fixture
def own(server, own_servers):
    if server not in own_servers:
        pytest.skip("one server of its own is enough")
    return own_servers[server]


def a_ledger_of(own, name, **options):
    return opened(own.url(schema=name), **options)


@contextmanager
def out_of_order(own, seconds, how=signal.SIGINT):
    """Stopped now, started again a little later."""
    own.stop(how)
    again = threading.Timer(seconds, own.start)
    again.start()
    yield
    again.join()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_starts_again_is_waited_for(own, how):
    with a_ledger_of(own, f"again_{int(how)}") as ledger:
        ledger.append([held("2025-07-20")])
        with out_of_order(own, 0.3, how):
            assert ledger.head == 1
        with out_of_order(own, 0.3, how):
            assert ledger.append([held("2025-07-21")])[0].position == 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_stops_in_the_middle_of_an_append_loses_nothing_and_doubles_nothing(own, how):
    def restart():
        own.stop(how)
        own.start()

    with a_ledger_of(own, f"middle_{int(how)}") as ledger:
        ledger.append([held("2025-07-20")])
        ledger._projector = Waiting(restart)
        assert ledger.append([held("2025-07-21"), held("2025-07-22")])[-1].position == 3
        is_whole(ledger, 3)


def test_a_server_that_stays_away_is_reported(own):
    with a_ledger_of(own, "away", busy_seconds=0.2) as ledger:
        own.stop()
        try:
            for work in (lambda: ledger.head, lambda: ledger.append([held("2025-07-20")])):
                with pytest.raises(LedgerError, match=r"cannot be reached, or does not let you in: check the URL"):
                    work()
        finally:
            own.start()
        assert ledger.head == 0


# Disks that fail


def test_a_disk_that_is_full_is_reported_and_loses_nothing(own):
    url, batch = own.url(schema="full_disk"), [held("2025-07-20", note="x" * 1000) for _ in range(50)]
    with small_disk(2_000) as folder, raw(url) as owner:
        os.chown(folder, own.home.stat().st_uid, -1)
        owner.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        with opened(with_settings(url, default_tablespace="small")) as ledger:
            with pytest.raises(LedgerError, match="has no room on its disk, nothing was written: make room, then append again"):
                list(map(ledger.append, [batch] * 100))
            count = ledger.head
            is_whole(ledger, count)
            more_room(folder)
            assert ledger.append(batch)[0].position == count + 1
            is_whole(ledger, count + 50)
        owner.execute("DROP SCHEMA full_disk CASCADE")
        owner.execute("DROP TABLESPACE small")


def test_a_damaged_page_is_reported(own):
    with a_ledger_of(own, "damaged") as ledger:
        ledger.append([held("2025-07-20", track=f"t{number}", note="x" * 100) for number in range(100)])
        ((file,),) = ask(ledger, "SELECT pg_relation_filepath('damaged.events')")
        own.stop()
        with (own.home / "data" / file).open("r+b") as pages:
            pages.seek(8192)
            pages.write(b"\xff" * 64)
        own.start()

        assert next(ledger.read(limit=1)).track == "t0"
        with pytest.raises(LedgerError, match="is damaged: keep it as it is, and restore a backup"):
            list(ledger.read())


# Backups


def test_a_dump_that_is_restored_elsewhere_is_the_same_ledger(own):
    """As the documentation says: with its guards, its count and its chain."""
    with a_ledger_of(own, "dumped") as ledger:
        ledger.append([proposed("UKR", "RUS", note="Türkiye \\ \t"), responded("RUS", "accepted")])
        rows, kept = list(ledger.rows()), list(ledger.projections())
    at = ("-h", own.home, "-U", "postgres")
    own._run("pg_dump", *at, "--schema=dumped", "--file=dump.sql", "postgres").check_returncode()
    own._run("createdb", *at, "elsewhere").check_returncode()
    own._run("psql", *at, "--quiet", "--set=ON_ERROR_STOP=1", "--file=dump.sql", "elsewhere").check_returncode()

    with opened(own.url(database="elsewhere", schema="dumped"), create=False) as restored:
        assert (list(restored.rows()), list(restored.projections())) == (rows, kept)
        assert all(sound for _, sound, _ in restored.examine())
        assert restored.append([held("2025-07-20", track="two")])[0].position == 3
        is_whole(restored, 3)

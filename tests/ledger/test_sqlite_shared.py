"""One SQLite file, many at once: threads, processes, forks, readers that pause, and writers that die."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from diplostate.errors import VersionConflict
from diplostate.ledger import sqlite_file
from diplostate.ledger.ask import status
from diplostate.ledger.ids import Uuid7
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.talks.fold import reduce
from diplostate.testing.conformance import held

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
# A parallel run of the tests has threads of its own; nothing of theirs is used in the child.
QUIET = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "talks.sqlite"


def is_whole(ledger, count):
    """Positions and versions without a gap, and projections as the fold would have them."""
    record = list(ledger.read())
    assert [event.position for event in record] == list(range(1, count + 1))
    for track in ledger.tracks():
        events = list(ledger.events(track))
        assert [event.version for event in events] == list(range(1, len(events) + 1))
        assert status(ledger, track) == reduce(events)
    assert [event.recorded for event in record] == sorted(event.recorded for event in record)


def threads_share(ledger, threads):
    """What several threads append at once comes whole."""

    def write(number):
        ledger.append([held("2025-07-20", track=f"t{number % 3}"), held("2025-07-21", track="all")])
        return len(list(ledger.events("all"))), status(ledger, "all").rounds

    with ThreadPoolExecutor(threads) as pool:
        seen = list(pool.map(write, range(60)))

    assert all(1 <= count <= 60 and 1 <= rounds <= 60 for count, rounds in seen)
    is_whole(ledger, 120)


def test_threads_share_a_handle(path):
    with SqliteLedger(path, synchronous="normal") as ledger:
        threads_share(ledger, 8)


def test_threads_with_handles_of_their_own_write_one_record(path):
    def write(number):
        with SqliteLedger(path, synchronous="normal") as ledger:
            for _ in range(10):
                ledger.append([held("2025-07-20", track=f"t{number % 3}")])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with SqliteLedger(path) as ledger:
        is_whole(ledger, 60)


def one_of_many_wins(ledger):
    """Of six writers who saw the same version."""
    together = threading.Barrier(6)

    def write(_):
        together.wait()
        try:
            ledger.append([held("2025-07-20")], expected_version={"one": 0})
        except VersionConflict as error:
            return error.actual
        return 0

    with ThreadPoolExecutor(6) as pool:
        return sorted(pool.map(write, range(6))) == [0, 1, 1, 1, 1, 1]


def test_of_writers_who_saw_the_same_version_one_wins(path):
    with SqliteLedger(path, synchronous="normal") as ledger:
        assert one_of_many_wins(ledger)


WRITER = """
    import sys
    from diplostate.ledger.sqlite import SqliteLedger
    from diplostate.testing.conformance import held

    path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with SqliteLedger(path) as ledger:
        for number in range(count):
            (event,) = ledger.append([held("2025-07-20", track=name, id=f"{name}-{number}")])
            print(event.position, flush=True)
"""


def start_writer(path, name, count):
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_make_and_write_one_ledger(path):
    """Also where all of them find that there is none yet."""
    writers = [start_writer(path, f"w{number}", 15) for number in range(4)]
    said = [writer.communicate() for writer in writers]

    assert [errors for _, errors in said] == [""] * 4
    positions = [int(line) for lines, _ in said for line in lines.split()]
    assert sorted(positions) == list(range(1, 61))
    with SqliteLedger(path) as ledger:
        is_whole(ledger, 60)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_writer_that_is_killed_loses_nothing_that_it_was_told_is_kept(path):
    for attempt in range(3):
        writer = start_writer(path, f"w{attempt}", 100_000)
        assert writer.stdout.readline()
        time.sleep(random.uniform(0.01, 0.1))
        writer.send_signal(signal.SIGKILL)
        lines, _ = writer.communicate()

        told = [int(line) for line in lines.split("\n")[:-1]]
        with SqliteLedger(path) as ledger:
            is_whole(ledger, ledger.head)
            assert ledger.head >= max(told, default=1)


def in_a_child(fork, work):
    """Do work in a process forked off, and give what it wrote."""
    reader, writer = os.pipe()
    if fork() == 0:
        try:
            os.write(writer, repr(work()).encode())
        except BaseException as error:
            os.write(writer, repr(error).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    os.wait()
    return said


def c_fork():
    """Fork without telling Python, as servers written in C do."""
    return ctypes.PyDLL(None).fork()


@FORKS
@QUIET
@pytest.mark.parametrize("fork", [getattr(os, "fork", None), c_fork])
def test_a_handle_lives_on_after_a_fork(path, fork):
    """What a child appends is not lost when its parent lets go of the file, and others come.

    That is what happens where a handle is just opened anew in the child: SQLite believes that it holds its parent's locks, and
    whoever closes the file last removes the write-ahead log under the child.
    """
    ledger = SqliteLedger(path)
    ledger.append([held("2025-07-20", id="before")])
    go_on, is_alone = os.pipe()

    def child():
        seen = ledger.head
        ledger.append([held("2025-07-21", id="in-the-child")])
        os.read(go_on, 1)
        ledger.append([held("2025-07-22", id="later")])
        return seen, ledger.head

    def parent_and_others():
        time.sleep(0.2)
        ledger.append([held("2025-07-23", id="in-the-parent")])
        ledger.close()
        with SqliteLedger(path) as other:
            other.append([held("2025-07-24", id="of-others")])
        os.write(is_alone, b"!")

    others = threading.Timer(0, parent_and_others)

    def fork_and_go_on():
        pid = fork()
        if pid:
            others.start()
        return pid

    assert in_a_child(fork_and_go_on, child) == "(1, 5)"
    others.join()
    with SqliteLedger(path) as again:
        is_whole(again, 5)
        assert {event.id for event in again.read()} == {"before", "in-the-child", "in-the-parent", "of-others", "later"}


@FORKS
@QUIET
def test_a_fork_waits_for_the_writes_of_other_threads(path):
    with SqliteLedger(path, synchronous="normal") as ledger:
        is_over = threading.Event()

        def write():
            while not is_over.is_set():
                ledger.append([held("2025-07-20")])

        writers = [threading.Thread(target=write) for _ in range(2)]
        for writer in writers:
            writer.start()
        for _ in range(5):
            said = in_a_child(os.fork, lambda: ledger.append([held("2025-07-21", track="child")])[0].track)
            assert said == "'child'"
        is_over.set()
        for writer in writers:
            writer.join()

        assert ledger.version("child") == 5
        is_whole(ledger, ledger.head)


@FORKS
@QUIET
def test_a_child_makes_ids_though_a_thread_of_its_parent_was_making_one():
    make = Uuid7()
    with make._lock:
        said = in_a_child(os.fork, make)

    assert len(said) == len(repr(make()))


def test_where_nothing_forks_nothing_is_asked(monkeypatch):
    monkeypatch.delattr(os, "register_at_fork", raising=False)

    sqlite_file._hook.__wrapped__()


def test_a_fork_that_asked_nobody_before_leaves_the_locks_alone():
    sqlite_file._rejoin()

    assert not sqlite_file._files_lock.locked()


def test_a_reader_that_pauses_holds_up_neither_writers_nor_checkpoints(path):
    with SqliteLedger(path) as ledger:
        ledger.append([held("2025-07-20", track=f"t{number}") for number in range(1200)])
        readers = [ledger.read(), ledger.events("t7"), ledger.projections()]
        for reader in readers:
            next(reader)

        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN EXCLUSIVE")
            other.execute("ROLLBACK")
            busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
        ledger.append([held("2025-07-21", track="t7")])
        assert [len(list(reader)) for reader in readers] == [1200, 1, 1199]

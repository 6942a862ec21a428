"""A whole ledger in another place: the same to the byte, continued where it was cut off, refused where it is another one."""

from __future__ import annotations

import functools
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice

import attrs
import pytest
from hypothesis import given, settings
from support_postgres import NAMES, ledger_on

from diplostate.errors import Conflict, LedgerError, ReadOnly, Tampered
from diplostate.ledger import copying
from diplostate.ledger.ask import statuses
from diplostate.ledger.copying import copy, rows_of
from diplostate.ledger.folder import open_logs
from diplostate.ledger.logfile import write_jsonl
from diplostate.ledger.memory import MemoryLedger
from diplostate.ledger.sealing import chained, verify
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.talks.events import Retracted
from diplostate.testing.conformance import every_kind, held, proposed, responded
from diplostate.testing.strategies import logs

NOON = datetime(2025, 8, 1, 12, tzinfo=UTC)
STORES = {
    "memory": lambda folder: MemoryLedger(),
    "sqlite": lambda folder: SqliteLedger(folder / "talks.sqlite"),
    **{name: functools.partial(ledger_on, name) for name in NAMES},
}


def lived_in(ledger):
    """A record of two tracks, with a correction, an anomaly, and times of recording that do not ascend."""
    ledger.append(every_kind(), strict=False)
    ledger.append([proposed("UKR", "RUS", id="wrong"), held("2025-07-20", track="full", recorded=NOON)])
    ledger.append([Retracted(track="one", occurred="2025-08-01", retracts="wrong"), proposed("UKR", "TUR")])
    ledger.append([responded("RUS", "accepted")], strict=False)
    return ledger


def folder_of_logs(folder):
    """Of what was lived in elsewhere."""
    with lived_in(MemoryLedger()) as ledger:
        (folder / "log.jsonl").write_text("".join(write_jsonl(ledger.read())), "utf-8")
    return open_logs(folder)


SOURCES = {
    "folder": folder_of_logs,
    **{name: lambda folder, make=make: lived_in(make(folder)) for name, make in STORES.items()},
}


@pytest.mark.parametrize("target", STORES)
@pytest.mark.parametrize("source", SOURCES)
def test_a_copy_is_the_same_to_the_byte(source, target, tmp_path):
    """Ids, versions, positions, times of recording, hashes, and where the tracks stand."""
    places = tmp_path / "from", tmp_path / "to"
    for place in places:
        place.mkdir()
    with SOURCES[source](places[0]) as one, STORES[target](places[1]) as other:
        if not one.head:
            lived_in(one)
        found = copy(one, other)

        assert found.new == one.head == 15
        assert list(other.read()) == list(one.read())
        assert list(rows_of(other)) == list(rows_of(one))
        assert list(statuses(other)) == list(statuses(one))
        assert found.history == verify(other.rows()) == verify(rows_of(one))
        assert copy(one, other) == attrs.evolve(found, new=0)


@settings(max_examples=25)
@given(logs())
def test_any_record_can_be_copied_and_copied_on(log):
    """As it grows."""
    with MemoryLedger() as one, MemoryLedger() as other:
        copied = 0
        for event in log:
            one.append([event], strict=False)
            if one.head % 3 == 0:
                copied += copy(one, other).new
        copied += copy(one, other).new

        assert copied == one.head
        assert list(other.rows()) == list(one.rows())


def test_a_target_that_holds_another_record_is_refused_with_the_first_difference():
    with MemoryLedger() as one, MemoryLedger() as other:
        for ledger in (one, other):
            ledger.append([held("2025-07-20", id="a", recorded=NOON)])
        one.append([held("2025-07-21", id="b", recorded=NOON)])
        other.append([held("2025-07-22", id="c", track="two", recorded=NOON)])

        with pytest.raises(Conflict, match=r"position 2 the one has event 'c' .track 'two', version 1, .*the other event 'b' "):
            copy(one, other)
        assert other.head == 2


def test_a_target_that_goes_further_is_refused():
    with MemoryLedger() as one, MemoryLedger() as other:
        other.append([held("2025-07-20", id="a")])

        with pytest.raises(Conflict, match=r"at position 1 the one has event 'a' .*, the other nothing"):
            copy(one, other)


def test_a_source_that_is_not_sound_is_not_copied(tmp_path):
    with lived_in(SqliteLedger(tmp_path / "talks.sqlite")):
        pass
    with closing(sqlite3.connect(tmp_path / "talks.sqlite")) as file:
        file.execute("DROP TRIGGER events_no_update")
        file.execute("UPDATE events SET body = replace(body, 'wrong day', 'right day')")
        file.commit()
    with SqliteLedger(tmp_path / "talks.sqlite") as one, MemoryLedger() as other:
        with pytest.raises(Tampered, match="position 9"):
            copy(one, other)
        assert other.head == 0


def test_what_cannot_be_written_is_not_copied_to(tmp_path):
    with lived_in(MemoryLedger()) as one, MemoryLedger(read_only="only to read") as other, pytest.raises(ReadOnly):
        copy(one, other)


def test_a_record_is_copied_as_it_was_at_a_position():
    """A branch keeps no chain of its own; its base may have grown since."""
    with lived_in(MemoryLedger()) as one, MemoryLedger() as other:
        assert copy(one.branch(at=5), other).new == 5
        assert list(other.rows()) == list(one.rows())[:5]
        assert copy(one, other).new == 10


def test_what_comes_to_the_source_meanwhile_is_left_to_the_next_copy():
    with lived_in(MemoryLedger()) as one, MemoryLedger() as other:

        def grows(items, *, total, doing):
            assert total == {"Comparing": 0}.get(doing, 15)
            if doing == "Copying":
                one.append([held("2025-07-30")])
            return items

        assert copy(one, other, progress=grows).new == 15
        assert copy(one, other).new == 1


@pytest.mark.parametrize("track", ["one", "elsewhere"])
def test_somebody_else_who_writes_into_the_target_is_noticed(track, monkeypatch):
    """On a track that is copied, and on another one."""
    monkeypatch.setattr(copying, "BATCH", 5)
    with MemoryLedger() as one, MemoryLedger() as other:
        one.append([held("2025-07-20", track="one") for _ in range(12)])

        def intrude(items, *, total, doing):
            for number, item in enumerate(items):
                if doing == "Copying" and number == 7:
                    other.append([held("2025-07-20", track=track)])
                yield item

        with pytest.raises(Conflict):
            copy(one, other, progress=intrude)
        with pytest.raises(Conflict, match="at position 6"):
            copy(one, other)


def test_a_copy_that_came_out_otherwise_is_told():
    class Forgetful(MemoryLedger):
        def rows(self, after=0):
            return iter(list(super().rows(after))[:-1])

    with lived_in(MemoryLedger()) as one, Forgetful() as other, pytest.raises(LedgerError, match="came out otherwise"):
        copy(one, other)


def test_an_event_that_was_stored_in_an_older_form_is_not_given_another_hash():
    """Before anything of its batch is written; it can be imported."""

    class Older(MemoryLedger):
        def rows(self, after=0):
            stored = [row._replace(body=row.body.replace('"to":["RUS"]', '"to":"RUS"')) for row in super().rows()]
            return islice(chained(row[:5] for row in stored), after, None)

    with lived_in(Older()) as one, MemoryLedger() as other:
        with pytest.raises(LedgerError, match=r"event .* \(position \d+\) was stored in an older form.*import"):
            copy(one, other)
        assert other.head == 0


KILLED = """
    import os, signal, sys
    from diplostate import open
    from diplostate.ledger import copying

    copying.BATCH, last = 7, int(sys.argv[3])

    def until_killed(items, *, total, doing):
        for number, item in enumerate(items):
            if doing == "Copying" and number == last:
                os.kill(os.getpid(), signal.SIGKILL)
            yield item

    copying.copy(open(sys.argv[1], create=False), open(sys.argv[2]), progress=until_killed)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("target", [name for name in STORES if name != "memory"])
def test_a_copy_that_was_killed_goes_on(target, tmp_path):
    """Whole batches are there, and the rest comes by the same command."""
    with SqliteLedger(tmp_path / "from.sqlite", synchronous="normal") as one, STORES[target](tmp_path) as other:
        one.append([held("2025-07-20", track=f"t{number % 5}") for number in range(60)])
        for last in (20, 5, 33):
            command = [sys.executable, "-c", textwrap.dedent(KILLED), one.url, other.url, str(last)]
            assert subprocess.run(command, timeout=60).returncode == -signal.SIGKILL
        assert other.head == 7 * (20 // 7 + 33 // 7)
        assert copy(one, other).new == 60 - 42
        assert list(other.rows()) == list(one.rows())


# Backup


@pytest.fixture
def talks(tmp_path):
    with lived_in(SqliteLedger(tmp_path / "talks.sqlite", synchronous="normal")) as ledger:
        yield ledger


def test_a_backup_is_a_ledger_like_any_other(talks, tmp_path):
    history = talks.backup(tmp_path / "copy.sqlite")

    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.sqlite"]
    with SqliteLedger(tmp_path / "copy.sqlite", create=False) as copied:
        assert list(copied.rows()) == list(talks.rows())
        assert history == verify(talks.rows())
        copied.append([held("2025-07-30")])


def test_a_backup_is_made_while_others_write(talks, tmp_path):
    """Each is a sound record as it stood at one moment, and nobody waits for it."""
    is_over = threading.Event()

    def write():
        while not is_over.is_set():
            talks.append([held("2025-07-20"), held("2025-07-21", track="two")])

    writer = threading.Thread(target=write)
    writer.start()
    heads = [talks.backup(tmp_path / f"{number}.sqlite").position for number in range(4)]
    is_over.set()
    writer.join()

    assert heads == sorted(heads)
    for number, head in enumerate(heads):
        with SqliteLedger(tmp_path / f"{number}.sqlite", create=False) as copied:
            assert list(copied.rows()) == [row for row in talks.rows() if row.position <= head]


def test_a_backup_replaces_nothing_unless_it_is_told_to(talks, tmp_path):
    place = tmp_path / "copy.sqlite"
    talks.backup(place)
    talks.append([held("2025-07-30")])
    with pytest.raises(LedgerError, match="is there already"):
        talks.backup(place)
    assert talks.backup(place, overwrite=True).position == 16
    with SqliteLedger(place) as in_use:
        in_use.append([held("2025-07-31")])
        with pytest.raises(LedgerError, match="is in use"):
            talks.backup(place, overwrite=True)
    with pytest.raises(LedgerError, match="is in use"):
        talks.backup(tmp_path / "talks.sqlite", overwrite=True)


def test_no_backup_is_made_of_a_damaged_ledger(talks, tmp_path):
    with closing(sqlite3.connect(tmp_path / "talks.sqlite")) as file:
        file.execute("DROP TRIGGER events_no_delete")
    with pytest.raises(LedgerError, match="guards: events_no_delete missing"):
        talks.backup(tmp_path / "copy.sqlite")

    assert list(tmp_path.glob("*copy*")) == []


@pytest.mark.parametrize("place", ["nowhere/copy.sqlite", "folder"])
def test_a_backup_that_cannot_be_written_is_told_in_a_line(talks, tmp_path, place):
    (tmp_path / "folder").mkdir()
    with pytest.raises(LedgerError, match=place.partition("/")[0]):
        talks.backup(tmp_path / place, overwrite=True)

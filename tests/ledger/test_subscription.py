"""Following a ledger where it is hard: over forks, lost connections, deaf bells, and readers that take their time."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from itertools import islice

import pytest

from diplostate.errors import LedgerError
from diplostate.ledger.sqlite import SqliteLedger
from diplostate.ledger.subscription import Subscription
from diplostate.testing.conformance import held
from ledger.test_postgres import raw, schema_of
from ledger.test_postgres_shared import Waiting, end_all
from ledger.test_sqlite_shared import FORKS, QUIET, in_a_child


def in_time(feed, count):
    """So many events, or those that came in half a minute."""
    seen = []
    while len(seen) < count and feed.wait(30):
        seen += [event.position for event in feed.pending()]
    return seen


def test_a_subscription_that_is_closed_while_it_looks_does_not_wait():
    class Bell:
        def wait(self, seconds):
            raise AssertionError

        def close(self):
            self.is_closed = True

    class Ledger:
        @property
        def head(self):
            for feed in feeds:
                feed.close()
            return 0

    feeds, bell = [], Bell()
    feeds.append(Subscription(Ledger(), after=0, bell=lambda: bell))
    assert not feeds[0].wait()
    assert bell.is_closed


# SQLite


@pytest.fixture
def path(tmp_path):
    return tmp_path / "talks.sqlite"


def test_a_subscriber_that_pauses_holds_up_no_checkpoint(path):
    with SqliteLedger(path) as ledger, ledger.subscribe() as feed:
        ledger.append([held("2025-07-20") for _ in range(700)])
        next(iter(feed))

        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
            busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
        assert in_time(feed, 699) == list(range(2, 701))


@FORKS
@QUIET
def test_a_subscription_lives_on_after_a_fork(path):
    """In the child and in the parent, each from where it stood."""
    with SqliteLedger(path) as ledger, ledger.subscribe() as feed:
        ledger.append([held("2025-07-20"), held("2025-07-21")])
        next(iter(feed))

        def child():
            ledger.append([held("2025-07-22")])
            return in_time(feed, 2)

        assert in_a_child(os.fork, child) == "[2, 3]"
        assert in_time(feed, 2) == [2, 3]


def test_a_subscription_ends_with_its_ledger(path):
    with SqliteLedger(path) as ledger:
        feed = ledger.subscribe()
        ledger.close()
        with feed, pytest.raises(LedgerError, match="was closed"):
            feed.wait()


# PostgreSQL


def test_a_subscriber_that_pauses_has_no_transaction_open(ledger, url):
    with ledger.subscribe() as feed:
        ledger.append([held("2025-07-20") for _ in range(700)])
        next(iter(feed))
        with raw(url) as other:
            sql = "SELECT state, count(*) FROM pg_stat_activity WHERE application_name = %s GROUP BY state"
            assert other.execute(sql, [schema_of(url)]).fetchall() == [("idle", 2)]


def test_a_subscriber_gets_over_lost_connections(ledger, url):
    with ledger.subscribe() as feed:
        for number in range(3):
            end_all(url)
            ledger.append([held("2025-07-20")])
            assert in_time(feed, 1) == [number + 1]


def test_a_subscriber_that_hears_nothing_misses_nothing(ledger):
    """A pooler may swallow what is sent to those who listen; the ledger itself is the truth."""
    with ledger.subscribe() as feed:
        feed._bell._listening().execute("UNLISTEN *")
        ledger.append([held("2025-07-20"), held("2025-07-21")])
        assert in_time(feed, 2) == [1, 2]


def test_what_is_not_yet_committed_is_neither_seen_nor_skipped(ledger, url, tmp_path):
    """A writer that takes its time stands in the lane before all that come after it."""
    is_in_the_lane, go_on = threading.Event(), threading.Event()

    def wait():
        is_in_the_lane.set()
        go_on.wait(30)

    with ledger.subscribe() as feed, type(ledger)(url, projector=Waiting(wait)) as slow:
        first = threading.Thread(target=slow.append, args=[[held("2025-07-20", id="first")]])
        second = threading.Thread(target=ledger.append, args=[[held("2025-07-21", id="second")]])
        first.start()
        assert is_in_the_lane.wait(30)
        second.start()
        assert not feed.wait(0.05)
        go_on.set()
        assert [event.id for event in islice(feed, 2)] == ["first", "second"]
        first.join()
        second.join()


@FORKS
@QUIET
def test_a_subscription_to_postgres_lives_on_after_a_fork(ledger):
    """The child listens for itself, and leaves the connection of its parent alone."""
    with ledger.subscribe() as feed:
        ledger.append([held("2025-07-20"), held("2025-07-21")])
        next(iter(feed))
        assert in_a_child(os.fork, lambda: in_time(feed, 1)) == "[2]"
        ledger.append([held("2025-07-22")])
        assert in_time(feed, 2) == [2, 3]

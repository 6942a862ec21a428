"""Proof by breaking it: writers that are killed at random moments, servers that crash, and many writers in each other's way."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import contextmanager

import pytest
from support import CAPABILITIES, require
from support_postgres import NAMES, Server, installed, url_for

import diplostate
from diplostate.ledger.ask import status
from diplostate.ledger.sealing import verify
from diplostate.talks.fold import reduce
from ledger.writers import Nursery, follow, wait_for, write_in_turn, write_until_killed, write_whatever_comes

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

STORES = ("sqlite", *NAMES)
WRITERS = 4


@pytest.fixture(params=STORES)
def url(request, tmp_path):
    return f"sqlite:{tmp_path / 'talks.sqlite'}" if request.param == "sqlite" else url_for(request.param, tmp_path)


@pytest.fixture(params=["short", "long"])
def is_long(request):
    """Both a short form, and the long one where it is asked for."""
    if request.param == "long":
        require("stress")
    return request.param == "long"


@pytest.fixture
def report(is_long, capsys):
    """The figures of a long form are told; those of a short one say little."""

    def tell(**figures):
        if is_long:
            with capsys.disabled():
                print("\n  " + ", ".join(f"{name} {figure:,}" for name, figure in figures.items()))

    return tell


@contextmanager
def nursery_in(folder):
    nursery = Nursery(folder)
    yield nursery
    assert nursery.close() == ""


def check(url, nursery, writers):
    """What is said to be kept is kept, where it was said to be, whole and in order; how many are kept, and said to be."""
    with diplostate.open(url, create=False) as ledger:
        record = list(ledger.read())
        assert [event.position for event in record] == list(range(1, len(record) + 1))
        assert [event.recorded for event in record] == sorted(event.recorded for event in record)
        assert verify(ledger.rows()).position == len(record)
        for track in ledger.tracks():
            events = list(ledger.events(track))
            assert [event.version for event in events] == list(range(1, len(events) + 1))
            assert status(ledger, track) == reduce(events)
    places = {event.id: event.position for event in record}
    assert len(places) == len(record)
    told = [(line[0], int(line[1])) for writer in writers for line in nursery.said(writer)]
    assert [(event_id, places.get(event_id)) for event_id, _ in told] == told
    assert len(dict(told)) == len(told)
    return len(record), len(told)


def check_batches(url):
    """No batch is there in part, nor are its events apart from each other."""
    batches = {}
    with diplostate.open(url, create=False) as ledger:
        for event in ledger.read():
            writer, number, place, size = event.id.split(":")
            batches.setdefault((writer, number, int(size)), []).append((int(place), event.position))
    for (_, _, size), found in batches.items():
        first = found[0][1]
        assert found == [(place, first + place) for place in range(size)]
    return len(batches)


def test_a_writer_that_is_killed_loses_nothing_and_leaves_nothing_half_done(url, is_long, tmp_path, report):
    kills = 300 if is_long else 10
    chance = random.Random(kills)
    names = (f"w{number}" for number in range(10**6))
    running, writers = {}, []

    def start(nursery):
        writers.append(next(names))
        running[nursery.start(write_until_killed.__name__, url, writers[-1])] = writers[-1]

    diplostate.open(url).close()
    with nursery_in(tmp_path) as nursery:
        for _ in range(WRITERS):
            start(nursery)
        for _ in range(kills):
            time.sleep(chance.uniform(0, 0.04))
            pid = chance.choice(list(running))
            os.kill(pid, signal.SIGKILL)
            del running[pid]
            start(nursery)
        time.sleep(0.05)
        for pid in running:
            os.kill(pid, signal.SIGKILL)
        wait_for(running)
    time.sleep(0.05)  # a server may still be about to commit for one who is dead

    events, acknowledged = check(url, nursery, writers)
    batches = check_batches(url)
    report(kills=kills + WRITERS, batches=batches, events=events, acknowledged=acknowledged, kept_unheard=events - acknowledged)
    assert acknowledged > kills


@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_crashes_loses_nothing_that_was_acknowledged(name, is_long, tmp_path, report):
    require("postgres-own")
    crashes, chance = (25 if is_long else 2), random.Random(7)
    server = Server(installed()[NAMES.index(name)], fsync=True)
    try:
        server.start()
        url = server.url(schema="crashing")
        diplostate.open(url).close()
        writers = [f"w{number}" for number in range(WRITERS)]
        with nursery_in(tmp_path) as nursery:
            running = [nursery.start(write_whatever_comes.__name__, url, writer) for writer in writers]
            reader = nursery.start(follow.__name__, url, "reader")
            for crash in range(crashes):
                time.sleep(chance.uniform(0.05, 0.3))
                server.stop(signal.SIGQUIT if crash % 2 else signal.SIGINT)
                server.start()
            time.sleep(0.2)
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            wait_for(running)
            with diplostate.open(url) as ledger:
                seen = said_in_time(nursery, "reader", ledger.head)
                assert seen == [str(event.position) for event in ledger.read()]
            os.kill(reader, signal.SIGKILL)
            wait_for([reader])
        events, acknowledged = check(url, nursery, writers)
        batches = check_batches(url)
        report(crashes=crashes, batches=batches, events=events, acknowledged=acknowledged)
        assert acknowledged > crashes
    finally:
        server.remove()


def test_of_many_writers_none_loses_or_doubles_an_event(url, is_long, tmp_path, report):
    """Eight processes, each of which appends only where it saw that a track stands."""
    count, appends = (8, 500) if is_long else (4, 40)
    writers = [f"w{number}" for number in range(count)]
    seen, is_over = [], threading.Event()

    def watch():
        with diplostate.open(url) as ledger:
            while not is_over.is_set():
                seen.extend(event.position for event in ledger.read(after=len(seen)))
            seen.extend(event.position for event in ledger.read(after=len(seen)))

    diplostate.open(url).close()
    start = time.monotonic()
    with nursery_in(tmp_path) as nursery:
        running = [nursery.start(write_in_turn.__name__, url, writer, appends, 5) for writer in writers]
        watcher = threading.Thread(target=watch)
        watcher.start()
        wait_for(running)
        seconds = time.monotonic() - start
        is_over.set()
        watcher.join()

    assert check(url, nursery, writers) == (count * appends, count * appends)
    assert seen == list(range(1, count * appends + 1))
    tries = sum(int(line[2]) for writer in writers for line in nursery.said(writer))
    report(writers=count, appends=count * appends, tries=tries, a_second=round(count * appends / seconds))


def said_in_time(nursery, name, count):
    """What was said, once it was said of so many events; nobody waits for ever."""
    end = time.monotonic() + 30
    while len(nursery.said(name)) < count and time.monotonic() < end:
        time.sleep(0.01)
    return [line[1] for line in nursery.said(name)]


def test_a_subscriber_that_restarts_at_random_gets_every_event_once_and_in_order(url, is_long, tmp_path, report):
    """Many writers append meanwhile; each time it is killed it goes on behind the last position that it wrote down."""
    count, appends, kills = (8, 500, 200) if is_long else (4, 40, 6)
    chance = random.Random(kills)
    diplostate.open(url).close()
    with nursery_in(tmp_path) as nursery:
        running = [nursery.start(write_in_turn.__name__, url, f"w{number}", appends, 5) for number in range(count)]
        for _ in range(kills):
            reader = nursery.start(follow.__name__, url, "reader")
            time.sleep(chance.uniform(0, 0.05))
            os.kill(reader, signal.SIGKILL)
            wait_for([reader])
        before = len(nursery.said("reader"))
        reader = nursery.start(follow.__name__, url, "reader")
        wait_for(running)
        seen = said_in_time(nursery, "reader", count * appends)
        os.kill(reader, signal.SIGKILL)
        wait_for([reader])

    assert seen == [str(position) for position in range(1, count * appends + 1)]
    report(writers=count, events=len(seen), kills=kills, before_the_last_start=before)


def test_the_long_forms_are_asked_for_by_name():
    assert "DIPLOSTATE_REQUIRE" in CAPABILITIES["stress"][1]
